import type { Defaults } from './define.ts';

/** Settings that every experiment on the Franke function shares. */
export const frankeSettings = {
  seed: 2020,
  samples: 1000,
  noise: 1,
  target: 'franke',
  testSize: 0.25,
  split: 'random',
  basis: 'none',
  degree: 14,
  center: 'scalar',
  centerTargets: 'no',
  bootstrap: 100,
  bootstrapMethod: 'test',
  loss: 'mse',
  dtype: 'float64',
} satisfies Defaults;

/** What the report's wording has instead of its program, for the Franke function. */
export const frankeText = {
  center: 'columns',
  centerTargets: 'yes',
  batches: 'permutation',
} satisfies Defaults;

/** What the report leaves open for every training, beside where its wording and its program differ. */
export const openChoices = { penalize: 'kernels' } satisfies Defaults;

/** Settings that every experiment on MNIST shares. */
export const mnistSettings = {
  seed: 2020,
  samples: 'all',
  testSize: 10000,
  split: 'random',
  center: 'none',
  loss: 'cross_entropy',
  dtype: 'float32',
} satisfies Defaults;

export const mnistText = { batches: 'permutation' } satisfies Defaults;

export const mnistOpen = { ...openChoices, split: 'canonical' } satisfies Defaults;

/** A quick look at MNIST: a fifth of the images, 20 of the 50 epochs. */
export const mnistQuick = { samples: 14000, testSize: 2000, epochs: 20 } satisfies Defaults;

/** Stochastic gradient descent as the report has it everywhere unless it says otherwise. */
export const sgdSettings = {
  epochs: 100,
  batches: 'with-replacement',
  optimizer: 'sgd',
  momentum: 0,
  penalize: 'all',
  schedule: 'constant',
  batchSize: 10,
  lambda: 0,
  learningRate: 1e-3,
} satisfies Defaults;

/** When L-BFGS ends. An experiment that has these settings can be fitted by it. */
export const lbfgsSettings = { maxIterations: 1000, gradientTolerance: 1e-5 } satisfies Defaults;

/** A linear model is a network without hidden layers and without bias; its first column is the constant 1. */
export const linearModel = {
  solver: ['sgd', 'closed-form'],
  kernelInit: 'random_normal',
  outputBiasInit: 'none',
  basis: 'total',
  degree: 14,
} satisfies Defaults;

/** One hidden layer of 128 nodes. */
export const oneHiddenLayer = {
  hidden: '128',
  activation: 'relu',
  biasInit: 'zeros',
  outputBiasInit: 'zeros',
} satisfies Defaults;

/** What the report shows of a classifier, by columns of trials.csv. */
export const classification = [
  'train_cross_entropy',
  'test_cross_entropy',
  'train_accuracy',
  'test_accuracy',
] as const;
