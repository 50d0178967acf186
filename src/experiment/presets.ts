import { optimizerNames } from '../nn/optimizers.ts';
import type { ReferenceName } from '../references/index.ts';
import type { Defaults } from './define.ts';

/** The seeds of single purposes, which are that of all draws. */
export const ownSeeds = { splitSeed: 'seed', initSeed: 'seed', batchSeed: 'seed' } satisfies Defaults;

/** The settings shared by all experiments on the Franke function. */
export const frankeSettings = {
  seed: 2020,
  dataSeed: 'seed',
  ...ownSeeds,
  bootstrapSeed: 'seed',
  streams: 'shared',
  samples: 1000,
  grid: 'none',
  noise: 1,
  formula: 'franke',
  testSize: 0.25,
  validationSize: 0,
  folds: 'none',
  split: 'random',
  scale: 'none',
  basis: 'none',
  degree: 14,
  center: 'scalar',
  centerTargets: 'no',
  scaleTargets: 'none',
  bootstrap: 100,
  bootstrapMethod: 'test',
  outputActivation: 'auto',
  loss: 'mse',
  delta: 1,
  dtype: 'float64',
} satisfies Defaults;

/** For the Franke function, the values of the report's text where they differ from its program. */
export const frankeText = {
  center: 'columns',
  centerTargets: 'yes',
  batches: 'permutation',
} satisfies Defaults;

/** The settings shared by all experiments on images. */
export const imageSettings = {
  seed: 2020,
  ...ownSeeds,
  streams: 'shared',
  samples: 'all',
  testSize: 10000,
  validationSize: 0,
  folds: 'none',
  split: 'random',
  stratify: 'no',
  scale: 'pixels',
  center: 'none',
  loss: 'cross_entropy',
  dtype: 'float32',
} satisfies Defaults;

export const imageText = { batches: 'permutation' } satisfies Defaults;

/** A quick look at MNIST: a fifth of the images, and 20 of the 50 epochs. */
export const imageQuick = { samples: 14000, testSize: 2000, epochs: 20 } satisfies Defaults;

/** The report's settings for stochastic gradient descent, unless it gives others. */
export const sgdSettings = {
  epochs: 100,
  evaluateEvery: 1,
  earlyStopping: 'none',
  batches: 'with-replacement',
  optimizer: 'sgd',
  penalize: 'all',
  schedule: 'constant',
  batchSize: 10,
  batchesPerEpoch: 'none',
  lambda: 0,
  l1: 0,
  learningRate: 1e-3,
} satisfies Defaults;

/** A study takes means over several seeds. */
export const study = { seed: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] } satisfies Defaults;

/** The same on images, which take longer. */
export const imageStudy = { seed: [1, 2, 3] } satisfies Defaults;

/** All that the table has, so that a new one is in the study that compares them. */
export const everyOptimizer = optimizerNames;

/** Validation rows, on which the best of several trials is chosen. */
export const choosing = { validationSize: 0.2 } satisfies Defaults;

/** When L-BFGS stops. It can fit experiments that have these settings. */
export const lbfgsSettings = { maxIterations: 1000, gradientTolerance: 1e-4 } satisfies Defaults;

/** When coordinate descent stops. It can fit experiments that have these settings. */
export const coordinateDescentSettings = { kktTolerance: 1e-12, maxSweeps: 10_000 } satisfies Defaults;

/** A linear model is a network without hidden layers and without bias; its first column is the constant 1. */
export const linearModel = {
  coefficients: 'no',
  solver: ['sgd', 'closed-form'],
  kernelInit: 'random_normal',
  initWeights: 'none',
  outputBiasInit: 'none',
  basis: 'total',
  degree: 14,
} satisfies Defaults;

/** Networks of random depth, widths and activations. */
export const randomLayers = {
  net: 1,
  minHiddenLayers: 1,
  maxHiddenLayers: 9,
  minNodes: 1,
  maxNodes: 100,
  activationPool: 'sigmoid+relu+leaky_relu+linear',
  dropout: '0',
} satisfies Defaults;

/** What other libraries can train for comparison with networks. */
export const networkReferences: readonly ReferenceName[] = ['tfjs', 'torch', 'sklearn-mlp'];

/** One hidden layer of 128 nodes. */
export const oneHiddenLayer = {
  coefficients: 'no',
  hidden: '128',
  activation: 'relu',
  dropout: '0',
  biasInit: 'zeros',
  outputBiasInit: 'zeros',
  initWeights: 'none',
} satisfies Defaults;

/** The metrics that the report shows for a classifier, as columns of trials.csv. */
export const classification = [
  'train_cross_entropy',
  'test_cross_entropy',
  'train_accuracy',
  'test_accuracy',
] as const;
