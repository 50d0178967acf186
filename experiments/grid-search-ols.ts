import { defineExperiment, presets } from '../src/experiment/index.ts';

/** Figure 3: ordinary least squares by SGD, and the closed form on the same split. */
export default defineExperiment({
  name: 'grid-search ols',
  title: 'OLS by SGD: batch size x learning rate',
  figure: 'Figure 3',
  expected:
    'best test MSE about 0.05, R2 about 0.55, at learning rate 0.1 and batch size 10; closed form 0.046, 0.63',
  examples: [
    ['{learningRate} "geomspace(1e-3,1,7)" {seed} 1..5', 'a grid of your own, means of five seeds'],
    ['{search} sobol {trials} 30 {momentum} "uniform(0,0.9)"', 'a search in a range'],
    ['{learningRate} "geomspace(1e-4,0.1,9)" {halving}', 'bad settings are stopped early'],
    ['{solver} closed-form {degree} 0..14', 'exact fits of 15 degrees'],
  ],
  dataset: 'franke',
  references: ['sklearn', 'sklearn-ridge', 'torch'],
  settings: {
    ...presets.frankeSettings,
    ...presets.linearModel,
    ...presets.sgdSettings,
    schedule: ['constant', 'decay'],
    batchSize: [10, 50, 100, 'all'],
    learningRate: [1e-4, 1e-3, 1e-2, 1e-1],
  },
  text: { ...presets.frankeText, basis: 'product' },
  quick: { epochs: 20 },
  layout: {
    rows: 'batchSize',
    columns: 'learningRate',
    metrics: ['bootstrap_mse', 'bootstrap_r2'],
  },
});
