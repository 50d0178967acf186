export { backwardBias, backwardInputs, denseBackwardWeights, denseForward } from './dense';
export { sparseBackwardWeights, sparseForward, sparseSgdInPlace } from './sparse';
export * from './elementwise';
export { linearSgdStep, relu2H1Forward, relu2H1SgdStep } from './steps';
