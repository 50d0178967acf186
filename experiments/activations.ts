import { defineExperiment, presets } from '../src/experiment/index.ts';

/** Figure 7: activations x initialisations of the hidden layer. The output layer is initialised in the same way. */
export default defineExperiment({
  name: 'activations',
  title: 'Hidden activation x weight initialisation',
  figure: 'Figure 7',
  expected: 'relu with glorot_uniform best, test MSE about 0.049; sigmoid slowest',
  examples: [
    ['{activation} relu,leaky_relu {hidden} 16,64 {epochs} 50', 'two activations, narrow and wide'],
    ['{kernelInit} glorot_uniform {seed} 1..5', 'one initialisation, means of five seeds'],
  ],
  dataset: 'franke',
  references: presets.networkReferences,
  settings: {
    ...presets.frankeSettings,
    ...presets.sgdSettings,
    ...presets.oneHiddenLayer,
    activation: ['sigmoid', 'relu', 'leaky_relu', 'linear'],
    kernelInit: ['random_normal', 'glorot_uniform'],
    outputBiasInit: 'as_kernel',
    epochs: 500,
  },
  text: presets.frankeText,
  quick: { epochs: 100 },
  layout: {
    rows: 'activation',
    columns: 'kernelInit',
    metrics: ['test_mse', 'best_test_mse'],
    curves: ['train', 'test'],
  },
});
