import { defineExperiment, presets } from '../src/experiment/index.ts';

/**
 * The Discussion: "a new grid search similar to that shown in Fig. 6, only with Glorot uniform initialization", "with more
 * search values and longer training times".
 */
export default defineExperiment({
  name: 'study glorot',
  title: 'Figure 6 with other initial weights and more epochs: lambda x learning rate',
  figure: null,
  expected: 'docs/wished-for.md',
  examples: [
    ['{lambda} 0 {learningRate} "geomspace(1e-3,0.3,6)"', 'a finer search of the learning rate'],
    ['{kernelInit} he_uniform,he_normal {lambda} 0', "He's initialisations"],
  ],
  dataset: 'franke',
  settings: {
    ...presets.frankeSettings,
    ...presets.sgdSettings,
    ...presets.oneHiddenLayer,
    ...presets.study,
    ...presets.choosing,
    kernelInit: ['random_normal', 'glorot_uniform'],
    lambda: [0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2],
    learningRate: [1e-3, 1e-2, 3e-2, 1e-1],
    epochs: 1000,
  },
  quick: { epochs: 50, seed: [1, 2] },
  layout: { rows: 'lambda', columns: 'learningRate', chosen: 'learningRate', metrics: ['test_mse'] },
});
