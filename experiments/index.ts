import type { Experiment } from '../src/experiment/index.ts';
import activations from './activations.ts';
import ffnn from './ffnn.ts';
import gridSearchFfnn from './grid-search-ffnn.ts';
import gridSearchLasso from './grid-search-lasso.ts';
import gridSearchOls from './grid-search-ols.ts';
import gridSearchRidge from './grid-search-ridge.ts';
import logistic from './logistic.ts';
import mnist from './mnist.ts';
import randomnet from './randomnet.ts';
import studyDecay from './study-decay.ts';
import studyDeeper from './study-deeper.ts';
import studyGlorot from './study-glorot.ts';
import studyLogistic from './study-logistic.ts';
import studyMomentum from './study-momentum.ts';
import studyOptimizers from './study-optimizers.ts';
import studyPenalty from './study-penalty.ts';
import studyPenaltyMnist from './study-penalty-mnist.ts';
import studyRandomnetMnist from './study-randomnet-mnist.ts';
import studySigmoid from './study-sigmoid.ts';

/** The report's experiments, in its order. */
export const experiments: readonly Experiment[] = [
  gridSearchOls,
  gridSearchRidge,
  ffnn,
  gridSearchFfnn,
  activations,
  randomnet,
  mnist,
  logistic,
];

/** Experiments that the report does not have. `fys-nn report` and `verify` leave them out. */
const furtherExperiments: readonly Experiment[] = [
  gridSearchLasso,
  studyOptimizers,
  studyMomentum,
  studyDecay,
  studyGlorot,
  studySigmoid,
  studyPenalty,
  studyPenaltyMnist,
  studyRandomnetMnist,
  studyDeeper,
  studyLogistic,
];

/** Every experiment, each of which is a command. */
export const allExperiments: readonly Experiment[] = [...experiments, ...furtherExperiments];
