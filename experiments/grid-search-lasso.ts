import { defineExperiment, presets } from '../src/experiment/index.ts';

/**
 * Lasso regression as ridge regression in Figure 4: by SGD, and by coordinate descent for each l1. With --lambda above 0 it is the
 * elastic net. The first feature is the constant 1, and both solvers penalise its coefficient, too.
 */
export default defineExperiment({
  name: 'grid-search lasso',
  title: 'Lasso regression by SGD: l1 x learning rate',
  figure: null,
  expected:
    'best test MSE of coordinate descent about that of ridge regression, with few coefficients that are not 0',
  examples: [
    ['{l1} 1e-5,1e-4,1e-3 {solver} coordinate-descent', 'exact fits of three penalties'],
    ['{lambda} 0,1e-3 {l1} 1e-4,1e-3', 'lasso and elastic net'],
  ],
  dataset: 'franke',
  references: ['sklearn-lasso', 'torch'],
  settings: {
    ...presets.frankeSettings,
    ...presets.linearModel,
    ...presets.sgdSettings,
    ...presets.coordinateDescentSettings,
    solver: ['sgd', 'coordinate-descent'],
    l1: [1e-4, 1e-3, 1e-2, 1e-1],
    learningRate: [1e-4, 1e-3, 1e-2, 1e-1],
  },
  text: { ...presets.frankeText, basis: 'product' },
  quick: { epochs: 20 },
  layout: { rows: 'l1', columns: 'learningRate', metrics: ['bootstrap_mse', 'bootstrap_r2'] },
});
