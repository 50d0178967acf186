import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { planExperiment } from '../experiment/plan.ts';
import { workOf } from './work.ts';

test('trials that differ in their seed alone share what is known of their time, unless one resumes', async () => {
  const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
  const given = { seed: [1, 2, 3], learningRate: [0.1, 0.2], epochs: [10] };
  const plan = await planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
  const trials = plan.cells.map(({ trial }) => trial);
  const works = trials.map((trial) => workOf(trial, new Map()));
  expect(new Set(works).size).toBe(2);
  const resumed = trials.map((trial) => workOf(trial, new Map([[trials[1].id, 5]])));
  expect(resumed.map(({ from }) => from)).toEqual([0, 5, 0, 0, 0, 0]);
  expect(resumed[1].seconds).toBeCloseTo(works[0].seconds / 2, 12);
});
