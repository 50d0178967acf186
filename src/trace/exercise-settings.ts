import { datasets } from '../datasets/index.ts';
import { UserError } from '../errors.ts';
import { checkSettings, withoutUnread } from '../experiment/config.ts';
import { type OptionName, optionNames, type Settings } from '../experiment/options.ts';
import * as presets from '../experiment/presets.ts';
import { type LossName, losses, lossesOf } from '../nn/losses.ts';
import type { Task } from '../stats/metrics.ts';
import { hyperparameterNames } from '../trial/solvers/sgd.ts';

/** The settings of an exercise: a network, its training, and the seeds that it is drawn from. */
const ofExercises: readonly OptionName[] = [
  ...([
    'samples',
    'hidden',
    'activation',
    'outputActivation',
    'kernelInit',
    'biasInit',
    'outputBiasInit',
  ] as const),
  ...(['loss', 'delta', 'lambda', 'l1', 'penalize'] as const),
  ...(['optimizer', ...hyperparameterNames, 'learningRate', 'schedule'] as const),
  ...(['batchSize', 'batches', 'epochs'] as const),
  ...(['seed', 'dataSeed', 'initSeed', 'batchSeed'] as const),
];

/** Those that only rows of given data have. */
const ofGivenData: readonly OptionName[] = [
  ...(Object.values(datasets).flatMap((entry) => Object.keys(entry.options)) as OptionName[]),
  ...(['split', 'stratify', 'splitSeed', 'scale', 'basis', 'degree', 'center', 'centerTargets'] as const),
  ...(['scaleTargets', 'initWeights'] as const),
];

/** What an exercise does not have, and the value that says so. */
const none: Readonly<Partial<Record<OptionName, string | number>>> = {
  dropout: '0',
  solver: 'sgd',
  dtype: 'float64',
  earlyStopping: 'none',
  folds: 'none',
  validationSize: 0,
  batchesPerEpoch: 'none',
  reference: 'none',
  streams: 'shared',
  evaluateEvery: 1,
  coefficients: 'no',
};

const whyNot: Readonly<Partial<Record<OptionName, string>>> = {
  dropout: 'masks are random, and an exercise has nothing random',
  solver: 'its steps are those of mini-batches',
  dtype: 'its numbers are float64, so that a mistake is not taken for rounding',
  earlyStopping: 'it always has all its steps',
  batchesPerEpoch: 'its batches follow from {batchSize}',
  reference: 'its answers are those of fys-nn',
  net: 'its layers are given by {hidden}',
  testSize: 'it has training rows only',
  validationSize: 'it has training rows only',
  folds: 'it has training rows only',
};

/** The options of exercises, in the order of the table. */
export const exerciseOptions = optionNames.filter(
  (name) => ofExercises.includes(name) || ofGivenData.includes(name),
);

/** Refuses settings that an exercise does not have. `hasData`: its rows are given, not drawn. Errors: UserError. */
export function refuseForeign(given: Settings, hasData: boolean): void {
  for (const [name, value] of Object.entries(given) as [OptionName, unknown][]) {
    if (ofExercises.includes(name) || value === none[name]) continue;
    const isOfData = ofGivenData.includes(name);
    if (isOfData && hasData) continue;
    throw new UserError({
      what: isOfData
        ? `{${name}} is for rows of given data, and this exercise draws its own`
        : `an exercise cannot have {${name}}${whyNot[name] === undefined ? '' : `: ${whyNot[name]}`}`,
      ...(none[name] === undefined ? {} : { expected: String(none[name]) }),
      received: value,
      remedy: isOfData ? `add {data}, or leave out {${name}}` : `leave out {${name}}`,
    });
  }
}

/** Refuses settings that the others leave without effect, so that nobody believes to have set them. Errors: UserError. */
export function refuseUnread(given: Settings, read: Settings): void {
  for (const [name, value] of Object.entries(given) as [OptionName, unknown][]) {
    if (read[name] !== null || value === none[name]) continue;
    const isHyperparameter = (hyperparameterNames as readonly string[]).includes(name);
    throw new UserError({
      what: `{${name}} has no effect${isHyperparameter ? ` with {optimizer} ${read.optimizer}` : ' with the other settings'}`,
      received: value,
      remedy: `leave out {${name}}`,
    });
  }
}

/** A kind of model by name: its task, if it has one, and settings that the user may still change. */
export interface ExerciseModel {
  readonly task?: Task;
  readonly settings: Settings;
}

export const exerciseModels = {
  ffnn: { settings: {} },
  classifier: { task: 'classification', settings: {} },
  logistic: { task: 'classification', settings: { hidden: 'none' } },
  ols: { task: 'regression', settings: { hidden: 'none' } },
  ridge: { task: 'regression', settings: { hidden: 'none', lambda: 0.1 } },
  lasso: { task: 'regression', settings: { hidden: 'none', l1: 0.1 } },
} as const satisfies Record<string, ExerciseModel>;

/** The settings of an exercise that are not given. Biases are not 0, so that mistakes with them show at once. */
export const usualSettings = {
  seed: presets.frankeSettings.seed,
  dataSeed: 'seed',
  initSeed: 'seed',
  batchSeed: 'seed',
  activation: 'sigmoid',
  outputActivation: 'auto',
  kernelInit: 'glorot_normal',
  biasInit: 'random_normal',
  outputBiasInit: 'random_normal',
  delta: 1,
  lambda: 0,
  l1: 0,
  penalize: 'all',
  optimizer: 'sgd',
  learningRate: 0.05,
  schedule: 'constant',
  batches: 'permutation',
} as const satisfies Settings;

/** The loss of an exercise, from what is given of it, of the task and of the number of outputs. */
export function lossFor(
  loss: LossName | undefined,
  task: Task | undefined,
  outputs: number | undefined,
): LossName {
  if (loss !== undefined) return loss;
  if (task === 'classification') return outputs === 1 ? 'binary_cross_entropy' : 'cross_entropy';
  return lossesOf('regression')[0];
}

/** The settings as the solver reads them. Errors: UserError for settings that exclude each other. */
export function readSettings(task: Task, given: Settings, settings: Settings): Settings {
  const all = { ...settings, solver: 'sgd' };
  checkSettings({ task }, all);
  const read = withoutUnread({ task }, all);
  refuseUnread(given, read);
  return read;
}

/** Whether a loss has only one output, whatever the data. */
export const hasOneOutput = (loss: LossName): boolean =>
  losses[loss].output === 'sigmoid' && !losses[loss].anyOutput;
