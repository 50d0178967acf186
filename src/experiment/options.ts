import { surfaceFormula } from '../datasets/franke.ts';
import { centerings } from '../datasets/scale.ts';
import { splitMethods } from '../datasets/split.ts';
import { dtypes } from '../math/dtype.ts';
import { activationNames } from '../nn/activations.ts';
import { batchingNames } from '../nn/batches.ts';
import { biasInits, kernelInits } from '../nn/initializers.ts';
import { scheduleFormula, scheduleNames } from '../nn/schedules.ts';
import {
  choice,
  formula,
  integer,
  number,
  type Option as PlainOption,
  rows,
  type Setting,
  widths,
} from '../parsing/option.ts';
import { parseChoice, parseList } from '../parsing/value-list.ts';
import { referenceNames } from '../references/index.ts';
import { bases } from '../regression/polynomial.ts';
import { bootstrapMethods } from '../trial/trial.ts';

export type { Setting };

export interface Option extends PlainOption {
  /** Which solvers read it; without it, all do. */
  readonly solvers?: readonly Solver[];
}

export const solvers = ['sgd', 'lbfgs', 'closed-form'] as const;
export type Solver = (typeof solvers)[number];
const sgd: readonly Solver[] = ['sgd'];
const lbfgs: readonly Solver[] = ['lbfgs'];
const networks: readonly Solver[] = ['sgd', 'lbfgs'];

/** The curves of more would not fit into one text, which a record is. */
const mostEpochs = 5e6;

/** Every option of every experiment: an experiment has those that stand in its settings. */
export const options = {
  reference: choice('--reference', "another library's training of the same beside ours", [
    'none',
    ...referenceNames,
  ]),
  seed: integer('--seed', 'seed of every random draw', 0, Number.MAX_SAFE_INTEGER),
  samples: rows('--samples', 'rows in all: generated (franke) or drawn from the data (mnist)', 4),
  noise: number(
    '--noise',
    'standard deviation of the noise, before its factor of 0.2',
    'a number >= 0',
    (x) => x >= 0,
  ),
  target: formula(
    '--target',
    'expression',
    'surface to learn: franke, or an expression in x and y',
    surfaceFormula,
  ),
  testSize: number(
    '--test-size',
    'test rows: a share in (0, 1) or a count',
    'a share between 0 and 1, or a whole number >= 1',
    (x) => x > 0 && (x < 1 || Number.isInteger(x)),
  ),
  split: choice('--split', 'how rows are split', splitMethods),
  basis: choice('--basis', 'polynomial features: i + j <= degree, all i, j <= degree, or none', [
    'none',
    ...bases,
  ]),
  degree: integer('--degree', 'degree of the polynomial features', 0, 40),
  center: choice('--center', 'what is subtracted from the inputs: means of the training rows', centerings),
  centerTargets: choice('--center-targets', 'whether the training mean is subtracted from the targets', [
    'no',
    'yes',
  ]),
  solver: choice('--solver', 'how the model is fitted', solvers),
  net: { ...integer('--net', 'which random network', 1, 1e6), solvers: networks },
  minHiddenLayers: {
    ...integer('--min-hidden-layers', 'fewest hidden layers of a random network', 0, 100),
    solvers: networks,
  },
  maxHiddenLayers: {
    ...integer('--max-hidden-layers', 'most hidden layers of a random network', 0, 100),
    solvers: networks,
  },
  minNodes: { ...integer('--min-nodes', 'fewest nodes of a random layer', 1, 1e5), solvers: networks },
  maxNodes: { ...integer('--max-nodes', 'most nodes of a random layer', 1, 1e5), solvers: networks },
  activationPool: {
    flag: '--activation-pool',
    placeholder: 'names',
    description: `activations that random layers draw from, joined by +: ${activationNames.join('+')}`,
    solvers: networks,
    type: 'string',
    parse: (value: string, flag: string) =>
      value
        .split('+')
        .map((name) => parseChoice(name.trim(), activationNames, flag))
        .join('+'),
  },
  hidden: {
    ...widths('--hidden', 'nodes of the hidden layers, joined by -: 128, 64-32, none'),
    solvers: networks,
  },
  activation: {
    ...choice('--activation', 'activation of the hidden layers', activationNames),
    solvers: networks,
  },
  kernelInit: { ...choice('--kernel-init', 'initial weights', kernelInits), solvers: networks },
  biasInit: {
    ...choice('--bias-init', 'initial biases of the hidden layers', [...biasInits, 'none']),
    solvers: networks,
  },
  outputBiasInit: {
    ...choice(
      '--output-bias-init',
      'initial output bias; as_kernel: random_normal where the weights are, else zeros',
      [...biasInits, 'none', 'as_kernel'],
    ),
    solvers: networks,
  },
  lambda: number(
    '--lambda',
    'L2 penalty: lambda * sum(w^2) is added to the loss',
    'a finite number >= 0',
    (x) => x >= 0,
  ),
  penalize: { ...choice('--penalize', 'what the penalty is on', ['all', 'kernels']), solvers: networks },
  learningRate: {
    ...number('--learning-rate', 'learning rate', 'a finite number > 0', (x) => x > 0),
    solvers: sgd,
  },
  momentum: {
    ...number('--momentum', 'momentum', 'a number in [0, 1)', (x) => x >= 0 && x < 1),
    solvers: sgd,
  },
  schedule: {
    ...formula(
      '--schedule',
      'name',
      `learning rate over time: ${scheduleNames.join(', ')}, or an expression in eta0, epoch, step, steps`,
      scheduleFormula,
    ),
    solvers: sgd,
  },
  batchSize: { ...rows('--batch-size', 'rows in a mini-batch', 1), solvers: sgd },
  batches: { ...choice('--batches', 'how mini-batches are drawn', batchingNames), solvers: sgd },
  epochs: { ...integer('--epochs', 'epochs', 1, mostEpochs), solvers: sgd },
  maxIterations: {
    ...integer('--max-iterations', 'iterations of L-BFGS at most', 1, mostEpochs),
    solvers: lbfgs,
  },
  gradientTolerance: {
    ...number(
      '--gradient-tolerance',
      'L-BFGS ends where no component of the gradient is larger',
      'a finite number > 0',
      (x) => x > 0,
    ),
    solvers: lbfgs,
  },
  dtype: { ...choice('--dtype', 'element type of the training', dtypes), solvers: sgd },
  bootstrap: integer('--bootstrap', 'bootstrap resamples of the test scores', 2, 1e6),
  bootstrapMethod: choice(
    '--bootstrap-method',
    'test: resample the test rows; refit: train again on resampled training rows',
    bootstrapMethods,
  ),
} satisfies Record<string, Option>;

export type OptionName = keyof typeof options;
export const optionNames = Object.keys(options) as OptionName[];

/** learningRate as learning_rate: options in CSVs are named as Python's users would. */
export function columnName(option: OptionName): string {
  return option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** learningRate as "learning rate". */
export function optionTitle(name: OptionName): string {
  return columnName(name).replaceAll('_', ' ');
}

/** One value for each option of an experiment; null where the solver does not read it. */
export type Settings = Readonly<Partial<Record<OptionName, Setting | null>>>;
/** A list of values for each option: what a grid is made of. */
export type SettingLists = Readonly<Partial<Record<OptionName, readonly Setting[]>>>;

/** Reads what stands behind an option, or behind `flag` in its place: a list of values. Errors: UserError naming it. */
export function parseOption(name: OptionName, value: string, flag = options[name].flag): Setting[] {
  const { parse } = options[name];
  return [...new Set(parseList(value, flag).map((item) => parse(item, flag)))];
}
