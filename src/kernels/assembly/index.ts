export { backwardBias, backwardInputs, denseBackwardWeights, denseForward } from './dense';
export { sparseBackwardWeights, sparseForward, sparseSgdInPlace } from './sparse';
export * from './elementwise';
export { linearStep, surfaceForward, surfaceStep } from './steps';
