import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTrial, numerics, type TrialConfig, type TrialRecord } from '../trial/trial.ts';
import { collectGarbage } from './collect-garbage.ts';
import { noteFailure, readFailures } from './failures.ts';
import { encodeLine, openJournal } from './journal.ts';
import { repairStore } from './repair.ts';
import { reportOn } from './report.ts';
import { openStore, readStore } from './store.ts';
import { surveyStore } from './survey.ts';

/** What fys-nn wrote with numerics 3 and 4, when ids had no letter. */
const written = fileURLToPath(new URL('./fixtures/earlier/', import.meta.url));
const earlier = { 3: 1, 4: 5 };
let store: string;
let hashes: string[];
beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'fys-nn-earlier-'));
  for (const name of await readdir(written)) await cp(join(written, name), join(store, `journal-${name}`));
  const lines = (
    await Promise.all((await readdir(written)).map((name) => readFile(join(written, name), 'utf8')))
  )
    .join('')
    .trim()
    .split('\n');
  hashes = lines.map((line) => (JSON.parse(line) as { id: string }).id);
});
afterEach(() => rm(store, { recursive: true, force: true }));

const report = async () => reportOn(store, await surveyStore(store));

function newRecord(seed: number): TrialRecord {
  const config = { numerics, seed, data: { dataset: 'franke' } } as unknown as TrialConfig;
  const rest = { status: 'done', divergedAt: null, bootstrap: null, seconds: 1, at: '2027-01-01' } as const;
  return { id: createTrial(config).id, config, metrics: {}, curves: {}, ...rest };
}

async function append(record: TrialRecord): Promise<void> {
  const journal = await openJournal(store);
  await journal.append(record);
  await journal.close();
}

/** Weights of an earlier trial, as the version that wrote them named them. */
async function writeWeights(): Promise<void> {
  await mkdir(join(store, 'weights'));
  const digest = createHash('sha256').update('numbers').digest();
  await writeFile(
    join(store, 'weights', `${hashes[0]}.bin`),
    Buffer.concat([Buffer.from('numbers'), digest]),
  );
}

test('records of earlier versions are sound, also next to newer ones', async () => {
  await writeWeights();
  await append(newRecord(1));
  expect(await report()).toMatchObject({
    sound: true,
    records: 7,
    diverged: 2,
    numerics: { ...earlier, [numerics]: 1 },
  });
  const { records, damaged } = await readStore(store);
  expect([records.size, damaged]).toEqual([7, []]);
  expect([...records.keys()]).toEqual(expect.arrayContaining(hashes.map((hash) => `t${hash}`)));
  expect(await repairStore(store)).toEqual({ setAside: 0, file: null, weights: 0, outputs: 0, model: 0 });
});

test('a version that knows nothing of the letter finds its own records next to newer ones', async () => {
  const line = encodeLine(newRecord(1));
  expect(line).toMatch(/^\{"store":2,"id":"[0-9a-f]{64}","check":"[0-9a-f]{16}","record":\{/);
});

test('a long journal of an earlier version gets an index with the same ids', async () => {
  const name = 'journal-numerics-4.jsonl';
  const text = await readFile(join(store, name), 'utf8');
  await writeFile(join(store, name), text.repeat(Math.ceil(2 ** 20 / text.length) + 1));
  const ids = async () => [...(await openStore(store)).ids()].sort();
  const scanned = await ids();
  expect(await readdir(store)).toContain('journal-numerics-4.index');
  expect(await ids()).toEqual(scanned);
  expect(scanned).toEqual(hashes.map((hash) => `t${hash}`).sort());
});

test('a changed byte in such a record is damage', async () => {
  const path = join(store, 'journal-numerics-4.jsonl');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"seed":2020', '"seed":2021'));
  expect(await report()).toMatchObject({
    sound: false,
    problems: ['journal-numerics-4.jsonl: line 1 was changed after it was written'],
  });
});

test('gc keeps only the records of this version', async () => {
  await writeWeights();
  const kept = newRecord(1);
  await append(kept);
  expect(await collectGarbage(store)).toMatchObject({ setAside: 0, kept: 1, otherNumerics: 6, leftovers: 1 });
  expect([...(await readStore(store)).records.keys()]).toEqual([kept.id]);
  expect(await readdir(join(store, 'weights'))).toEqual([]);
});

test('failures that an earlier version noted count', async () => {
  const [hash] = hashes;
  const unknown = hash.replaceAll(/[0-9]/g, '0');
  const note = { at: '2026', attempts: 1, reason: 'x' };
  await writeFile(join(store, 'failures.jsonl'), `${JSON.stringify({ id: unknown, ...note })}\n`);
  await noteFailure(store, { id: newRecord(1).id, ...note });
  expect([...(await readFailures(store)).keys()]).toEqual([`t${unknown}`, newRecord(1).id]);
  expect(await report()).toMatchObject({ failed: 2 });
});
