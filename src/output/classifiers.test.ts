import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import { inline } from '../launchers/inline.ts';
import { openLease } from '../store/leases.ts';
import { openStore, type Store } from '../store/store.ts';
import { tablesOfClassifiers } from './classifier-tables.ts';
import { openClassifiers } from './classifiers.ts';
import { toCsv } from './csv.ts';
import { tableToRecords } from './json.ts';

const sources = { dataDir: null };
const nothing = () => {};
const events = {
  started: nothing,
  epoch: nothing,
  ended: nothing,
  ran: nothing,
  found: nothing,
  note: nothing,
};
let directory: string;
let plan: Plan;
let store: Store;

async function run(name: string, given: SettingLists): Promise<{ plan: Plan; store: Store }> {
  const experiment = experiments.find((one) => one.name === name)!;
  const planned = await planExperiment(experiment, { variant: 'code', quick: false, given }, sources);
  const opened = await openStore(directory);
  const lease = await openLease(directory);
  const trials = planned.cells.map(({ trial }) => trial);
  await inline(trials, { store: opened, sources, jobs: 1, events, lease });
  await lease.end();
  return { plan: planned, store: await openStore(directory) };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-classifiers-'));
  const rates = { learningRate: [0.1, 1e30], seed: [1, 2], lambda: [0] };
  ({ plan, store } = await run('logistic', { samples: [600], testSize: [100], epochs: [2], ...rates }));
});
afterAll(() => rm(directory, { recursive: true }));

describe('the tables of classifiers', () => {
  test('have the rows of the trials that finished, and agree with their records', async () => {
    const { classifiers, note } = await openClassifiers(plan, store, directory);
    expect(note).toBeNull();
    const [classes, confusion, roc, gains, calibration] = tablesOfClassifiers(plan, classifiers!).map(
      tableToRecords,
    );
    const done = plan.cells.filter(({ trial }) => store.get(trial.id)!.status === 'done');
    expect([done.length, plan.cells.length]).toEqual([2, 4]);
    expect([classes, confusion, calibration].map(({ length }) => length)).toEqual([2 * 13, 2 * 100, 2 * 110]);
    for (const { trial, settings } of done) {
      const own = classes.filter((row) => row.trial === trial.id.slice(0, 16));
      expect(own.map((row) => row.class)).toEqual([
        ...'0123456789',
        ...['macro average', 'weighted average', 'micro average'],
      ]);
      expect(own.at(-1)).toMatchObject({
        recall: store.get(trial.id)!.metrics.test_accuracy,
        seed: settings.seed,
        rows: 100,
      });
    }
    for (const curve of [roc, gains]) {
      const first = curve.filter((row) => row.class === '3' && row.trial === curve[0].trial);
      expect(first[0]).toMatchObject({ point: 1 });
      expect(first.length).toBeLessThanOrEqual(100);
    }
    expect(roc.at(-1)).toMatchObject({ false_positive_rate: 1, true_positive_rate: 1 });
    expect(gains.at(-1)).toMatchObject({ share_of_rows: 1, share_of_class: 1 });
  });

  test('are the same when their summaries are read again', async () => {
    const { classifiers } = await openClassifiers(plan, store, directory);
    const again = await openClassifiers(plan, store, directory, 0);
    const csv = (one: typeof classifiers) => Promise.all(tablesOfClassifiers(plan, one!).map(toCsv));
    expect(await csv(classifiers)).toEqual(await csv(again.classifiers));
  });

  test('are not there for a regression, nor when all diverged', async () => {
    const regression = await run('ffnn', { samples: [40], epochs: [1] });
    const none = { classifiers: null, note: null };
    expect(await openClassifiers(regression.plan, regression.store, directory)).toEqual(none);
    const diverged = await run('logistic', {
      samples: [60],
      testSize: [10],
      learningRate: [1e30],
      seed: [7],
    });
    expect(await openClassifiers(diverged.plan, diverged.store, directory)).toEqual(none);
  });

  test('are none, with a sentence, when the outputs of any trial are missing or damaged', async () => {
    const folder = join(directory, 'outputs');
    const [name] = await readdir(folder);
    const bytes = await readFile(join(folder, name));
    await writeFile(join(folder, name), bytes.subarray(0, 50));
    const { classifiers, note } = await openClassifiers(plan, store, directory);
    expect(classifiers).toBeNull();
    expect(note).toMatch(
      /no test outputs of 1 of 2 trials, because files are missing or .*\{force\} computes them again/,
    );
  });
});
