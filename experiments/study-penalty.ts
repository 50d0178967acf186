import { defineExperiment, presets } from '../src/experiment/index.ts';

/**
 * The Discussion: "the bias and kernel subject to the same L2 penalty factor for all layers, is somehow damaging". The
 * penalty on all weights next to the penalty on kernels alone.
 */
export default defineExperiment({
  name: 'study penalty',
  title: 'Weights that are penalised x lambda',
  figure: null,
  expected: 'docs/wished-for.md',
  examples: [
    ['{hidden} 128,128-128 {lambda} 1e-4,1e-3', 'a deeper network'],
    ['{learningRate} 0.01 {epochs} 500', 'another rate, longer'],
  ],
  dataset: 'franke',
  settings: {
    ...presets.frankeSettings,
    ...presets.sgdSettings,
    ...presets.oneHiddenLayer,
    ...presets.study,
    kernelInit: 'glorot_uniform',
    penalize: ['all', 'kernels'],
    lambda: [0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1],
    learningRate: 0.1,
    epochs: 300,
  },
  quick: { epochs: 50, seed: [1, 2] },
  layout: { rows: 'penalize', columns: 'lambda', metrics: ['test_mse'] },
});
