import { describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { planExperiment } from '../experiment/plan.ts';
import { hashOfId } from '../trial/id.ts';
import type { Trial, TrialRecord } from '../trial/trial.ts';
import { createFirstCheck } from './first-check.ts';
import { decodeLine, encodeLine } from './journal.ts';

const trials = async (given: object): Promise<Trial[]> => {
  const experiment = experiments.find(({ name }) => name === 'ffnn')!;
  const plan = await planExperiment(experiment, { variant: 'code', quick: false, given }, { dataDir: null });
  return plan.cells.map(({ trial: { id, config } }) => ({ id, config }));
};

const recordOf = ({ id, config }: Trial): TrialRecord => ({
  ...{ id, config, status: 'done', divergedAt: null, metrics: { test_mse: config.seed / 7 } },
  ...{ curves: { test_mse: [1, 2] }, bootstrap: null, seconds: 1, at: '2026-01-01T00:00:00.000Z' },
});

const lineOf = (record: TrialRecord): Buffer => Buffer.from(encodeLine(record).trimEnd());

describe('the first check of a line', () => {
  test('gives what decoding it whole gives, for configs that differ in their seed and for others', async () => {
    const check = createFirstCheck();
    const all = [
      ...(await trials({ seed: [1, 2, 30, 4], learningRate: [0.1, 0.01] })),
      ...(await trials({ seed: [1, 2], initSeed: [2, 3] })),
    ];
    for (const trial of [...all, ...all]) {
      const line = lineOf(recordOf(trial));
      const { record } = check(line) as { record: TrialRecord };
      expect({ record: { ...record, config: record.config } }).toEqual(decodeLine(line.toString()));
    }
  });

  test.each([1, 2, 3])('finds what is wrong with line %i of a seed', async (number) => {
    const all = await trials({ seed: [1, 2, 3, 4] });
    const check = createFirstCheck();
    for (const trial of all.slice(0, number)) check(lineOf(recordOf(trial)));
    const [line, next] = [lineOf(recordOf(all[number])), lineOf(recordOf({ ...all[number], id: all[0].id }))];
    const changed = line.toString().replace('"test_mse":', '"test_mse":1');
    const cut = line.subarray(0, -1);
    const otherHash = line.toString().replace(hashOfId(all[number].id), hashOfId(all[0].id));
    expect(check(next)).toEqual({ fault: 'not what was written' });
    expect(check(Buffer.from(changed))).toEqual({ fault: 'not what was written' });
    expect(check(Buffer.from(otherHash))).toEqual({ fault: 'not what was written' });
    expect(check(cut)).toEqual({ fault: 'not a record' });
    expect(check(line)).toHaveProperty('record');
  });
});
