import { expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import { planExperiment } from '../experiment/plan.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { numberText } from './parts.ts';
import { summaryTable } from './summary.ts';

/** A plan of as many learning rates, and records whose test error is least at one of them; the training error may be at another. */
async function made(count: number, best: number, bestTrain = best) {
  const learningRate = Array.from({ length: count }, (_, i) => (i + 1) / 1000);
  const given = { epochs: [1], samples: [20], seed: [1, 2], learningRate };
  const plan = await planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
  const places = new Map(plan.cells.map(({ trial }, index) => [trial.id, Math.floor(index / 2)]));
  const read = new Map<string, number>();
  const records = {
    has: (id: string) => places.has(id),
    get(id: string): TrialRecord | undefined {
      read.set(id, (read.get(id) ?? 0) + 1);
      const value = 1 + Math.abs(places.get(id)! - best);
      const { config } = plan.cells[places.get(id)! * 2].trial;
      const train = 1 + Math.abs(places.get(id)! - bestTrain);
      const metrics = {
        train_mse: train,
        test_mse: value,
        test_r2: -value,
        bootstrap_mse: value,
        bootstrap_r2: -value,
      };
      return {
        ...{ id, config, status: 'done', divergedAt: null, metrics, curves: {} },
        ...{ bootstrap: { mse: { mean: value }, r2: { mean: -value } }, seconds: 1, at: '' },
      } as unknown as TrialRecord;
    },
  };
  return { plan, records, read };
}

const rowsIn = (markup: string) => markup.match(/<tr>/g)!.length - 1;

test('of more than 500 settings, the page has the 100 best, and says so; each record is read once', async () => {
  const { plan, records, read } = await made(700, 600);
  const html = summaryTable(plan, records).markup;
  expect(rowsIn(html)).toBe(100);
  expect(html).toContain('The 100 best of 700 settings by ');
  expect(html).toContain('All are in summary.csv of this run.');
  expect(html).toContain('>0.601<');
  expect(html).not.toContain('>0.001<');
  expect(read.size).toBe(1400);
  expect([...new Set(read.values())]).toEqual([1]);
});

test('500 settings are all there, in their order', async () => {
  const { plan, records } = await made(500, 3);
  const html = summaryTable(plan, records).markup;
  expect(rowsIn(html)).toBe(500);
  expect(html).not.toContain('best of 500');
});

test('what is the best of another column is shown next to the 100 best, and so is what is there for comparison', async () => {
  const { plan, records } = await made(700, 600, 3);
  const cells = [...plan.cells];
  const settings = { ...cells[0].settings, reference: 'tfjs' };
  const beside = { ...plan, cells: [...cells, { settings, trial: cells[0].trial }] };
  const html = summaryTable(beside, records).markup;
  expect(rowsIn(html)).toBe(102);
  expect(html).toContain('The 100 best of 700 settings by ');
  expect(html).toContain('; then 1 more, which is the best of another column; then 1 for comparison. All');
  expect(html).toContain('>0.004<');
});

test('digits that are not known are no zeros', () => {
  expect(numberText(372261234567, 4)).toBe('3.723e11');
  expect(numberText(-1234567, 4)).toBe('−1.235e6');
  expect(numberText(123456, 4)).toBe('123500');
});
