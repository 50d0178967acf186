import { generatedOptions } from '../datasets/generated.ts';
import { datasets } from '../datasets/index.ts';
import { centerings, scalings, targetScalings } from '../datasets/scale.ts';
import { splitMethods } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import {
  choice,
  integer,
  integerOrNone,
  number,
  type Option,
  rows,
  type Setting,
} from '../parsing/option.ts';
import { hasRange } from '../parsing/range.ts';
import { parseRanged } from '../parsing/ranged.ts';
import { parseChoice, parseList } from '../parsing/value-list.ts';
import { referenceNames } from '../references/index.ts';
import { bases } from '../regression/polynomial.ts';
import { shortText } from '../stats/significant.ts';
import { bootstrapMethods, streamChoices } from '../trial/config.ts';
import { solverNames, solvers } from '../trial/solvers/index.ts';

export type { Setting };

/** The seed of one purpose, or "seed": the trial's. */
function ownSeed(what: string) {
  const plain = integer('', 0, Number.MAX_SAFE_INTEGER);
  return {
    ...plain,
    type: 'string' as const,
    placeholder: 'n|seed',
    description: `seed of the ${what}; seed: that of all draws`,
    parse: (text: string, name: string): Setting => (text === 'seed' ? text : plain.parse(text, name)),
  };
}

/** The options that neither a dataset nor a solver owns. */
export const commonOptions = {
  reference: choice('another library that trains the same model for comparison', ['none', ...referenceNames]),
  seed: integer('seed of every random draw', 0, Number.MAX_SAFE_INTEGER),
  streams: choice(
    'random draws of the cells of one seed (initial weights, batches, resamples): shared: the same for all; cell: each cell its own',
    streamChoices,
  ),
  dataSeed: ownSeed('data and their noise'),
  splitSeed: ownSeed('split into training and test rows'),
  initSeed: ownSeed('initial weights: several initialisations on one split'),
  batchSeed: ownSeed('mini-batches and of dropout'),
  bootstrapSeed: ownSeed('bootstrap resamples'),
  samples: rows('number of rows, for training and test together', 4),
  testSize: number(
    'test rows: a share below 1, or a number of rows',
    'a share between 0 and 1, or a whole number >= 1',
    (x) => x > 0 && (x < 1 || Number.isInteger(x)),
  ),
  validationSize: number(
    'rows of the training rows on which to choose: a share below 1, or a number of rows; 0: none; 0.2 where settings are searched or stopped early',
    '0, a share between 0 and 1, or a whole number >= 1',
    (x) => x >= 0 && (x < 1 || Number.isInteger(x)),
  ),
  folds: integerOrNone(
    'parts of the training rows for cross-validation: as many more fits, each scored on the part that it leaves out',
    2,
    1e7,
  ),
  split: choice('how rows are split into training and test rows', splitMethods),
  stratify: choice(
    'whether test rows, validation rows and folds have the classes in the shares that they have in all rows',
    ['no', 'yes'],
  ),
  scale: {
    ...choice(
      'how inputs are scaled: none; pixels: images divided by 255; max: images divided by the largest pixel of all, test ' +
        'images included; standard: training mean 0 and standard deviation 1 in each feature; minmax: each feature from 0 to ' +
        '1 on the training rows',
      scalings,
    ),
    defaultNote: 'or max if all inputs are below 128',
  },
  basis: choice(
    'polynomial features: none; total: powers that add up to at most the degree; product: each power at most the degree',
    ['none', ...bases],
  ),
  degree: integer('degree of the polynomial features', 0, 40),
  center: choice(
    'training means to subtract from the scaled inputs: none; scalar: one for all; columns: one per column',
    centerings,
  ),
  centerTargets: choice('whether the training mean is subtracted from the targets', ['no', 'yes']),
  scaleTargets: choice(
    'how targets are scaled for training: none; standard: training mean 0 and standard deviation 1; minmax: from 0 to 1 ' +
      'on the training rows; results stay in the units of the targets',
    targetScalings,
  ),
  solver: choice('how the model is fitted', solverNames),
  lambda: number('L2 penalty: lambda * sum(w^2) is added to the loss', 'a finite number >= 0', (x) => x >= 0),
  l1: number('L1 penalty: l1 * sum(|w|) is added to the loss', 'a finite number >= 0', (x) => x >= 0),
  coefficients: choice(
    'whether to keep the coefficients of linear models (also networks without hidden layers), for coefficients.csv and a figure',
    ['no', 'yes'],
  ),
  bootstrap: integer('number of bootstrap resamples for the test scores', 2, 1e6),
  bootstrapMethod: choice(
    'test: resample the test rows; refit: train again on resampled training rows; bias-variance: the same, and decompose ' +
      'the expected error into bias^2, variance and noise',
    bootstrapMethods,
  ),
} satisfies Record<string, Option>;

type KeysOf<T> = T extends T ? keyof T : never;
type Entries = (typeof datasets)[keyof typeof datasets] | (typeof solvers)[keyof typeof solvers];

export type OptionName = keyof typeof commonOptions | Extract<KeysOf<Entries['options']>, string>;

/** Every option of every experiment: those above, and the own options of each dataset and solver. */
export const options = unionOf([
  commonOptions,
  generatedOptions,
  ...Object.values(datasets).map((entry) => entry.options),
  ...Object.values(solvers).map((entry) => entry.options),
]) as Readonly<Record<OptionName, Option>>;
export const optionNames = Object.keys(options) as OptionName[];

/** Names that options had before, which users' commands, claims and results may have. */
export const olderNames: Readonly<Record<string, OptionName>> = { target: 'formula' };

/** The present name of an option, or of its column: each older name is one word. The name itself where it never had another. */
export function presentName(name: string): string {
  return Object.hasOwn(olderNames, name) ? olderNames[name] : name;
}

/** learningRate as --learning-rate. */
export function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** What an option sets, followed by its choices unless the description names all of them. */
export function withChoices(description: string, choices: readonly string[] = []): string {
  const words = new Set(description.split(/[^\w-]+/));
  if (choices.every((choice) => words.has(choice))) return description;
  return `${description}: ${choices.length === 1 ? 'only ' : ''}${choices.join(', ')}`;
}

/** What an option sets and its choices, or else which values there are. */
export function inFull(name: OptionName): string {
  const { description, choices, range } = options[name];
  const text = withChoices(description, choices);
  return range === undefined ? text : `${text} (${range})`;
}

/** learningRate as learning_rate, the usual style in Python, for the columns of CSVs. */
export function columnName(option: OptionName): string {
  return option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** learningRate as "learning rate". */
export function optionTitle(name: OptionName): string {
  return columnName(name).replaceAll('_', ' ');
}

/** "momentum 0.9", or "no momentum" of a cell that does not read it. */
export function settingWords(name: OptionName, value: Setting | null | undefined): string {
  return (value ?? null) === null ? `no ${optionTitle(name)}` : `${optionTitle(name)} ${value}`;
}

/** The same with at most four digits of a number that is not whole, for a sentence: "learning rate 0.0001235". */
export function shortSettingWords(name: OptionName, value: Setting): string {
  const isLong = typeof value === 'number' && !Number.isInteger(value);
  return `${optionTitle(name)} ${isLong ? shortText(value, 4) : value}`;
}

/** One value for each option of an experiment; null if the solver does not read it. */
export type Settings = Readonly<Partial<Record<OptionName, Setting | null>>>;
/** A list of values for each option, which span a grid. */
export type SettingLists = Readonly<Partial<Record<OptionName, readonly Setting[]>>>;

/** Whether a value is a range, from which a search draws. */
export function isRange(name: OptionName, value: Setting): boolean {
  return typeof value === 'string' && options[name].numbers !== undefined && hasRange(value);
}

/** Parses one value, or a range in its place. Errors: UserError that names `flag`. */
export function parseSetting(name: OptionName, text: string, flag = flagOf(name)): Setting {
  return isRange(name, text) ? parseRanged(text, options[name], flag) : options[name].parse(text, flag);
}

/**
 * Parses the list of values given for an option, of which `choices` are the allowed ones if it has any; a range is a list of one.
 * Errors: UserError that names `flag`.
 */
export function parseOption(
  name: OptionName,
  value: string,
  flag = flagOf(name),
  choices = options[name].choices,
): Setting[] {
  const option = options[name];
  option.refuse?.(value, flag);
  // What another experiment may choose is refused with the reason when this one is planned.
  const parse: Option['parse'] = (text) =>
    choices === undefined || choices === option.choices || option.choices?.includes(text)
      ? parseSetting(name, text, flag)
      : parseChoice(text, choices, flag);
  try {
    const values = [...new Set((option.split ?? parseList)(value, flag).map((item) => parse(item, flag)))];
    checkRangeAlone(name, values, value, flag);
    return values;
  } catch (error) {
    // A list that may not be meant as one, such as 0,9 where only one of them is in range.
    const doubt = error instanceof UserError ? option.doubt?.(value, flag) : undefined;
    throw doubt === undefined
      ? error
      : new UserError({ ...(error as UserError).parts, received: value, remedy: doubt });
  }
}

/** A range covers its values already, so it is the only entry of its list. */
export function checkRangeAlone(
  name: OptionName,
  values: readonly Setting[],
  received: string,
  flag: string,
): void {
  if (values.length < 2 || !values.some((value) => isRange(name, value))) return;
  throw new UserError({
    what: `${flag} has a range among other values`,
    expected: 'one range, or values with commas between them',
    received,
    remedy: 'write one range that covers all, or only values',
  });
}

/** All options by name. Entries may share one, with descriptions and defaults of their own, but never a name for two. */
function unionOf(tables: readonly Readonly<Record<string, Option>>[]): Record<string, Option> {
  const union: Record<string, Option> = {};
  for (const [name, option] of tables.flatMap((table) => Object.entries(table))) {
    if (union[name] !== undefined && union[name].parse !== option.parse) {
      throw new Error(`two different options are named ${name}`);
    }
    union[name] ??= option;
  }
  return union;
}
