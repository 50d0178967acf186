import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import { readResults } from '../figures/folder.ts';
import { draw } from '../figures/index.ts';
import { type Results, resultsOf } from '../figures/results.ts';
import { curvesTable } from '../output/curves-table.ts';
import { tableToRecords } from '../output/json.ts';
import { manifestPieces } from '../output/manifest.ts';
import { resultFiles } from '../output/result-files.ts';
import { writeRunFolder } from '../output/run-folder.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { curvesData, tooManyCurves } from './curves.ts';

/** The epochs that are evaluated, by `evaluateEvery`, of five. */
const evaluated = new Map([
  [1, [1, 2, 3, 4, 5]],
  [2, [2, 4, 5]],
  [9, [5]],
]);
const sources = { dataDir: null };
const records = new Map<string, TrialRecord>();
let plan: Plan;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-evaluated-'));
  const given = { samples: [20], epochs: [5], hidden: ['2'], bootstrap: [2], evaluateEvery: [1, 2, 9] };
  plan = await planExperiment(ffnn, { variant: 'code', quick: false, given }, sources);
  for (const { trial } of plan.cells) records.set(trial.id, await runTrial(trial, sources));
});
afterAll(() => rm(folder, { recursive: true }));

/** The epochs of the points of a figure, by `evaluateEvery`. */
async function drawn(results: Results): Promise<Map<number, number[]>> {
  const [{ spec }] = await draw(results);
  const found = new Map<number, Set<number>>();
  const [lines] = JSON.stringify(spec).matchAll(/"values":\[.*?\]/g);
  for (const [, series, x] of lines[0].matchAll(/"series":"(\d+)","split":"\w+","x":(\d+),/g))
    found.set(Number(series), (found.get(Number(series)) ?? new Set()).add(Number(x)));
  return new Map([...found].map(([series, epochs]) => [series, [...epochs].sort()]));
}

test('every view gives the values of curves the epochs that were evaluated', async () => {
  const values = new Map(
    plan.cells.map(({ trial, settings }) => [settings.evaluateEvery, records.get(trial.id)!]),
  );
  for (const [every, epochs] of evaluated) {
    const { curves, metrics } = values.get(every)!;
    expect(curves.test_mse).toEqual(epochs.map((epoch) => values.get(1)!.curves.test_mse[epoch - 1]));
    const best = Math.min(...(curves.test_mse as number[]));
    expect(metrics.best_epoch).toBe(epochs[curves.test_mse.indexOf(best)]);
  }
  const rows = tableToRecords(curvesTable(plan, records)).filter(({ split }) => split === 'test');
  expect(rows.map(({ epoch }) => epoch)).toEqual([...evaluated.values()].flat());
  expect(curvesData(plan, records)!.cells.map(({ epochs }) => epochs)).toEqual([...evaluated.values()]);

  const results = resultsOf(plan, records);
  const facts = { command: [], jobs: 1, computed: 3, fromStore: 0, failed: 0, startedAt: '', seconds: 1 };
  await writeRunFolder(
    folder,
    resultFiles(plan, records, ['csv']),
    (files) => () => manifestPieces(plan, records, facts, files),
  );
  for (const shown of [results, await readResults(folder, [ffnn])]) {
    expect(await drawn(shown)).toEqual(evaluated);
    expect((await draw(shown))[0].caption).toContain(
      'After each epoch or every 2 and 9 epochs, and the last one',
    );
  }
});

test('curves of too many settings are named, also if the first trial has a single epoch', async () => {
  const learningRate = Array.from({ length: 101 }, (_, i) => (i + 1) / 1000);
  const given = { samples: [20], hidden: ['2'], epochs: [1, 3], learningRate };
  const many = await planExperiment(ffnn, { variant: 'code', quick: false, given }, sources);
  const [record] = records.values();
  const lengths = new Map(many.cells.map(({ trial, settings }) => [trial.id, settings.epochs as number]));
  const some = (most: number) => ({
    has: (id: string) => lengths.has(id),
    get: (id: string) => ({
      ...record,
      curves: { test_mse: Array<number>(Math.min(most, lengths.get(id)!)).fill(1) },
    }),
  });
  expect(many.cells[0].settings.epochs).toBe(1);
  expect(tooManyCurves(many, some(3))).toContain('The curves of 202 settings are too many');
  expect(tooManyCurves(many, some(1))).toBeNull();
});
