import { defineExperiment, presets } from '../src/experiment/index.ts';

/**
 * The Discussion: "to use the binary cross-entropy loss and a sigmoid output activation", for which "we would have to scale
 * our Franke function data to be between 0 and 1". The hidden layer is sigmoid, as in the network that did worst.
 */
export default defineExperiment({
  name: 'study sigmoid',
  title: 'Sigmoid networks: output and loss x learning rate',
  figure: null,
  expected: 'docs/wished-for.md',
  examples: [
    ['{activation} relu {epochs} 100', 'the same for another hidden layer'],
    ['{hidden} 128-128 {kernelInit} glorot_normal,he_normal', 'deeper, other initialisations'],
  ],
  dataset: 'franke',
  settings: {
    ...presets.frankeSettings,
    ...presets.sgdSettings,
    ...presets.oneHiddenLayer,
    ...presets.study,
    ...presets.choosing,
    activation: 'sigmoid',
    kernelInit: 'glorot_uniform',
    scaleTargets: 'minmax',
    loss: ['mse', 'sigmoid_cross_entropy'],
    outputActivation: ['auto', 'sigmoid'],
    learningRate: [1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1, 3],
    epochs: 500,
  },
  quick: { epochs: 50, seed: [1, 2] },
  layout: {
    rows: 'loss',
    columns: 'learningRate',
    chosen: 'learningRate',
    metrics: ['test_mse'],
  },
});
