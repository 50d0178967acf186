import { defineExperiment, presets } from '../src/experiment/index.ts';

/**
 * Figure 9: logistic regression, a network without hidden layers, on MNIST for several penalties.
 *
 * --solver lbfgs finds the optimum that SGD approaches. With N training rows and --penalize kernels, --lambda 1/(2 C N)
 * gives the objective of scikit-learn's LogisticRegression(C).
 */
export default defineExperiment({
  name: 'logistic',
  title: 'Logistic regression, cross-entropy and accuracy per epoch',
  figure: 'Figure 9',
  expected: 'test accuracy about 0.89 at lambda 0, 0.76 at lambda 1',
  examples: [
    ['{solver} sgd,lbfgs {lambda} 0.01,0.1', 'SGD, and the optimum that it approaches'],
    ['{samples} 10000 {testSize} 0.2 {learningRate} 0.01,0.1', 'fewer images, two learning rates'],
  ],
  dataset: 'images',
  references: ['sklearn', 'sklearn-logistic', 'torch'],
  settings: {
    ...presets.imageSettings,
    solver: ['sgd'],
    ...presets.sgdSettings,
    ...presets.lbfgsSettings,
    lambda: [0, 0.01, 0.1, 1],
    coefficients: 'no',
    kernelInit: 'glorot_uniform',
    outputBiasInit: 'zeros',
    initWeights: 'none',
    batchSize: 50,
    epochs: 50,
  },
  text: presets.imageText,
  quick: { ...presets.imageQuick, maxIterations: 100 },
  layout: { rows: 'lambda', metrics: presets.classification, curves: ['test'] },
});
