import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { openJournal, readStore, storeVersion } from './store.ts';
import { createTrial, type TrialConfig, type TrialRecord } from './trial.ts';

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

const lineOf = (entry: TrialRecord, version = storeVersion) =>
  `${JSON.stringify({ store: version, record: entry })}\n`;

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

describe('of two records of one trial the later counts', () => {
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
    const { records } = await readStore(store);
    expect(records.size).toBe(1);
    expect(records.get(idOf('a'))).toEqual(late);
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
    ['no JSON', '{"store": 1, "rec'],
    ['an empty line', ''],
    ['another value', 'null'],
    ['no version', JSON.stringify({ record: record('x') })],
    ['a version that is no number', JSON.stringify({ store: '1', record: record('x') })],
    ['no record', JSON.stringify({ store: 1 })],
    ['a record without an id', JSON.stringify({ store: 1, record: { metrics: {} } })],
    ['a record without metrics', JSON.stringify({ store: 1, record: { id: 'x' } })],
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
      lineOf(record('b'), storeVersion + 1),
      `{"store":${storeVersion + 1},"trials":[]}\n`,
    ]) {
      await writeJournal('journal-b.jsonl', newer);
      const error = await refused(readStore(store));
      expect(error.exitCode).toBe(2);
      expect(error.message).toContain(store);
      expect(error.message).toContain('newer');
      expect(error.message).toContain('--store');
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
      expect(error.message).toContain('--store');
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
    const modules = pathToFileURL(`${resolve('dist/src/experiment')}/`);
    const script = `
      import { openJournal } from ${JSON.stringify(new URL('store.js', modules))};
      import { createTrial } from ${JSON.stringify(new URL('trial.js', modules))};
      const journal = await openJournal(${JSON.stringify(store)});
      const record = (name, size) => ({ ...createTrial({ name }), status: 'done', metrics: {}, curves: { x: Array(size).fill(1) }, at: '2025' });
      await journal.append(record('a', 1));
      await journal.append(record('b', 20000)).then(() => process.exit(9), () => {});
      await journal.append(record('c', 1));
      await journal.close();`;
    // No file may grow beyond 8 blocks: the second append is cut off in the middle.
    const shell = `ulimit -f 8; exec "${process.execPath}" --input-type=module -e "$SCRIPT"`;
    await promisify(execFile)('sh', ['-c', shell], { env: { ...process.env, SCRIPT: script } });
    expect(namesIn((await readStore(store)).records).sort()).toEqual(['a', 'c']);
  });

  test('a directory named like a journal is a clear error', async () => {
    await mkdir(join(store, 'journal-x.jsonl'), { recursive: true });
    expect((await refused(readStore(store))).exitCode).toBe(2);
  });

  test('a line without the parts of a record is damage', async () => {
    await writeJournal(
      'journal-a.jsonl',
      `{"store":1,"record":{"id":"x","metrics":null}}\n${lineOf(record('b'))}`,
    );
    const { records, damaged } = await readStore(store);
    expect(namesIn(records)).toEqual(['b']);
    expect(damaged).toHaveLength(1);
  });
});

describe('a record that is not what its id says', () => {
  const good = record('a');
  test.each<[string, object]>([
    ['another config', { config: configOf('b') }],
    ['an unknown status', { status: 'lost' }],
    ['text for a number', { metrics: { test_mse: '0.1' } }],
    ['text in a curve', { curves: { test_mse: ['x'] } }],
  ])('%s: named as damage, never used', async (_name, change) => {
    await writeJournal('journal-a.jsonl', lineOf({ ...good, ...change } as TrialRecord));
    const { records, damaged } = await readStore(store);
    expect(records.size).toBe(0);
    expect(damaged).toEqual(['journal-a.jsonl: line 1 is not a record']);
  });

  test('many bad lines are one sentence', async () => {
    await writeJournal('journal-a.jsonl', `${'garbage\n'.repeat(500)}${lineOf(good)}`);
    const { records, damaged } = await readStore(store);
    expect(namesIn(records)).toEqual(['a']);
    expect(damaged).toEqual(['journal-a.jsonl: lines 1, 2, 3 and 497 others are not records']);
  });
});
