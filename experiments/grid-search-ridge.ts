import { defineExperiment, presets } from '../src/experiment/index.ts';

/** Figure 4: ridge regression by SGD, and the closed form of the same objective for each lambda. */
export default defineExperiment({
  name: 'grid-search ridge',
  title: 'Ridge regression by SGD: lambda x learning rate',
  figure: 'Figure 4',
  expected: 'best test MSE about 0.055, R2 about 0.52, at learning rate 0.1; lambda 0.1 clearly worse',
  examples: [
    ['{lambda} "geomspace(1e-6,1,7)" {solver} closed-form', 'exact fits of seven penalties'],
    ['{schedule} "eta0/(1+0.01*epoch)" {momentum} 0.9', 'another schedule, with momentum'],
  ],
  dataset: 'franke',
  references: ['sklearn-ridge', 'torch'],
  settings: {
    ...presets.frankeSettings,
    ...presets.linearModel,
    ...presets.sgdSettings,
    lambda: [1e-4, 1e-3, 1e-2, 1e-1],
    learningRate: [1e-4, 1e-3, 1e-2, 1e-1],
  },
  text: { ...presets.frankeText, basis: 'product' },
  quick: { epochs: 20 },
  layout: { rows: 'lambda', columns: 'learningRate', metrics: ['bootstrap_mse', 'bootstrap_r2'] },
});
