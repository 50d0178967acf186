import { defineExperiment, presets } from '../src/index.ts';

/** Figure 9: logistic regression, a network without hidden layers, on MNIST for several penalties. */
export default defineExperiment({
  name: 'logistic',
  title: 'Logistic regression 784-10 on MNIST for several lambda',
  figure: 'Figure 9',
  runTime: '7 s',
  expected: 'test accuracy about 0.89 at lambda 0, 0.76 at lambda 1',
  dataset: 'mnist',
  reference: 'sklearn',
  settings: {
    ...presets.mnistSettings,
    ...presets.sgdSettings,
    lambda: [0, 0.01, 0.1, 1],
    kernelInit: 'glorot_uniform',
    outputBiasInit: 'zeros',
    batchSize: 50,
    epochs: 50,
  },
  text: presets.mnistText,
  open: presets.mnistOpen,
  quick: presets.mnistQuick,
  layout: { rows: 'lambda', metrics: presets.classification, curves: ['test'] },
});
