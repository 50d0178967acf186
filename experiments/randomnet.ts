import { defineExperiment, presets } from '../src/experiment/index.ts';

/** RandomNet (text): ten networks with random depth, widths, activations and initialisations. */
export default defineExperiment({
  name: 'randomnet',
  title: 'RandomNet: networks of random architecture',
  figure: "the report's text",
  expected: 'best final test MSE about 0.057',
  examples: [
    ['{net} 11..20', 'ten other networks'],
    ['{activationPool} relu+leaky_relu {maxHiddenLayers} 3', 'shallow networks of two activations'],
  ],
  dataset: 'franke',
  architecture: 'random',
  references: presets.networkReferences,
  settings: {
    ...presets.frankeSettings,
    ...presets.sgdSettings,
    ...presets.randomLayers,
    net: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    epochs: 500,
  },
  text: { ...presets.frankeText, maxHiddenLayers: 10, epochs: 100 },
  quick: { epochs: 50 },
  layout: { rows: 'net', metrics: ['test_mse', 'best_test_mse'] },
});
