import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTrial, type TrialConfig, type TrialRecord } from '../trial/trial.ts';
import { createRecordBatch, type WrittenBatch } from './record-batch.ts';
import { type JournalWriter, openJournal, openStore, type Store } from './store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-learn-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function record(name: string, mse = 0.5, at = '2026-01-01T00:00:00.000Z'): TrialRecord {
  const config = { name } as unknown as TrialConfig;
  return {
    ...{ id: createTrial(config).id, config, status: 'done', divergedAt: null, bootstrap: null, seconds: 1 },
    ...{ metrics: { test_mse: mse }, curves: { test_mse: [1, null, mse] }, at },
  };
}

function writeBatch(journal: JournalWriter, records: readonly TrialRecord[]): Promise<WrittenBatch> {
  const batch = createRecordBatch();
  for (const one of records) batch.add(one);
  return batch.writeTo(journal);
}

async function write(journal: JournalWriter, store: Store | null, ...records: TrialRecord[]): Promise<void> {
  const written = await writeBatch(journal, records);
  store?.learn(
    written,
    records.map(({ id }) => id),
  );
}

const whole = (found: TrialRecord | undefined) => found && { ...found, config: found.config };

test('records that this process has written are not read from its file', async () => {
  const [a, b] = [record('a'), record('b')];
  const store = await openStore(folder);
  const journal = await openJournal(folder);
  await write(journal, store, a, b);
  await write(journal, store, record('c'));
  await journal.close();
  expect([...store.ids()]).toHaveLength(3);
  expect(whole(store.get(a.id))).toEqual(a);
  await rm(folder, { recursive: true });
  expect(store.has(b.id)).toBe(true);
  expect(store.get(b.id)).toMatchObject({ metrics: b.metrics, curves: b.curves, at: b.at });
});

test('what the store has read already is not taken over again', async () => {
  const a = record('a');
  const journal = await openJournal(folder);
  const store = await openStore(folder);
  const { lines } = await writeBatch(journal, [a]);
  await store.refresh();
  const { packed } = await writeBatch(await openJournal(join(folder, 'other')), [record('a', 7)]);
  store.learn({ lines, packed }, [a.id]);
  expect(whole(store.get(a.id))).toEqual(a);
  await write(journal, store, record('b'));
  await journal.close();
  expect([...store.ids()]).toHaveLength(2);
  expect(store.problems).toEqual([]);
});

test('after records that nobody told of, others are read, as those of another process are', async () => {
  const journal = await openJournal(folder);
  const store = await openStore(folder);
  await write(journal, null, record('a'));
  await write(journal, store, record('b'));
  expect([...store.ids()]).toEqual([]);
  await store.refresh();
  await write(journal, store, record('c'));
  await journal.close();
  expect([...store.ids()]).toHaveLength(3);
});

test('of two records of a trial, the earlier one counts, and that they differ is a problem', async () => {
  const [older, newer] = [record('a', 1, '2025-01-01T00:00:00.000Z'), record('a', 2)];
  const other = await openJournal(folder);
  await write(other, null, older);
  const store = await openStore(folder);
  const journal = await openJournal(folder);
  await write(journal, store, newer);
  expect(whole(store.get(older.id))).toEqual(older);
  expect(store.problems).toMatchObject([{ kind: 'conflict' }]);
  await Promise.all([other.close(), journal.close()]);
});

test('a batch writes what its records are as lines, and is empty then', async () => {
  const batch = createRecordBatch();
  const [one, other] = ['one', 'other'].map((name) => join(folder, name));
  const journal = await openJournal(one);
  const records = Array.from({ length: 50 }, (_, index) => record(`a µ ${'long '.repeat(index)}`, index / 7));
  for (const part of [records.slice(0, 30), records.slice(30)]) {
    for (const each of part) batch.add(each);
    expect(batch.size).toBe(part.length);
    await batch.writeTo(journal);
    expect(batch.size).toBe(0);
  }
  await journal.close();
  const single = await openJournal(other);
  await single.append(...records);
  await single.close();
  const textIn = async (store: string) => readFile(join(store, (await readdir(store))[0]), 'utf8');
  expect(await textIn(one)).toBe(await textIn(other));
});

test('of other trials than it was opened for, a store takes over nothing', async () => {
  const [a, b] = [record('a'), record('b')];
  const store = await openStore(folder, [b.id]);
  const journal = await openJournal(folder);
  await write(journal, store, a, b);
  await journal.close();
  expect([a, b].map(({ id }) => store.has(id))).toEqual([false, true]);
  expect(whole(store.get(b.id))).toEqual(b);
});
