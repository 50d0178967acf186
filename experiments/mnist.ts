import { defineExperiment, presets } from '../src/experiment/index.ts';

/** Figure 8: one hidden layer of 128 relu nodes on MNIST. */
export default defineExperiment({
  name: 'mnist',
  title: 'Feed-forward classifier, cross-entropy and accuracy per epoch',
  figure: 'Figure 8',
  expected: 'test accuracy 0.92-0.93, cross-entropy about 0.26',
  examples: [
    ['{hidden} 64-32 {epochs} 10', 'another network'],
    ['{samples} 10000 {testSize} 0.2 {seed} 1..3', 'fewer images, means of three seeds'],
  ],
  dataset: 'images',
  references: presets.networkReferences,
  settings: {
    ...presets.imageSettings,
    ...presets.sgdSettings,
    ...presets.oneHiddenLayer,
    kernelInit: 'glorot_uniform',
    batchSize: 50,
    epochs: 50,
  },
  text: presets.imageText,
  quick: presets.imageQuick,
  layout: { metrics: presets.classification },
});
