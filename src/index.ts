export { allExperiments } from '../experiments/index.ts';
export { exitCodes, UserError } from './errors.ts';
export type { Cell } from './experiment/cells.ts';
export { type ExperimentFile, readExperimentFile } from './experiment/file.ts';
export { experimentOf, type FromFile } from './experiment/from-file.ts';
export {
  type Defaults,
  defineExperiment,
  defineFunctions,
  type Experiment,
  type FunctionsExperiment,
  presets,
  type ShownMetric,
} from './experiment/index.ts';
export { type Plan, planExperiment } from './experiment/plan.ts';
export type { Variant } from './experiment/variants.ts';
export { launchers } from './launchers/index.ts';
export { activations } from './nn/activations.ts';
export { fitLbfgs, type LbfgsFit, type LbfgsFitted } from './nn/fit-lbfgs.ts';
export { initialWeights, type LayerSpec } from './nn/network.ts';
export { compileSchedule, schedules } from './nn/schedules.ts';
export { type Trained, type Training, train } from './nn/train.ts';
export { availableReferences } from './references/index.ts';
export { openJournal, openStore, readStore, type Store } from './store/store.ts';
export { runTrial } from './trial/run-trial.ts';
export { createTrial, type Trial, type TrialConfig, type TrialRecord } from './trial/trial.ts';
