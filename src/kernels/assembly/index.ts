export { setIntsBase } from './memory';
export { backwardBias, backwardInputs, denseBackwardWeights, denseForward } from './dense';
export { sparseBackwardWeights, sparseForward } from './sparse';
export * from './elementwise';
