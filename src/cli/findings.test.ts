import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { compareWithPublished } from '../claims/comparison.ts';
import { type Choices, type Plan, planExperiment } from '../experiment/plan.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { findings } from './findings.ts';

const named = (name: string) => experiments.find((experiment) => experiment.name === name)!;

async function planned(name: string, choices: Partial<Choices> = {}): Promise<Plan> {
  return planExperiment(
    named(name),
    { variant: 'code', quick: false, given: {}, ...choices },
    { dataDir: null },
  );
}

/** A record whose test R2 is the value, or one that diverged. */
function recordOf({ trial: { id, config } }: Plan['cells'][number], value: number | null): TrialRecord {
  const rest = { id, config, curves: {}, seconds: 1, at: '2025-01-01' };
  if (value === null) return { ...rest, status: 'diverged', divergedAt: 1, metrics: {}, bootstrap: null };
  const spread = { mean: value, standardDeviation: 0.1, low: value, high: value };
  const bootstrap = { mse: { ...spread, mean: 1 - value }, r2: spread };
  return { ...rest, status: 'done', divergedAt: null, metrics: {}, bootstrap };
}

test('the best cell of each experiment with its number, never one that diverged', async () => {
  const plan = await planned('grid-search ffnn', { given: { seed: [1, 2] } });
  const records = new Map<string, TrialRecord>();
  for (const [index, cell] of plan.cells.entries()) {
    // The last cell would be the best, but one of its seeds diverged.
    const last = index >= plan.cells.length - 2;
    records.set(
      cell.trial.id,
      recordOf(cell, index === plan.cells.length - 1 ? null : last ? 0.9 : index / 100),
    );
  }
  const text = findings([plan], records, await compareWithPublished([plan], records), 80);
  expect(text.replace(/\s+/g, ' ')).toContain(
    'test R2, bootstrap mean 0.285±0.007: lambda 0.1, learning rate 0.01',
  );
  expect(text).toMatch(/^\d+ of the \d+ published numbers? (is|are) within 5 % of ours\.$/m);
  for (const width of [60, 80, 120]) {
    const lines = findings([plan], records, [], width).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
  }
});

test('says so where everything diverged, and where no number can be compared', async () => {
  const plan = await planned('ffnn', { quick: true });
  const records = new Map(plan.cells.map((cell) => [cell.trial.id, recordOf(cell, null)]));
  const text = findings([plan], records, await compareWithPublished([plan], records), 80);
  expect(text).toContain('every cell diverged or was not run');
  expect(text).toContain("The settings are not the report's");
});
