import { describe, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import logistic from '../../experiments/logistic.ts';
import { planExperiment } from '../experiment/plan.ts';
import { checkTrialConfig } from './schema.ts';
import type { SgdConfig } from './solvers/sgd.ts';
import type { TrialConfig } from './trial.ts';

const choices = { variant: 'code', quick: true, given: {} } as const;
const configOf = async (experiment: typeof ffnn): Promise<TrialConfig> =>
  (await planExperiment(experiment, choices, { dataDir: null })).cells[0].trial.config;
const regression = await configOf(ffnn);
const classification = await configOf(logistic);

const withModel = (config: TrialConfig, changes: Partial<SgdConfig>): unknown => ({
  ...config,
  model: { ...config.model, ...changes },
});
const { layers } = regression.model as SgdConfig;
const [hidden, output] = layers;

describe('a config is refused, naming the place,', () => {
  const { features } = classification;
  const bootstrap = { resamples: 10, method: 'test' };
  test.each<[string, unknown, string]>([
    ['a classification with a bootstrap', { ...classification, bootstrap }, 'bootstrap'],
    [
      'labels with a mean subtracted',
      { ...classification, features: { ...features, centerTargets: true } },
      'features.centerTargets',
    ],
    [
      'a regression with seven outputs',
      withModel(regression, { layers: [hidden, { ...output, units: 7 }] }),
      'model.layers.1.units',
    ],
    [
      'an output that the loss does not take',
      withModel(regression, {
        loss: 'sigmoid_cross_entropy',
        layers: [hidden, { ...output, activation: 'relu' }],
      }),
      'model.layers.1.activation',
    ],
    [
      'a hidden softmax',
      withModel(regression, { layers: [{ ...hidden, activation: 'softmax' }, output] }),
      'model.layers.0.activation',
    ],
    ['a loss of the other task', withModel(regression, { loss: 'cross_entropy' }), 'model.loss'],
    [
      'a momentum out of range',
      withModel(regression, { optimizer: { name: 'sgd', momentum: 1 } }),
      'model.optimizer.momentum',
    ],
    [
      'a hyperparameter that the optimiser does not have',
      withModel(regression, { optimizer: { name: 'sgd', momentum: 0, beta1: 0.9 } as never }),
      'model.optimizer',
    ],
  ])('%s', (_name, config, place) => {
    expect(() => checkTrialConfig(config)).toThrow(`is wrong at ${place}`);
  });
});

test('the configs of the plan are not', () => {
  for (const config of [regression, classification]) expect(checkTrialConfig(config)).toEqual(config);
});
