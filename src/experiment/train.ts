import { createHash } from 'node:crypto';
import { type ChosenData, chooseData, type DataChoice } from '../datasets/data-choice.ts';
import type { DataFacts, Sources } from '../datasets/dataset.ts';
import { datasetEntry, describeData, taskOf } from '../datasets/index.ts';
import { labelOf } from '../datasets/label.ts';
import { labelNamesText } from '../datasets/label-names.ts';
import { counted, UserError } from '../errors.ts';
import { lossesOf } from '../nn/losses.ts';
import type { ReferenceName } from '../references/index.ts';
import type { Task } from '../stats/metrics.ts';
import { modelOptions, type SolverName, solverEntry, solvers } from '../trial/solvers/index.ts';
import { shellQuoted } from './command-text.ts';
import { asLists, type Defaults, defineOwn, type Experiment, type ExperimentDefinition } from './define.ts';
import { flagOf, type OptionName, type SettingLists, type Settings } from './options.ts';
import * as presets from './presets.ts';
import { isSeed } from './seeds.ts';

/** An experiment on a user's data, and where they are. */
export interface Training {
  readonly experiment: Experiment;
  readonly sources: Sources;
  /** What was inferred from the data, in one line. */
  readonly note: string;
  /** What was found out about the data and decided for the user, a sentence each. */
  readonly dataNotes: readonly string[];
}

/**
 * The experiment that trains on any data: its task follows from the target, its settings are sensible defaults for the
 * data and the task, and its layout follows from the settings that have several values.
 *
 * Errors: data that do not exist or cannot be used.
 */
export async function trainExperiment(choice: DataChoice, given: SettingLists): Promise<Training> {
  const chosen = await chooseData(choice);
  const { dataset, sources, name } = chosen;
  const entry = datasetEntry(dataset);
  const wanted = asFirst(given);
  const ofData: Settings = { ...ownDefaults(chosen), ...chosen.settings };
  const {
    config,
    facts,
    notes = [],
  } = await entry.resolve({ ...startingSettings(chosen), ...ofData, ...wanted }, sources);
  const task = taskOf(config);
  if (sources.labelNames && task === 'regression') throw nothingToName(choice.data);
  const defaults: Defaults = {
    ...trainSettings(chosen, task, facts, wanted),
    ...(ofData as Defaults),
  };
  const { title } = describeData(config, facts, entry.fromFiles ? labelOf(sources) : null);
  const definition: ExperimentDefinition = {
    name: `train ${ownName(name, choice)}`,
    title: `Models of ${title}`,
    figure: null,
    ownData: true,
    expected: '',
    dataset,
    task,
    architecture: 'net' in wanted ? 'random' : 'given',
    references: referencesOf(task),
    settings: defaults,
    quick: { epochs: 10 },
    layout: layoutOf(task, { ...asLists(defaults), ...given }),
  };
  const words = ['train', flagOf('data'), shellQuoted(choice.data), ...tableWords(choice)];
  const experiment = defineOwn(definition, words.join(' '));
  return { experiment, sources, note: noteOf(task, title, facts, experiment, given), dataNotes: notes };
}

function nothingToName(data: string): UserError {
  return new UserError({
    what: `{labelNames} names classes, and the target of ${data} is a number`,
    expected: 'data with classes',
    remedy: 'leave out {labelNames}; or use {task} classification, if each number of a table is a class',
  });
}

/**
 * The data and what the user says of a table, as part of a folder's name: "houses-price-missing-mean". Two trainings that use
 * different columns or rows do not share a folder.
 */
function ownName(name: string, { table = {} }: DataChoice): string {
  const { target, features, drop, categorical, missing, task } = table;
  const lists = Object.entries({ features, drop, categorical });
  const said = [
    ...((target ?? null) === null ? [] : [target!]),
    ...lists.flatMap(([key, columns = []]) =>
      columns === null || columns.length === 0 ? [] : [key, ...columns],
    ),
    ...(missing === undefined ? [] : ['missing', missing]),
    ...(task === undefined || task === 'auto' ? [] : [task]),
  ];
  const text = inFolderName([name, ...said].join(' '));
  if (text.length <= longestName) return text;
  const digest = createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 8);
  return `${text.slice(0, longestName)}-${digest}`;
}

const longestName = 60;

/** Letters, digits and a few signs, which every disk and shell takes. */
function inFolderName(text: string): string {
  return text.replace(/[^\p{L}\p{N}._]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '') || 'data';
}

/** Before the data are known: what a dataset may need to resolve. */
function startingSettings({ dataset }: ChosenData): Settings {
  const { fromFiles } = datasetEntry(dataset);
  return { seed: presets.frankeSettings.seed, samples: fromFiles ? 'all' : generatedRows };
}

const generatedRows = presets.frankeSettings.samples;

/** Fewer training rows than this are one batch. */
const leastForBatches = 64;

/** Sensible settings for data of a task: one hidden layer, trained by Adam on scaled inputs and targets. */
function trainSettings(
  { dataset }: ChosenData,
  task: Task,
  { rows, labels }: DataFacts,
  wanted: Settings,
): Defaults {
  const { fromFiles, hasPixels } = datasetEntry(dataset);
  const isRegression = task === 'regression';
  const given = { ...presets.oneHiddenLayer, hidden: '32', kernelInit: 'he_normal' } satisfies Defaults;
  const ofRegression = {
    centerTargets: 'no',
    scaleTargets: 'standard',
    bootstrap: 100,
    bootstrapMethod: 'test',
    outputActivation: 'auto',
    delta: 1,
  } satisfies Defaults;
  const features = { basis: 'none', degree: 3 } satisfies Defaults;
  return {
    seed: presets.frankeSettings.seed,
    ...(fromFiles ? {} : { dataSeed: 'seed' }),
    ...presets.ownSeeds,
    ...(isRegression ? { bootstrapSeed: 'seed' } : {}),
    streams: 'shared',
    samples: fromFiles ? 'all' : generatedRows,
    testSize: 0.2,
    validationSize: 0,
    folds: 'none',
    split: 'random',
    ...(isRegression ? {} : { stratify: 'no' }),
    scale: hasPixels ? 'pixels' : 'standard',
    ...(hasPixels ? {} : features),
    center: 'none',
    ...(isRegression ? ofRegression : {}),
    loss: isRegression ? 'mse' : labels === 2 ? 'binary_cross_entropy' : lossesOf(task)[0],
    dtype: hasPixels ? 'float32' : 'float64',
    ...presets.sgdSettings,
    ...presets.lbfgsSettings,
    ...(isRegression ? presets.coordinateDescentSettings : {}),
    solver: 'sgd',
    ...('net' in wanted ? presets.randomLayers : given),
    batches: 'permutation',
    optimizer: 'adam',
    batchSize: rows < leastForBatches ? 'all' : 32,
    learningRate: hasPixels ? 0.001 : 0.01,
  };
}

/** The libraries that fit models of a task. */
function referencesOf(task: Task): ReferenceName[] {
  const found = Object.values(solvers).filter(
    ({ reference, fits }) =>
      reference !== null && fits({ task, settings: presets.coordinateDescentSettings }),
  );
  return [...new Set(found.map(({ reference }) => reference as ReferenceName))];
}

function ownDefaults({ dataset }: ChosenData): Settings {
  return Object.fromEntries(
    Object.entries(datasetEntry(dataset).options).map(([name, option]) => [
      name,
      option.ofTraining ?? option.default,
    ]),
  );
}

function asFirst(lists: Defaults): Settings {
  return Object.fromEntries(Object.entries(asLists(lists)).map(([name, values]) => [name, values[0]]));
}

/** From this many values of a number on, results are drawn over it; fewer are compared by their curves. */
const leastForLines = 4;

/**
 * The layout for lists of settings: heat maps over two options with several values, lines over one that is a longer list of
 * numbers, otherwise curves per epoch.
 */
function layoutOf(task: Task, lists: SettingLists): ExperimentDefinition['layout'] {
  const usual = task === 'regression' ? regressionMetrics : presets.classification;
  // Of random networks the first metric decides, of others the last.
  const metrics = 'net' in lists ? usual.toReversed() : usual;
  const varied = (Object.keys(lists) as OptionName[]).filter(
    (name) => lists[name]!.length > 1 && !isSeed(name) && !['reference', 'solver'].includes(name),
  );
  const isNumeric = (name: OptionName) => lists[name]!.every((value) => typeof value === 'number');
  // The learning rate is the usual horizontal axis; other numbers come before names.
  const rank = (name: OptionName) => (name === 'learningRate' ? 0 : isNumeric(name) ? 1 : 2);
  const [first, second] = varied.toSorted((a, b) => rank(a) - rank(b));
  if (first === undefined) return { metrics };
  if (second !== undefined) return { rows: second, columns: first, metrics };
  const isLong = isNumeric(first) && lists[first]!.length >= leastForLines;
  return isLong
    ? { columns: first, curves: null, metrics }
    : { rows: first, metrics, curves: ['train', 'test'] };
}

const regressionMetrics = ['test_r2', 'train_mse', 'test_mse'] as const;

/** The words of the command line that say how a table is read. */
export function tableWords({ table = {}, dataName = null, labelNames = null }: DataChoice): string[] {
  const { target, features, drop, categorical, missing, id, decimalComma, task } = table;
  const words = (name: string, value: string | null | undefined) =>
    value === null || value === undefined || value === '' ? [] : [flagOf(name), shellQuoted(value)];
  return [
    ...words('target', target),
    ...words('features', features?.join(',')),
    ...words('drop', drop?.join(',')),
    ...words('categorical', categorical?.join(',')),
    ...words('missing', missing),
    ...words('id', id),
    ...(decimalComma === true ? [flagOf('decimalComma')] : []),
    ...words('task', task === 'auto' ? null : task),
    ...words('dataName', dataName),
    ...words('labelNames', labelNames === null ? null : labelNamesText(labelNames)),
  ];
}

/** The settings that a user wants to know, if they were not given. */
const told: readonly OptionName[] = [
  'testSize',
  'scale',
  'scaleTargets',
  'hidden',
  'activation',
  'loss',
  'optimizer',
  'learningRate',
  'batchSize',
  'epochs',
];

/** "Iris, target species: classification into 3 classes, 150 rows, 4 inputs; by default {hidden} 32 ...". */
function noteOf(
  task: Task,
  title: string,
  { rows, columns, labels }: DataFacts,
  { settings }: Experiment,
  given: SettingLists,
): string {
  const isBinary = task === 'classification' && labels === 2;
  const into = task === 'regression' || isBinary ? '' : ` into ${counted(labels, 'class', 'classes')}`;
  const kind = `${isBinary ? 'binary ' : ''}${task}${into}`;
  const lists: SettingLists = { ...settings, ...given };
  const hasHidden = lists.hidden?.some((widths) => widths !== 'none') === true;
  const fits = lists.solver!.map((solver) => solverEntry(solver as SolverName).reads as readonly string[]);
  const isRead = (name: OptionName) => !modelOptions.has(name) || fits.some((reads) => reads.includes(name));
  const left = told.filter(
    (name) =>
      given[name] === undefined &&
      settings[name] !== undefined &&
      isRead(name) &&
      (name !== 'activation' || hasHidden),
  );
  const defaults = left.map((name) => `{${name}} ${settings[name]!.join(',')}`).join(' ');
  const used = lists.samples!.length === 1 ? lists.samples![0] : 'all';
  const ofRows = typeof used === 'number' && used < rows ? `${used} of ` : '';
  return `${title}: ${kind}, ${ofRows}${counted(rows, 'row')}, ${counted(columns, 'input')}; by default ${defaults}`;
}
