import { defineExperiment, presets } from '../src/experiment/index.ts';

/** The same question for the logistic regression of Figure 9, on MNIST. */
export default defineExperiment({
  name: 'study penalty-mnist',
  title: 'Logistic regression: weights that are penalised x lambda',
  figure: null,
  expected: 'docs/wished-for.md',
  examples: [
    ['{lambda} 1e-4,1e-2 {learningRate} 0.1', 'two penalties at another rate'],
    ['{samples} 10000 {testSize} 0.2 {epochs} 20', 'fewer images'],
  ],
  dataset: 'images',
  settings: {
    ...presets.imageSettings,
    ...presets.sgdSettings,
    ...presets.imageStudy,
    kernelInit: 'glorot_uniform',
    outputBiasInit: 'zeros',
    initWeights: 'none',
    penalize: ['all', 'kernels'],
    lambda: [0, 1e-4, 1e-3, 1e-2, 1e-1],
    batchSize: 50,
    learningRate: 0.01,
    epochs: 50,
  },
  quick: presets.imageQuick,
  layout: { rows: 'penalize', columns: 'lambda', metrics: ['test_accuracy'] },
});
