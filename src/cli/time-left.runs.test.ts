import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import type { Trial } from '../trial/trial.ts';
import { judge, type Simulated, simulate, watch } from './time-left.testing.ts';
import { workOf } from './work.ts';

/** Runs that `node bench/record-run.js` recorded, trial by trial. */
const folder = new URL('../../bench/runs/', import.meta.url);
const names = readdirSync(folder).map((file) => file.replace('.json', ''));

interface Recorded {
  readonly plans: { readonly experiment: string; readonly quick?: boolean; readonly given?: SettingLists }[];
  /** Seconds, outcome, epochs with their seconds. */
  readonly trials: [number, 'done' | 'diverged', [number, number][]][];
}

/** The recorded trials with what is foreseen for them. */
async function trialsOf(name: string): Promise<Simulated[]> {
  const { plans, trials: recorded } = JSON.parse(
    readFileSync(new URL(`${name}.json`, folder), 'utf8'),
  ) as Recorded;
  const trials = new Map<string, Trial>();
  for (const { experiment: wanted, quick = false, given = {} } of plans) {
    const experiment = experiments.find((each) => each.name === wanted)!;
    const plan = await planExperiment(experiment, { variant: 'code', quick, given }, { dataDir: null });
    for (const { trial } of plan.cells) trials.set(trial.id, trial);
  }
  expect(trials.size).toBe(recorded.length);
  return [...trials.values()].map((trial, index) => {
    const [actual, outcome, reports] = recorded[index];
    const whole = { ...workOf(trial, new Map()), actual, reports };
    // Divergence is told when a trial ends; `actual` is already the time until then.
    return outcome === 'diverged' ? { ...whole, actual: actual / 0.5, diverges: 0.5 } : whole;
  });
}

/** The same on a slower machine. */
const slowed = (trials: readonly Simulated[], times: number): Simulated[] =>
  trials.map((trial) => ({
    ...trial,
    actual: times * trial.actual,
    reports: trial.reports!.map(([seconds, epoch]) => [times * seconds, epoch] as const),
  }));

/** When L-BFGS converges is known when it has; how many trials diverge, when some have run. */
const unforeseeable: Readonly<Record<string, { until?: number; most?: number }>> = {
  lbfgs: { until: 0.75 },
  'sgd-and-lbfgs': { until: 0.75 },
  'many-diverge': { most: 2.5 },
};

describe.each(names)('%s', (name) => {
  test('the times predicted of its trials are near the recorded ones', async () => {
    const trials = (await trialsOf(name)).filter(({ diverges = 1 }) => diverges === 1);
    const sum = (of: (trial: Simulated) => number) => trials.reduce((total, trial) => total + of(trial), 0);
    const ratio = sum(({ actual }) => actual) / sum(({ seconds }) => seconds);
    expect(ratio).toBeGreaterThan(1 / 1.5);
    expect(ratio).toBeLessThan(1.5);
  });

  test.each([
    [1, 1],
    [2, 1],
    [2, 10],
    [4, 10],
    [8, 30],
  ])('on %i workers, %i times as slow', async (width, times) => {
    const trials = slowed(await trialsOf(name), times);
    const { until = 1, most = 1.5 } = unforeseeable[name] ?? {};
    const { factor, rise } = judge(watch(trials, width, simulate(trials, width)), until);
    expect(factor).toBeLessThanOrEqual(most);
    expect(rise).toBeLessThanOrEqual(1.25);
  });
});
