import { defineExperiment, presets } from '../src/experiment/index.ts';

/** The Discussion: "it would be interesting to build a classifier using the RandomNet procedure". */
export default defineExperiment({
  name: 'study randomnet-mnist',
  title: 'RandomNet as a classifier: networks of random architecture',
  figure: null,
  expected: 'docs/wished-for.md',
  examples: [
    ['{net} 11..15 {seed} 1', 'five other networks'],
    ['{maxHiddenLayers} 3 {activationPool} relu+tanh', 'shallow networks of two activations'],
  ],
  dataset: 'images',
  architecture: 'random',
  settings: {
    ...presets.imageSettings,
    ...presets.sgdSettings,
    ...presets.imageStudy,
    ...presets.randomLayers,
    net: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    batchSize: 50,
    learningRate: 0.01,
    epochs: 20,
  },
  quick: presets.imageQuick,
  layout: { rows: 'net', metrics: ['test_accuracy', 'test_cross_entropy'] },
});
