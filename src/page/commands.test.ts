import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { type Choices, planExperiment } from '../experiment/plan.ts';
import { commandOf } from './commands.ts';

test.each<[string, Partial<Choices> & { given?: SettingLists }, string]>([
  ['grid-search ols', {}, 'npx fys-nn grid-search ols --seed 2020'],
  ['ffnn', { given: { seed: [1, 2, 3] } }, 'npx fys-nn ffnn --seed 1..3'],
  ['ffnn', { given: { seed: [1, 3, 4] } }, 'npx fys-nn ffnn --seed 1,3,4'],
  [
    'activations',
    { quick: true, variant: 'text' },
    'npx fys-nn activations --quick --variant text --seed 2020',
  ],
  ['ffnn', { given: { learningRate: [0.1, 1e-7] } }, 'npx fys-nn ffnn --seed 2020 --learning-rate 0.1,1e-7'],
  ['ffnn', { given: { target: ['sin(5*x)*y'] } }, "npx fys-nn ffnn --seed 2020 --target 'sin(5*x)*y'"],
])('%s with %j runs again as written', async (name, choices, expected) => {
  const experiment = experiments.find((candidate) => candidate.name === name)!;
  const plan = await planExperiment(
    experiment,
    { variant: 'code', quick: false, given: {}, ...choices },
    { dataDir: null },
  );
  expect(commandOf(plan)).toBe(expected);
});
