import { defineExperiment, presets } from '../src/experiment/index.ts';

/** What is asked first: every optimiser at its own best learning rate, chosen on validation rows and judged on test rows. */
export default defineExperiment({
  name: 'study optimizers',
  title: 'Optimisers, each at its own best learning rate',
  figure: null,
  expected: 'docs/wished-for.md',
  examples: [
    ['{optimizer} sgd {momentum} 0,0.9 {nesterov} no,yes', 'SGD and its kinds of momentum'],
    ['{hidden} 64-32 {activation} tanh {epochs} 50', 'another network'],
  ],
  dataset: 'franke',
  settings: {
    ...presets.frankeSettings,
    ...presets.sgdSettings,
    ...presets.oneHiddenLayer,
    ...presets.study,
    ...presets.choosing,
    kernelInit: 'glorot_uniform',
    optimizer: presets.everyOptimizer,
    learningRate: [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1],
    epochs: 200,
  },
  quick: { epochs: 20, seed: [1, 2] },
  layout: { rows: 'optimizer', columns: 'learningRate', chosen: 'learningRate', metrics: ['test_mse'] },
});
