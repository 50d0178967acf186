import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import ffnn from '../../experiments/ffnn.ts';
import { planExperiment } from '../experiment/plan.ts';
import { fixedSeed, hostileJson, mutated, valueOrRefusal } from '../hostile.testing.ts';
import { createTrial, type TrialRecord } from '../trial/trial.ts';
import { openJournal, readStore } from './store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-journals-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A journal of one record as this version writes it. */
async function goodLine(): Promise<string> {
  const choices = { variant: 'code' as const, quick: false, given: {} };
  const { cells } = await planExperiment(ffnn, choices, { dataDir: null });
  const { id, config } = cells[0].trial;
  const record: TrialRecord = {
    ...{ id, config: structuredClone(config), status: 'done', divergedAt: null, bootstrap: null, seconds: 1 },
    ...{ metrics: { test_mse: 0.5 }, curves: { test_mse: [1, 0.5] }, at: '2025-01-01T00:00:00.000Z' },
  };
  const store = join(folder, 'good');
  const journal = await openJournal(store);
  await journal.append(record);
  await journal.close();
  const [name] = (await readdir(store)).filter((file) => file.endsWith('.jsonl'));
  return await readFile(join(store, name), 'utf8');
}

test('journals of any kind: each record is that of its id, or the store is refused', async () => {
  const good = await goodLine();
  const line = fc.oneof(
    fc.constant(good.trimEnd()),
    mutated(JSON.parse(good)).map((value) => JSON.stringify(value) ?? ''),
    hostileJson.map((value) => JSON.stringify(value)),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.nat(good.length - 2).map((at) => `${good.slice(0, at)}7${good.slice(at + 1, -1)}`),
  );
  const store = join(folder, 'good');
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 4 }), fc.boolean(), async (lines, torn) => {
      const text = lines.map((one) => `${one}\n`).join('');
      await writeFile(join(store, 'journal-hostile.jsonl'), torn ? text.slice(0, -1) : text);
      const outcome = await valueOrRefusal(() => readStore(store));
      if (!('value' in outcome)) return;
      for (const [id, record] of outcome.value.records) {
        expect(record.id).toBe(id);
        expect(createTrial(record.config).id).toBe(id);
        for (const curve of Object.values(record.curves)) expect(Array.isArray(curve)).toBe(true);
      }
    }),
    { seed: fixedSeed, numRuns: 200 },
  );
});

test('a line of a million brackets is no record', async () => {
  const store = join(folder, 'deep');
  await mkdir(store, { recursive: true });
  const deep = `${'['.repeat(1e6)}${']'.repeat(1e6)}`;
  const start = `{"store":2,"id":"${'0'.repeat(64)}","check":"","record":{"at":"","status":"done","metrics":{},"curves":{},"config":`;
  await writeFile(join(store, 'journal-deep.jsonl'), `${deep}\n${start}${deep}}}\n`);
  expect(await valueOrRefusal(() => readStore(store))).toMatchObject({ value: { records: new Map() } });
});
