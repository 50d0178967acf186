export * from './activations';
export { backwardBias, backwardInputs, denseBackwardWeights, denseForward } from './dense';
export { sparseBackwardWeights, sparseForward, sparseForward3, sparseSgdInPlace } from './sparse';
export * from './elementwise';
export { adamInPlace, nesterovInPlace, rootMeanSquareInPlace, scaleInPlace, sumOfSquares } from './optimizers';
export { linearSgdStep, relu2H1Forward, relu2H1SgdStep } from './steps';
