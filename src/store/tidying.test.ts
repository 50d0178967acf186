import { createHash, randomUUID } from 'node:crypto';
import {
  appendFile,
  mkdir,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemTimer, type Timer } from '../files/timer.ts';
import { preloading, runProgram } from '../program.testing.ts';
import { attachmentKinds } from '../trial/attachments.ts';
import { hashOfId } from '../trial/id.ts';
import { createTrial, numerics, type TrialConfig, type TrialRecord } from '../trial/trial.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { Waiting } from './exclusive-access.ts';
import { noteFailure, readFailures } from './failures.ts';
import { encodeLine, openJournal } from './journal.ts';
import { openLease } from './leases.ts';
import { repairStore } from './repair.ts';
import { reportOn } from './report.ts';
import { openStore, readStore } from './store.ts';
import { surveyStore } from './survey.ts';

const failingDisk = `import '${pathToFileURL(resolve('bench/torture/disk-fault.js')).href}';`;

let store: string;
beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'fys-nn-care-'));
});
afterEach(() => rm(store, { recursive: true, force: true }));

function record(
  name: string,
  mse = 0.5,
  at = '2025-01-01T00:00:00.000Z',
  version: number = numerics,
): TrialRecord {
  const config = { name, numerics: version, data: { dataset: 'franke' } } as unknown as TrialConfig;
  return {
    id: createTrial(config).id,
    config,
    status: 'done',
    divergedAt: null,
    metrics: { test_mse: mse },
    curves: {},
    bootstrap: null,
    seconds: 1,
    at,
  };
}
const later = '2026-01-01T00:00:00.000Z';
const write = (name: string, ...lines: string[]) => writeFile(join(store, name), lines.join(''));
const report = async () => reportOn(store, await surveyStore(store));
const setAside = async () => {
  const names = (await readdir(store)).filter((name) => name.startsWith('damaged-'));
  return Promise.all(names.map((name) => readFile(join(store, name), 'utf8')));
};

const [a, b, c] = ['a', 'b', 'c'].map((name) => record(name));
const changed = encodeLine(b).replace('0.5', '0.6');

/** One journal with each kind of damage, and a good one. */
async function writeDamaged(): Promise<void> {
  await write(
    'journal-1.jsonl',
    encodeLine(a),
    'garbage\n',
    changed,
    encodeLine(b),
    encodeLine(c).slice(0, 90),
  );
  await write('journal-2.jsonl', encodeLine(record('a', 0.7, later)), encodeLine(record('b', 0.5, later)));
}

describe('check', () => {
  test('a sound store: counts, torn ends included', async () => {
    await write('journal-1.jsonl', encodeLine(a), encodeLine(b), encodeLine(c).slice(0, 90));
    await write('journal-2.jsonl', encodeLine(c), encodeLine(record('b', 0.5, later)));
    expect(await report()).toMatchObject({
      sound: true,
      journals: 2,
      records: 3,
      duplicates: 1,
      newer: 0,
      torn: 1,
      problems: [],
      numerics: { [numerics]: 3 },
      datasets: { franke: 3 },
    });
  });

  test('each kind of damage is named with its line', async () => {
    await writeDamaged();
    const { sound, problems, records, duplicates } = await report();
    expect({ sound, records, duplicates }).toEqual({ sound: false, records: 2, duplicates: 1 });
    expect(problems).toEqual([
      'journal-1.jsonl: line 2 is not a record',
      'journal-1.jsonl: line 3 was changed after it was written',
      `trial ${a.id.slice(0, 16)} has two results that differ: journal-1.jsonl line 1 (earlier, used) and journal-2.jsonl line 1 (left out)`,
    ]);
  });

  test('lines of a newer version are named; no store is a clear error', async () => {
    await expect(report()).rejects.toThrow(/no trial store/);
    await write('journal-1.jsonl', encodeLine(a), '{"store":3,"trials":[]}\n');
    expect((await report()).problems).toEqual([expect.stringContaining('newer version')]);
    await expect(repairStore(store)).rejects.toThrow(/newer version/);
    await expect(collectGarbage(store)).rejects.toThrow(/newer version/);
  });
});

/** An attachment: bytes and their digest. */
const whole = Buffer.concat([Buffer.from('numbers'), createHash('sha256').update('numbers').digest()]);

describe('repair', () => {
  test.each(attachmentKinds)('sets damaged %s aside, which check names', async (kind) => {
    await write('journal-1.jsonl', encodeLine(a), encodeLine(b));
    await mkdir(join(store, kind));
    await writeFile(join(store, kind, `${hashOfId(a.id)}.bin`), whole);
    const changed = Buffer.from(whole.with(3, 0));
    await writeFile(join(store, kind, `${hashOfId(b.id)}.bin`), changed);
    expect(await report()).toMatchObject({
      sound: false,
      problems: [`${kind}/${hashOfId(b.id)}.bin was changed after it was written`],
    });
    expect(await repairStore(store, true)).toEqual({
      setAside: 0,
      file: null,
      weights: 0,
      outputs: 0,
      model: 0,
      [kind]: 1,
    });
    expect(await repairStore(store)).toEqual({
      setAside: 0,
      file: null,
      weights: 0,
      outputs: 0,
      model: 0,
      [kind]: 1,
    });
    // Another time too: what was set aside before is kept.
    await writeFile(join(store, kind, `${hashOfId(b.id)}.bin`), '');
    expect(await repairStore(store)).toMatchObject({ [kind]: 1 });
    const aside = (await readdir(store)).filter((name) => name.startsWith(`damaged-${hashOfId(b.id)}-`));
    const contents = await Promise.all(aside.map((name) => readFile(join(store, name))));
    expect(contents.sort(Buffer.compare)).toEqual([Buffer.alloc(0), changed]);
    expect(await readdir(join(store, kind))).toEqual([`${hashOfId(a.id)}.bin`]);
    expect((await report()).sound).toBe(true);
  });

  test('sets aside what is damaged, byte for byte, and leaves a sound store with the same records', async () => {
    await writeDamaged();
    const before = (await readStore(store)).records;
    expect(await repairStore(store, true)).toMatchObject({ setAside: 4 });
    expect(await setAside()).toEqual([]);
    expect(await repairStore(store)).toMatchObject({ setAside: 4 });
    expect(await setAside()).toEqual([
      `garbage\n${changed}${encodeLine(c).slice(0, 90)}\n${encodeLine(record('a', 0.7, later))}`,
    ]);
    expect(await report()).toMatchObject({ sound: true, torn: 0, records: 2 });
    expect((await readStore(store)).records).toEqual(before);
    expect(await repairStore(store)).toEqual({ setAside: 0, file: null, weights: 0, outputs: 0, model: 0 });
  });

  test('a result that differs is named from all that agree, in whatever order they lie', async () => {
    await write(
      'journal-a.jsonl',
      encodeLine(record('a', 0.5, '2025-02-01')),
      encodeLine(record('a', 0.5, later)),
    );
    await write('journal-b.jsonl', encodeLine(record('a', 0.7, '2025-01-01')));
    expect(await repairStore(store)).toMatchObject({ setAside: 2 });
    expect(await report()).toMatchObject({ sound: true, records: 1, duplicates: 0 });
  });

  test.each(['0', '3', '6', ':', 'r'])(
    'a bit changed in the version, which is then %s, is damage',
    async (changed) => {
      await write('journal-1.jsonl', encodeLine(a), encodeLine(b).replace('"store":2', `"store":${changed}`));
      expect((await readStore(store)).damaged).toEqual([
        expect.stringMatching(/^journal-1.jsonl: line 2 is not/),
      ]);
      expect(await report()).toMatchObject({ sound: false, records: 1, newer: 0 });
      expect(await repairStore(store)).toMatchObject({ setAside: 1 });
      expect((await report()).sound).toBe(true);
    },
  );

  test('is refused while another process is at work', async () => {
    await writeDamaged();
    const lease = await openLease(store);
    await expect(repairStore(store)).rejects.toThrow(/are using/);
    await expect(collectGarbage(store)).rejects.toThrow(/are using/);
    await lease.end();
    expect((await repairStore(store)).setAside).toBe(4);
  });
});

describe.each([
  ['repair', repairStore],
  ['gc', collectGarbage],
])('%s beside a process that gave no sign of life and writes on', (_name, tidy) => {
  test('loses no record that was promised', async () => {
    const writer = await openJournal(store);
    const records = Array.from({ length: 150 }, (_, i) => record(`r${i}`));
    let writing = true;
    const tidying = async () => {
      for (let i = 0; writing; i++) {
        // Something to do for both: a damaged line, and one that is there already.
        await write(`journal-${i}.jsonl`, encodeLine(a), 'garbage\n');
        await tidy(store);
      }
    };
    const appending = async () => {
      for (const one of records) await writer.append(one);
      writing = false;
    };
    await Promise.all([tidying(), appending()]);
    await writer.close();
    const kept = (await readStore(store)).records;
    expect(records.filter(({ id }) => !kept.has(id))).toEqual([]);
  });
});

describe.each([
  ['repair', repairStore],
  ['gc', (directory: string, _dryRun: boolean, waiting: Waiting) => collectGarbage(directory, waiting)],
])('%s on a folder that several machines share', (_name, tidy) => {
  /** Something to do for both, in a journal to which another machine's process can write. */
  const open = async (text: string) => {
    await write('journal-far.jsonl', encodeLine(a), encodeLine(a), text);
    return openFile(join(store, 'journal-far.jsonl'), 'a');
  };
  /** Does something while the command waits until all machines see the new names. */
  const tidyMeanwhile = (action: () => Promise<void>) => {
    const waits: number[] = [];
    const timer: Timer = {
      ...systemTimer,
      pause: async (milliseconds) => {
        waits.push(milliseconds);
        await action();
      },
    };
    return tidy(store, false, { delay: 5000, timer }).then(() => waits);
  };

  test('keeps what is written to a journal by a process that does not see yet that it was renamed', async () => {
    const far = await open('garbage\n');
    expect(await tidyMeanwhile(() => far.appendFile(encodeLine(b)))).toEqual([5000]);
    await far.close();
    expect((await readStore(store)).records).toEqual(new Map([a, b].map((kept) => [kept.id, kept])));
  });

  test('keeps a journal with a line that looked damaged only from this machine', async () => {
    const line = encodeLine(b);
    await (await open('\0'.repeat(line.length - 1))).close();
    await appendFile(join(store, 'journal-far.jsonl'), '\n');
    const far = await openFile(join(store, 'journal-far.jsonl'), 'r+');
    await tidyMeanwhile(async () => {
      await far.write(line, 2 * encodeLine(a).length);
    });
    await far.close();
    expect((await readStore(store)).records).toEqual(new Map([a, b].map((kept) => [kept.id, kept])));
  });

  test('removes what did not change', async () => {
    await (await open('garbage\n')).close();
    await tidyMeanwhile(async () => {});
    expect(await report()).toMatchObject({ sound: true, journals: 1, records: 1 });
  });

  test('does not wait if nothing was replaced', async () => {
    await write('journal-1.jsonl', encodeLine(a));
    expect(await tidyMeanwhile(async () => {})).toEqual([]);
  });

  test('takes no file that cannot be read just now for damaged', async () => {
    await write('journal-1.jsonl', encodeLine(a));
    await mkdir(join(store, 'weights'));
    await writeFile(join(store, 'weights', `${hashOfId(a.id)}.bin`), whole);
    const unreadable = { cwd: resolve('.'), env: preloading(failingDisk), timeout: 30_000 };
    const fault = { operation: 'read', path: '/weights/', code: 'EIO' };
    unreadable.env.FYS_NN_DISK_FAULT = JSON.stringify(fault);
    const outcome = await runProgram(['store', _name, '--store', store], unreadable);
    expect(outcome).toMatchObject({ status: 1, stderr: expect.stringMatching(/input\/output error/) });
    expect(await readdir(join(store, 'weights'))).toHaveLength(1);
  });
});

describe('gc beside a process that was suspended between the weights and the record of a trial', () => {
  test('keeps the weights for a day', async () => {
    await write('journal-1.jsonl', encodeLine(a));
    await mkdir(join(store, 'weights'));
    const path = join(store, 'weights', `${hashOfId(b.id)}.bin`);
    await writeFile(path, whole);
    for (const [hours, kept] of [
      [1, 1],
      [23, 1],
      [25, 0],
    ]) {
      const time = new Date(Date.now() - hours * 3_600_000);
      await utimes(path, time, time);
      await collectGarbage(store);
      expect(await readdir(join(store, 'weights'))).toHaveLength(kept);
    }
  });
});

test('a record that was taken from an open store before it was tidied up has its config after', async () => {
  await write(
    'journal-00000000-0000-0000-0000-000000000000.jsonl',
    ...[a, record('a', 0.5, later), c, b].map(encodeLine),
  );
  const open = await openStore(store);
  // Twice: the second one reads its config when it is asked for.
  open.get(b.id);
  const taken = open.get(b.id)!;
  await collectGarbage(store);
  await open.refresh();
  expect(taken.config).toEqual(b.config);
});

test('a look at a store while it is tidied up sees it before or after', async () => {
  await write('journal-good.jsonl', encodeLine(b));
  let looking = true;
  const tidying = async () => {
    for (let i = 0; looking; i++) {
      await write(`journal-${i}.jsonl`, encodeLine(a));
      await collectGarbage(store);
    }
  };
  const look = async () => {
    try {
      for (let i = 0; i < 300; i++) expect((await surveyStore(store)).records.has(b.id)).toBe(true);
    } finally {
      looking = false;
    }
  };
  await Promise.all([tidying(), look()]);
});

describe('gc', () => {
  test('leaves one journal with each record of this version once', async () => {
    await writeDamaged();
    await write('journal-3.jsonl', encodeLine(record('old', 1, later, numerics - 1)));
    await mkdir(join(store, 'checkpoints'));
    const state = Buffer.concat([Buffer.alloc(36, 7), Buffer.from('{"version":1,"id":')]);
    for (const { id } of [a, c])
      await writeFile(join(store, 'checkpoints', `${hashOfId(id)}-3.state`), state);
    await writeFile(join(store, `journal-${randomUUID()}.jsonl.${randomUUID()}.tmp`), encodeLine(a));
    for (const kind of attachmentKinds) {
      await mkdir(join(store, kind));
      for (const { id } of [a, c]) await writeFile(join(store, kind, `${hashOfId(id)}.bin`), whole);
      await utimes(join(store, kind, `${hashOfId(c.id)}.bin`), 0, 0);
    }
    for (const { id } of [a, c]) await noteFailure(store, { id, at: later, attempts: 2, reason: 'x' });
    const expected = { setAside: 4, kept: 2, otherNumerics: 1, leftovers: 5 };
    const names = await readdir(store);
    expect(await collectGarbage(store, { dryRun: true })).toMatchObject(expected);
    expect((await readdir(store)).filter((name) => name !== 'leases')).toEqual(names);
    expect(await collectGarbage(store)).toMatchObject(expected);
    expect((await readStore(store)).records).toEqual(new Map([a, b].map((kept) => [kept.id, kept])));
    expect(await report()).toMatchObject({
      sound: true,
      journals: 1,
      records: 2,
      duplicates: 0,
      checkpoints: 1,
    });
    expect([...(await readFailures(store)).keys()]).toEqual([c.id]);
    for (const kind of attachmentKinds)
      expect(await readdir(join(store, kind))).toEqual([`${hashOfId(a.id)}.bin`]);
    expect(await setAside()).toHaveLength(1);
  });

  test('sets lines of version 1 aside, which are no longer read', async () => {
    const old = `${JSON.stringify({ store: 1, record: c })}\n`;
    await write('journal-1.jsonl', old, encodeLine(a));
    expect(await report()).toMatchObject({ sound: false, records: 1 });
    expect(await collectGarbage(store)).toMatchObject({ setAside: 1, kept: 1 });
    expect(await setAside()).toEqual([old]);
    expect(await report()).toMatchObject({ sound: true, records: 1 });
  });

  test('removes an index without its journal, which check counts', async () => {
    await write('journal-1.jsonl', encodeLine(a));
    const alone = join(store, `journal-${randomUUID()}.index`);
    await writeFile(alone, Buffer.concat([Buffer.alloc(32, 7), Buffer.from('fysnn-i1')]));
    await writeFile(
      join(store, 'journal-2025.index'),
      'a list of words, longer than the digest that an index begins with',
    );
    expect(await report()).toMatchObject({ sound: true, leftovers: 1 });
    expect(await collectGarbage(store)).toMatchObject({ leftovers: 1 });
    expect((await readdir(store)).filter((name) => name.endsWith('.index'))).toEqual(['journal-2025.index']);
  });

  test('leaves a tidy store alone', async () => {
    await write('journal-1.jsonl', encodeLine(a));
    await collectGarbage(store);
    expect((await readdir(store)).sort()).toEqual(['journal-1.jsonl', 'leases']);
    expect(await readFile(join(store, 'journal-1.jsonl'), 'utf8')).toBe(encodeLine(a));
  });

  test('a writer that began before goes on after', async () => {
    const journal = await openJournal(store);
    await journal.append(a);
    await appendFile(join(store, 'journal-x.jsonl'), encodeLine(c));
    await collectGarbage(store);
    // Its journal is gone, and it begins another rather than write where nobody reads.
    await journal.append(b);
    await journal.close();
    expect((await readStore(store)).records.size).toBe(3);
  });
});

test('the folder of a submission that was never made is removed with what else killed processes left, others are not', async () => {
  await write('journal-1.jsonl', encodeLine(record('a')));
  const own = '.20261130-003903-0dfc70.tmp';
  for (const name of [own, '20261130-003903-0dfc71', '.mine.tmp', '.20261130-003903-0dfc70.tmp.mine'])
    await mkdir(join(store, 'slurm', name, 'logs'), { recursive: true });
  await writeFile(join(store, 'slurm', '.20261130-003903-0dfc72.tmp'), 'a file is not one');
  expect(await report()).toMatchObject({ sound: true, drafts: [join('slurm', own)] });
  expect(await collectGarbage(store, { dryRun: true })).toMatchObject({ leftovers: 1 });
  expect(await readdir(join(store, 'slurm'))).toHaveLength(5);
  expect(await collectGarbage(store)).toMatchObject({ kept: 1, leftovers: 1 });
  expect((await readdir(join(store, 'slurm'))).sort()).toEqual([
    '.20261130-003903-0dfc70.tmp.mine',
    '.20261130-003903-0dfc72.tmp',
    '.mine.tmp',
    '20261130-003903-0dfc71',
  ]);
});
