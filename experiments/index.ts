import activations from './activations.ts';
import ffnn from './ffnn.ts';
import gridSearchFfnn from './grid-search-ffnn.ts';
import gridSearchOls from './grid-search-ols.ts';
import gridSearchRidge from './grid-search-ridge.ts';
import logistic from './logistic.ts';
import mnist from './mnist.ts';
import randomnet from './randomnet.ts';

/** The report's experiments, in its order. */
export const experiments = [
  gridSearchOls,
  gridSearchRidge,
  ffnn,
  gridSearchFfnn,
  activations,
  randomnet,
  mnist,
  logistic,
];
