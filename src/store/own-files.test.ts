import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { attachmentKinds } from '../trial/attachments.ts';
import { hashOfId } from '../trial/id.ts';
import { createTrial, numerics, type TrialConfig, type TrialRecord } from '../trial/trial.ts';
import { writeAttachment } from './attachments.ts';
import { openCheckpoints } from './checkpoints.ts';
import { collectGarbage } from './collect-garbage.ts';
import { noteFailure } from './failures.ts';
import { encodeLine, openJournal } from './journal.ts';
import { openLease } from './leases.ts';
import { matchesBeginning } from './own-files.ts';
import { repairStore } from './repair.ts';
import { reportOn } from './report.ts';
import { readStore } from './store.ts';
import { surveyStore } from './survey.ts';

let store: string;
beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'fys-nn-own-'));
});
afterEach(() => rm(store, { recursive: true, force: true }));

function record(name: string, version: number = numerics): TrialRecord {
  const model = { solver: 'sgd', dtype: 'float32' };
  const config = {
    name,
    numerics: version,
    data: { dataset: 'franke' },
    split: {},
    model,
  } as unknown as TrialConfig;
  const { id } = createTrial(config);
  const rest = { status: 'done', divergedAt: null, bootstrap: null, seconds: 1, at: '2025-01-01' } as const;
  return { id, config, metrics: { test_mse: 0.5 }, curves: {}, ...rest };
}

const [done, open, old] = [record('done'), record('open'), record('old', numerics - 1)];
const lease = JSON.stringify({ name: `${randomUUID()}.json`, pid: 1, host: 'x', ids: [done.id] });
const note = JSON.stringify({ id: 'x', at: '2025', attempts: 1, reason: 'my own' });
const line = encodeLine(record('other'));

/** Other people's files in every folder of the store: names of projects, and names near to the store's own. */
const foreign: Record<string, string> = {
  'package.json': '{}',
  lock: 'the lock of another program',
  'notes.tmp': 'a draft',
  '.tmp': 'a draft',
  'journal.jsonl': line,
  'journal-x.jsonl.bak': line,
  'journal-2025.jsonl': '{"day":1,"text":"rain"}\n{"day":2}\ntorn',
  [`journal-${randomUUID()}.jsonl`]: '{"day":1}\n',
  'journal-empty.jsonl': '',
  'journal-2025.index': 'a list of words, longer than the digest that an index begins with',
  [`journal-${randomUUID()}.jsonl.${randomUUID()}.tmp`]: 'a draft',
  'journal-x.jsonl.tmp': line,
  'failures.jsonl': `${note}\nand a remark\n`,
  'failures.jsonl.tmp': note,
  'damaged.jsonl': line,
  [`damaged-${hashOfId(done.id)}.bin`]: 'mine',
  'leases/settings.json': '{"pid":1}',
  'leases/copy.json': lease,
  [`leases/${randomUUID()}.json`]: '{"name":"x","pid":1,"host":"x","ids":[]}',
  [`leases/${randomUUID()}.json.tmp`]: 'a draft',
  'leases/lease.json.tmp': lease,
  'leases/notes.tmp': '',
  'leases/lock.bak': lease,
  'weights/model.bin': 'numbers',
  'weights/notes.tmp': '',
  [`weights/${hashOfId(done.id)}.bin.bak`]: 'numbers',
  [`weights/${hashOfId(done.id).toUpperCase()}.bin`]: 'numbers',
  [`weights/${hashOfId(done.id).slice(1)}.bin`]: 'numbers',
  [`weights/${'5'.repeat(64)}.bin`]: 'of another program, called by its own hash',
  'weights/folder.bin/inside': 'numbers',
  [`weights/${'6'.repeat(64)}.bin/inside`]: 'numbers',
  'checkpoints/epoch-3.state': 'weights',
  [`checkpoints/${hashOfId(done.id)}.state`]: 'weights',
  [`checkpoints/${hashOfId(done.id)}-3.state.bak`]: 'weights',
  [`checkpoints/${hashOfId(done.id)}-3.state`]:
    'the state of something else, as long as a digest and a header',
  [`checkpoints/${hashOfId(open.id)}-x.state.tmp`]: 'weights',
  [`checkpoints/${hashOfId(done.id)}-4.state/inside`]: 'weights',
  'journal-folder.jsonl/inside': line,
  'journal-folder.index/inside': line,
  'damaged-folder.tmp/inside': line,
  [`journal-${randomUUID()}.jsonl.${randomUUID()}.tmp/inside`]: line,
};

/** Long enough ago for whatever is removed by its age. */
async function writeForeign(): Promise<void> {
  for (const [name, text] of Object.entries(foreign)) {
    const path = join(store, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
    await utimes(path, new Date(0), new Date(0));
  }
  await symlink('nowhere', join(store, 'journal-link.jsonl'));
}

async function expectForeign(): Promise<void> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(foreign)) {
    const path = join(store, name);
    found[name] = (await stat(path).catch(() => null)) === null ? 'gone' : await readFile(path, 'utf8');
  }
  expect(found).toEqual(foreign);
}

/** The store's own files of every kind, of which some are to go. */
async function writeOwn(): Promise<void> {
  const journal = await openJournal(store);
  for (const one of [done, old]) await journal.append(one);
  await journal.close();
  for (const one of [done, old]) {
    for (const kind of attachmentKinds) await writeAttachment(store, one, kind, Buffer.from('numbers'));
  }
}

describe('in a folder that others use too', () => {
  beforeEach(async () => {
    await writeForeign();
    await writeOwn();
  });

  test.each([
    ['repair', repairStore],
    ['gc', collectGarbage],
  ])('%s finishes, and leaves what is not its own', async (_name, tidy) => {
    await writeFile(join(store, 'journal-mine.jsonl'), `${encodeLine(done)}garbage\n`);
    expect(await tidy(store)).toMatchObject({ setAside: 1, weights: 0, outputs: 0 });
    await expectForeign();
    expect((await readStore(store)).records.get(done.id)).toEqual(done);
    await tidy(store);
    await expectForeign();
  });

  test('gc removes what is its own and is not needed any more', async () => {
    const state = Buffer.concat([Buffer.alloc(36, 7), Buffer.from('{"version":1,"id":')]);
    const own = {
      [`checkpoints/${hashOfId(done.id)}-5.state`]: state,
      [`checkpoints/${hashOfId(open.id)}-5.state.${randomUUID()}.tmp`]: state.subarray(0, 20),
      [`weights/${hashOfId(open.id)}.bin.${randomUUID()}.tmp`]: 'half',
      [`outputs/${hashOfId(open.id)}.bin.${randomUUID()}.tmp`]: 'half',
      [`journal-${randomUUID()}.jsonl.${randomUUID()}.tmp`]: line.slice(0, 30),
      [`journal-x.index.${randomUUID()}.tmp`]: '',
      [`damaged-${randomUUID()}.jsonl.${randomUUID()}.tmp`]: 'garbage',
      [`leases/${randomUUID()}.json.tmp`]: lease.slice(0, 30),
    };
    for (const [name, content] of Object.entries(own)) {
      await writeFile(join(store, name), content);
      await utimes(join(store, name), new Date(0), new Date(0));
    }
    const expected = {
      kept: 1,
      otherNumerics: 1,
      leftovers: Object.keys(own).length + attachmentKinds.length,
    };
    expect(await collectGarbage(store, { dryRun: true })).toMatchObject(expected);
    for (const name of Object.keys(own)) await stat(join(store, name));
    expect(await collectGarbage(store)).toMatchObject(expected);
    for (const name of Object.keys(own)) await expect(stat(join(store, name))).rejects.toThrow(/ENOENT/);
    for (const kind of attachmentKinds) {
      await expect(stat(join(store, kind, `${hashOfId(old.id)}.bin`))).rejects.toThrow(/ENOENT/);
      await stat(join(store, kind, `${hashOfId(done.id)}.bin`));
    }
    await expectForeign();
  });

  test('check names what only looks like a journal, and finds no damage', async () => {
    const { sound, records, foreign: others } = await reportOn(store, await surveyStore(store));
    expect({ sound, records }).toEqual({ sound: true, records: 2 });
    expect(others).toEqual(
      Object.keys(foreign)
        .filter((name) => /^journal-.*\.jsonl$/.test(name))
        .sort(),
    );
  });

  test('claiming, failing and keeping checkpoints leave what is not their own', async () => {
    const claiming = await openLease(store);
    await claiming.claim(async (held, others) => {
      expect([[...held], others]).toEqual([[], 0]);
      return [open.id];
    });
    await claiming.end();
    await noteFailure(store, { id: open.id, at: '2025', attempts: 2, reason: 'x' });
    const checkpoints = await openCheckpoints(store, done, { stopRequested: () => false });
    expect(checkpoints.resume).toBeNull();
    await checkpoints.settle();
    await expectForeign();
    expect((await surveyStore(store)).failed).toBe(0);
  });
});

test('folders of the store that are other people’s files are none', async () => {
  await writeOwn();
  for (const kind of attachmentKinds) await rm(join(store, kind), { recursive: true });
  for (const name of [...attachmentKinds, 'checkpoints']) await writeFile(join(store, name), name);
  await mkdir(join(store, 'failures.jsonl'));
  expect(await collectGarbage(store)).toMatchObject({ kept: 1, leftovers: 0 });
  for (const name of [...attachmentKinds, 'checkpoints'])
    expect(await readFile(join(store, name), 'utf8')).toBe(name);
  expect((await readdir(store)).filter((name) => name.startsWith('journal-'))).toHaveLength(1);
});

test.each<[string, string, number, boolean]>([
  ['the whole of it', '0123456789abcdef{"version":7', 16, true],
  ['a beginning of it', '0123456789abcdef{"ver', 16, true],
  ['nothing', '', 16, true],
  ['zeros', '\0'.repeat(40), 16, true],
  ['zeros before something else', `${'\0'.repeat(16)}text`, 16, false],
  ['something else', '0123456789abcdef{"name":"x"}', 16, false],
  ['too little to tell', '0123', 16, false],
])('%s is recognised, or not', (_name, text, at, expected) => {
  expect(matchesBeginning('{"version":', Buffer.from(text), at)).toBe(expected);
});
