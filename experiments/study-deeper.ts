import { defineExperiment, presets } from '../src/experiment/index.ts';

/** The Discussion: "the addition of more layers to a FFNN used for classification". */
export default defineExperiment({
  name: 'study deeper',
  title: 'Deeper classifiers: hidden layers x learning rate',
  figure: null,
  expected: 'docs/wished-for.md',
  examples: [
    ['{hidden} 50,100,50-50,100-100 {epochs} 20', 'layers x nodes'],
    ['{optimizer} adam {learningRate} 0.001', 'the same with Adam'],
  ],
  dataset: 'images',
  settings: {
    ...presets.imageSettings,
    ...presets.sgdSettings,
    ...presets.oneHiddenLayer,
    ...presets.imageStudy,
    ...presets.choosing,
    kernelInit: 'glorot_uniform',
    hidden: ['128', '128-128', '128-128-128', '128-128-128-128'],
    batchSize: 50,
    learningRate: [1e-2, 1e-1],
    epochs: 20,
  },
  quick: presets.imageQuick,
  layout: { rows: 'hidden', columns: 'learningRate', chosen: 'learningRate', metrics: ['test_accuracy'] },
});
