import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { hashOfId } from '../trial/id.ts';
import { createTrial, type TrialConfig, type TrialRecord } from '../trial/trial.ts';
import { encodeLine } from './journal.ts';
import { openJournal, openStore, readStore, storeVersion } from './store.ts';

const folders: string[] = [];
let folder: string;
let store: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-store-'));
  store = join(folder, 'deep', 'store');
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

/** A trial for each name, as the store sees one: an id that is its config's. */
const configOf = (name: string) => ({ name }) as unknown as TrialConfig;
const idOf = (name: string): string => createTrial(configOf(name)).id;
/** The names of the trials that a store has. */
const namesIn = (records: ReadonlyMap<string, TrialRecord>): string[] =>
  [...records.values()].map(({ config }) => (config as unknown as { name: string }).name);

function record(name: string, at = '2025-01-01T00:00:00.000Z', mse: number | null = 0.5): TrialRecord {
  return {
    id: idOf(name),
    config: configOf(name),
    status: 'done',
    divergedAt: null,
    metrics: { test_mse: mse },
    curves: { test_mse: [1, null, 0.1 + 0.2] },
    bootstrap: null,
    seconds: 1.5,
    at,
  };
}

const lineOf = encodeLine;
/** A line as version 1 wrote it. */
const oldLineOf = (entry: object) => `${JSON.stringify({ store: 1, record: entry })}\n`;
/** A line whose record is changed, and whose checksum is right all the same. */
function forgedLineOf({ id, ...rest }: TrialRecord, written: string, changed: string): string {
  const text = JSON.stringify(rest).replace(written, changed);
  const check = createHash('sha256').update(hashOfId(id)).update(text).digest('hex').slice(0, 16);
  return `{"store":2,"id":"${hashOfId(id)}","check":"${check}","record":${text}}\n`;
}

async function writeJournal(name: string, text: string): Promise<void> {
  await mkdir(store, { recursive: true });
  await writeFile(join(store, name), text);
}

async function append(...records: TrialRecord[]): Promise<void> {
  const journal = await openJournal(store);
  for (const entry of records) await journal.append(entry);
  await journal.close();
}

async function onlyJournal(): Promise<string> {
  const names = await readdir(store);
  expect(names).toHaveLength(1);
  return join(store, names[0]);
}

async function refused(action: Promise<unknown>): Promise<UserError> {
  const error = await action.then(
    () => new Error('was accepted'),
    (reason) => reason,
  );
  if (!(error instanceof UserError)) throw error;
  return error;
}

describe('appending and reading', () => {
  test('what was appended is read back, number for number', async () => {
    const records = [record('a'), record('b', undefined, null), record('c', undefined, 1e-300)];
    await append(...records);
    const { records: read, damaged } = await readStore(store);
    expect([...read.values()]).toEqual(records);
    expect(namesIn(read)).toEqual(['a', 'b', 'c']);
    expect(damaged).toEqual([]);
  });

  test('each record is in the file when its append is done', async () => {
    const journal = await openJournal(store);
    await journal.append(record('a'));
    expect((await readStore(store)).records.has(idOf('a'))).toBe(true);
    await journal.append(record('b'));
    expect((await readStore(store)).records.size).toBe(2);
    await journal.close();
  });

  test('records that are appended together are in the file when that is done, in their order', async () => {
    const journal = await openJournal(store);
    await journal.append(record('a'), record('b'), record('c'));
    await journal.append(record('d'));
    await journal.close();
    expect(namesIn((await readStore(store)).records)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('every journal is read, and no writer touches the journal of another', async () => {
    await append(record('a'));
    const before = await readFile(await onlyJournal(), 'utf8');
    await append(record('b'));
    expect(await readdir(store)).toHaveLength(2);
    expect(namesIn((await readStore(store)).records).sort()).toEqual(['a', 'b']);
    const texts = await Promise.all(
      (await readdir(store)).map((name) => readFile(join(store, name), 'utf8')),
    );
    expect(texts).toContain(before);
  });

  test('two writers at once lose nothing', async () => {
    const writers = await Promise.all([openJournal(store), openJournal(store)]);
    const writing = writers.map(async (journal, writer) => {
      for (let i = 0; i < 25; i++) await journal.append(record(`${writer}-${i}`));
      await journal.close();
    });
    await Promise.all(writing);
    const { records, damaged } = await readStore(store);
    expect(records.size).toBe(50);
    expect(damaged).toEqual([]);
    expect(await readdir(store)).toHaveLength(2);
  });

  test('a journal in which nothing is written leaves no file', async () => {
    await (await openJournal(store)).close();
    expect(await readdir(folder)).toEqual([]);
  });

  test('a missing and an empty directory are an empty store', async () => {
    const empty = { records: new Map(), damaged: [] };
    expect(await readStore(store)).toEqual(empty);
    await mkdir(store, { recursive: true });
    expect(await readStore(store)).toEqual(empty);
  });

  test('other files are not looked at', async () => {
    await writeJournal('notes.jsonl', 'garbage\n');
    await writeJournal('journal-a.jsonl.bak', 'garbage\n');
    expect(await readStore(store)).toEqual({ records: new Map(), damaged: [] });
  });
});

describe('of two records of one trial the earlier counts, and where they differ both are named', () => {
  const early = record('a', '2025-01-01T00:00:00.000Z', 1);
  const late = record('a', '2025-01-01T00:00:00.001Z', 2);

  test.each([
    ['in one journal', lineOf(early) + lineOf(late), ''],
    ['in one journal, the other way round', lineOf(late) + lineOf(early), ''],
    ['in two journals', lineOf(early), lineOf(late)],
    ['in two journals, the other way round', lineOf(late), lineOf(early)],
  ])('%s', async (_name, first, second) => {
    await writeJournal('journal-1.jsonl', first);
    await writeJournal('journal-2.jsonl', second);
    const { records, damaged } = await readStore(store);
    expect(records.size).toBe(1);
    expect(records.get(idOf('a'))).toEqual(early);
    expect(damaged).toHaveLength(1);
    expect(damaged[0]).toMatch(
      new RegExp(`^trial ${idOf('a').slice(0, 16)} has two results that differ: .* \\(earlier, used\\)`),
    );
  });

  test('equal numbers are no conflict, whenever and however fast they were computed', async () => {
    await writeJournal(
      'journal-1.jsonl',
      lineOf(early) + lineOf({ ...early, at: '2026-01-01T00:00:00.000Z', seconds: 9 }),
    );
    const { records, damaged } = await readStore(store);
    expect([...records.values()]).toEqual([early]);
    expect(damaged).toEqual([]);
  });

  test('a good record is used although another of its trial is damaged', async () => {
    await writeJournal(
      'journal-1.jsonl',
      lineOf(early).replace('"test_mse":1', '"test_mse":7') + lineOf(late),
    );
    const { records, damaged } = await readStore(store);
    expect([...records.values()]).toEqual([late]);
    expect(damaged).toEqual(['journal-1.jsonl: line 1 was changed after it was written']);
  });
});

describe('damage', () => {
  test('a torn last line is left out silently, wherever it is torn', async () => {
    const line = Buffer.from(lineOf(record('b-øre')));
    for (const length of [1, line.indexOf(0xb8), line.length - 2, line.length - 1]) {
      await writeJournal('journal-a.jsonl', lineOf(record('a')));
      await appendFile(join(store, 'journal-a.jsonl'), line.subarray(0, length));
      const { records, damaged } = await readStore(store);
      expect(namesIn(records)).toEqual(['a']);
      expect(damaged).toEqual([]);
    }
  });

  test.each([
    ['no JSON', '{"store": 2, "rec'],
    ['an empty line', ''],
    ['another value', 'null'],
    ['no version', JSON.stringify({ record: record('x') })],
    ['a version that is no number', JSON.stringify({ store: '2', record: record('x') })],
    ['no record', JSON.stringify({ store: 2 })],
    ['a record without an id', JSON.stringify({ store: 2, record: { metrics: {} } })],
    ['a record without metrics', JSON.stringify({ store: 2, id: 'x', record: {} })],
  ])('%s in the middle is reported, and the rest used', async (_name, garbage) => {
    await writeJournal('journal-a.jsonl', `${lineOf(record('a'))}${garbage}\n${lineOf(record('b'))}`);
    await writeJournal('journal-b.jsonl', lineOf(record('c')));
    const { records, damaged } = await readStore(store);
    expect(namesIn(records)).toEqual(['a', 'b', 'c']);
    expect(damaged).toEqual(['journal-a.jsonl: line 2 is not a record']);
  });

  test('a store of a newer version is refused, whatever its records look like', async () => {
    await writeJournal('journal-a.jsonl', lineOf(record('a')));
    for (const newer of [
      lineOf(record('b'))
        .replace('"store":2', `"store":${storeVersion + 1}`)
        .replace('"check":"', '"check":"x'),
      `{"store":${storeVersion + 1},"trials":[]}\n`,
    ]) {
      await writeJournal('journal-b.jsonl', newer);
      const error = await refused(readStore(store));
      expect(error.exitCode).toBe(2);
      expect(error.message).toContain(store);
      expect(error.message).toContain('newer');
      expect(error.message).toContain('{store}');
    }
  });

  test('a file where the directory should be is the user’s to mend', async () => {
    const path = join(folder, 'file');
    await writeFile(path, '');
    const journals = await Promise.all([openJournal(path), openJournal(join(path, 'below'))]);
    const attempts = [
      readStore(path),
      readStore(join(path, 'below')),
      ...journals.map((journal) => journal.append(record('a'))),
    ];
    for (const error of await Promise.all(attempts.map(refused))) {
      expect(error.exitCode).toBe(2);
      expect(error.message).toContain(path);
      expect(error.message).toContain('{store}');
    }
    await Promise.all(journals.map((journal) => journal.close()));
    expect(await readFile(path, 'utf8')).toBe('');
  });
});

describe('a writer that meets trouble', () => {
  test('appends at the same time go into one journal, in order', async () => {
    const journal = await openJournal(store);
    await Promise.all(['a', 'b', 'c'].map((id) => journal.append(record(id))));
    await journal.close();
    const lines = (await readFile(await onlyJournal(), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).record.config.name)).toEqual(['a', 'b', 'c']);
  });

  test('a record that is promised after a failed one is not lost behind its half line', async () => {
    const modules = pathToFileURL(`${resolve('dist/src')}/`);
    const script = `
      import { openJournal } from ${JSON.stringify(new URL('store/journal.js', modules))};
      import { createTrial } from ${JSON.stringify(new URL('trial/trial.js', modules))};
      const journal = await openJournal(${JSON.stringify(store)});
      const record = (name, size) => ({ ...createTrial({ name }), status: 'done', divergedAt: null, metrics: {}, curves: { train_mse: Array(size).fill(1) }, seconds: 1, at: '2025' });
      await journal.append(record('a', 1));
      await journal.append(record('b', 20000)).then(() => process.exit(9), () => {});
      await journal.append(record('c', 1));
      await journal.close();`;
    // No file may grow beyond 8 blocks: the second append is cut off in the middle.
    const shell = `ulimit -f 8; exec "${process.execPath}" --input-type=module -e "$SCRIPT"`;
    await promisify(execFile)('sh', ['-c', shell], { env: { ...process.env, SCRIPT: script } });
    expect(namesIn((await readStore(store)).records).sort()).toEqual(['a', 'c']);
  });

  test.each([
    ['a number that JSON can say and float64 cannot', '"seconds":1', '"seconds":1e999'],
    ['a time that is no number', '"seconds":1', '"seconds":{}'],
    ['a curve of another name', '"curves":{', '"curves":{"__proto__":[1],'],
    ['a record without metrics', '"metrics":', '"measures":'],
  ])('%s is damage', async (_name, written, changed) => {
    const line = forgedLineOf({ ...record('a'), seconds: 1 }, written, changed);
    await writeJournal('journal-a.jsonl', `${line}${lineOf(record('b'))}`);
    const { records, damaged } = await readStore(store);
    expect(namesIn(records)).toEqual(['b']);
    expect(damaged).toEqual(['journal-a.jsonl: line 1 was changed after it was written']);
  });
});

describe('a store of version 1', () => {
  test('is not read, and that is said', async () => {
    await writeJournal('journal-a.jsonl', oldLineOf(record('a')) + lineOf(record('b')));
    await writeJournal('journal-b.jsonl', oldLineOf(record('a')) + oldLineOf(record('c')));
    const { records, damaged } = await readStore(store);
    expect(namesIn(records)).toEqual(['b']);
    const format = 'the format of fys-nn before 0.1.0, which is no longer read';
    expect(damaged).toEqual([
      `journal-a.jsonl: line 1 has ${format}: its trial is computed again`,
      `journal-b.jsonl: lines 1, 2 have ${format}: their trials are computed again`,
    ]);
  });

  test('a line of this version whose version was changed to 1 is damage', async () => {
    await writeJournal(
      'journal-a.jsonl',
      lineOf(record('a')).replace('"store":2', '"store":1') + lineOf(record('b')),
    );
    expect((await readStore(store)).damaged).toEqual(['journal-a.jsonl: line 1 is not a record']);
  });
});

describe('what is not of this program', () => {
  test('is not read as a journal, and nothing is said of it', async () => {
    await writeJournal('journal-a.jsonl', lineOf(record('a')));
    await writeJournal('journal-diary.jsonl', '{"day":1,"text":"rain"}\n');
    await mkdir(join(store, 'journal-x.jsonl'));
    await promisify(execFile)('mkfifo', [join(store, 'journal-pipe.jsonl')]);
    const { records, damaged } = await readStore(store);
    expect(namesIn(records)).toEqual(['a']);
    expect(damaged).toEqual([]);
  });

  test('becomes a journal with the first line that is a record, and what is wrong in it is said then', async () => {
    await writeJournal('journal-diary.jsonl', 'rain\n');
    const opened = await openStore(store);
    expect(opened.problems).toEqual([]);
    await appendFile(join(store, 'journal-diary.jsonl'), lineOf(record('a')));
    await opened.refresh();
    expect([...opened.ids()]).toEqual([idOf('a')]);
    expect(opened.problems).toHaveLength(1);
  });

  test('has no index written next to it, and its own file in the place of one is kept', async () => {
    const diary = `${'{"day":1,"text":"rain"}\n'.repeat(60_000)}`;
    await writeJournal('journal-diary.jsonl', diary);
    await writeJournal('journal-long.jsonl', `${diary}${lineOf(record('a'))}`);
    await writeJournal('journal-long.index', 'a list of words');
    expect(namesIn((await readStore(store)).records)).toEqual(['a']);
    expect((await readdir(store)).filter((name) => name.endsWith('.index'))).toEqual(['journal-long.index']);
    expect(await readFile(join(store, 'journal-long.index'), 'utf8')).toBe('a list of words');
  });
});

test('any byte changed in a record is noticed', async () => {
  const line = lineOf(record('a'));
  for (let at = 0; at < line.length - 1; at++) {
    const other = line[at] === '1' ? '2' : '1';
    await writeJournal('journal-a.jsonl', line.slice(0, at) + other + line.slice(at + 1));
    const { records, damaged } = await readStore(store).catch((error) => ({
      records: new Map(),
      damaged: [error.message],
    }));
    expect({ at, size: records.size, damaged: damaged.length }).toEqual({ at, size: 0, damaged: 1 });
  }
});

describe('looking up', () => {
  test('only the trials that are asked for are found', async () => {
    await append(record('a'), record('b'), record('c'));
    const opened = await openStore(store, [idOf('b'), idOf('x')]);
    expect([...opened.ids()]).toEqual([idOf('b')]);
    expect(opened.get(idOf('b'))).toEqual(record('b'));
    expect([opened.has(idOf('b')), opened.has(idOf('a')), opened.has(idOf('x'))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('what others write meanwhile is there after a refresh, a torn line when it is whole', async () => {
    await append(record('a'));
    const opened = await openStore(store);
    await append(record('b'));
    const line = lineOf(record('c'));
    await writeJournal('journal-x.jsonl', line.slice(0, 50));
    expect(opened.has(idOf('b'))).toBe(false);
    await opened.refresh();
    expect([opened.has(idOf('b')), opened.has(idOf('c'))]).toEqual([true, false]);
    await appendFile(join(store, 'journal-x.jsonl'), line.slice(50));
    await opened.refresh();
    expect(opened.get(idOf('c'))).toEqual(record('c'));
    expect(opened.problems).toEqual([]);
  });

  test('a journal that was replaced meanwhile is read anew', async () => {
    await writeJournal('journal-a.jsonl', lineOf(record('a')) + lineOf(record('b')));
    const opened = await openStore(store);
    await rm(join(store, 'journal-a.jsonl'));
    await writeJournal('journal-c.jsonl', lineOf(record('b')));
    await opened.refresh();
    expect([opened.has(idOf('a')), opened.has(idOf('b'))]).toEqual([false, true]);
  });
});

describe('a journal that another machine is writing', () => {
  const good = lineOf(record('b'));
  const zeros = `${'\0'.repeat(good.length - 1)}\n`;

  test('is read again where bytes had not arrived', async () => {
    await writeJournal('journal-a.jsonl', lineOf(record('a')));
    const opened = await openStore(store);
    await writeJournal('journal-a.jsonl', lineOf(record('a')) + zeros + lineOf(record('c')));
    await opened.refresh();
    expect([opened.problems, opened.has(idOf('b'))]).toEqual([[], false]);
    await writeJournal('journal-a.jsonl', lineOf(record('a')) + good + lineOf(record('c')));
    await opened.refresh();
    expect([...opened.ids()].map((id) => opened.has(id))).toEqual([true, true, true]);
    expect(opened.problems).toEqual([]);
  });

  test('is damaged if the line stays so', async () => {
    await writeJournal('journal-a.jsonl', lineOf(record('a')));
    const opened = await openStore(store);
    await appendFile(join(store, 'journal-a.jsonl'), `garbage\n${good}`);
    for (let i = 0; i < 10; i++) await opened.refresh();
    expect(opened.problems).toHaveLength(1);
    expect(opened.get(idOf('b'))).toEqual(record('b'));
  });
});

describe('the index of a long journal', () => {
  /** More than a mebibyte, with a damaged line in the middle. */
  const names = Array.from({ length: 40 }, (_, i) => `trial ${i}`);
  const long = (name: string): TrialRecord => ({
    ...record(name),
    curves: { test_mse: Array.from({ length: 10_000 }, (_, i) => i / 10) },
  });
  const index = () => join(store, 'journal-a.index');
  beforeEach(() => {
    const lines = names.map((name) => lineOf(long(name)));
    lines.splice(20, 0, 'garbage\n');
    return writeJournal('journal-a.jsonl', lines.join(''));
  });

  async function expectAll(count = names.length): Promise<void> {
    const { records, damaged } = await readStore(store);
    expect(records.size).toBe(count);
    expect(records.get(idOf('trial 25'))).toEqual(long('trial 25'));
    expect(damaged).toEqual(['journal-a.jsonl: line 21 is not a record']);
  }

  test('gives the same as reading the journal, damage included', async () => {
    await expectAll();
    const before = await readFile(index());
    await expectAll();
    expect((await readFile(index())).equals(before)).toBe(true);
  });

  test('is of no use once a line that looked damaged is good', async () => {
    await expectAll();
    const good = lineOf(record('c'));
    const lines = names.map((name) => lineOf(long(name)));
    const zeros = `${'\0'.repeat(good.length - 1)}\n`;
    await writeJournal('journal-a.jsonl', [...lines, zeros].join(''));
    await rm(index());
    expect((await readStore(store)).damaged).toHaveLength(1);
    await writeJournal('journal-a.jsonl', [...lines, good, lineOf(record('d'))].join(''));
    const { records, damaged } = await readStore(store);
    expect([records.size, damaged]).toEqual([names.length + 2, []]);
  });

  test('covers what it can of a journal that has grown', async () => {
    await expectAll();
    await appendFile(join(store, 'journal-a.jsonl'), lineOf(record('b')));
    await expectAll(names.length + 1);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['torn', async () => writeFile(index(), (await readFile(index())).subarray(0, 1000))],
    [
      'of another byte',
      async () => {
        const bytes = await readFile(index());
        bytes[200] ^= 1;
        await writeFile(index(), bytes);
      },
    ],
    ['empty', () => writeFile(index(), '')],
    ['missing', () => rm(index())],
  ])('that is %s is made again', async (_name, damage) => {
    await expectAll();
    const good = await readFile(index());
    await damage();
    await expectAll();
    expect((await readFile(index())).equals(good)).toBe(true);
  });

  test('of a journal that was changed is not believed', async () => {
    await expectAll();
    const lines = names.slice(0, 38).map((name) => lineOf(long(name)));
    await writeJournal('journal-a.jsonl', [...lines, `x${lineOf(long('trial 38'))}`].join(''));
    const { records, damaged } = await readStore(store);
    expect(records.size).toBe(38);
    expect(damaged).toEqual(['journal-a.jsonl: line 39 is not a record']);
  });
});

describe('a record that is not what its id says', () => {
  const good = record('a');
  const cases: [string, object][] = [
    ['another config', { config: configOf('b') }],
    ['an unknown status', { status: 'lost' }],
    ['text for a number', { metrics: { test_mse: '0.1' } }],
    ['text in a curve', { curves: { test_mse: ['x'] } }],
  ];
  test.each(cases)('%s: named as damage, never used', async (_name, change) => {
    await writeJournal('journal-a.jsonl', lineOf({ ...good, ...change } as TrialRecord));
    const { records, damaged } = await readStore(store);
    expect(records.size).toBe(0);
    expect(damaged).toEqual([
      expect.stringMatching(/^journal-a.jsonl: line 1 (is not a record|was changed after it was written)$/),
    ]);
  });

  test('many bad lines are one sentence', async () => {
    await writeJournal('journal-a.jsonl', `${'garbage\n'.repeat(500)}${lineOf(good)}`);
    const { records, damaged } = await readStore(store);
    expect(namesIn(records)).toEqual(['a']);
    expect(damaged).toEqual(['journal-a.jsonl: lines 1, 2, 3 and 497 others are not records']);
  });
});
