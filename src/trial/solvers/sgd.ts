import type * as Zod from 'zod';
import { fittedRows, type SplitConfig } from '../../datasets/split.ts';
import { counted, UserError } from '../../errors.ts';
import { type Dtype, dtypes } from '../../math/dtype.ts';
import { type Batching, batchingNames, batchings } from '../../nn/batches.ts';
import { heldOut } from '../../nn/evaluate.ts';
import { epochOfValue, valuesAfter } from '../../nn/evaluated-epochs.ts';
import { losses } from '../../nn/losses.ts';
import { initialWeights } from '../../nn/network.ts';
import {
  allows,
  createOptimizer,
  defaultOptimizer,
  hyperparametersOf,
  type OptimizerConfig,
  type OptimizerName,
  optimizerNames,
  type optimizers,
} from '../../nn/optimizers.ts';
import { columnsOf } from '../../nn/samples.ts';
import { compileSchedule, scheduleFormula, scheduleNames } from '../../nn/schedules.ts';
import type { Training } from '../../nn/train.ts';
import { weightsToBytes } from '../../nn/weights-bytes.ts';
import {
  choice,
  formula,
  integer,
  integerOrNone,
  number,
  numberOrWord,
  type Option,
  rows,
  type Settings,
} from '../../parsing/option.ts';
import type { ShapeOf } from '../../parsing/shape.ts';
import { needsOutputs, trainedFit } from '../fit.ts';
import type { Prepared } from '../prepare.ts';
import {
  type NetworkConfig,
  networkConfig,
  networkDefaults,
  networkOptions,
  networkReads,
  networkSchema,
} from './network.ts';
import { passesSeconds } from './seconds.ts';
import { type FitSeeds, layerWeights, type ModelContext, type ModelSize, type Solver } from './solver.ts';

/** Training with mini-batches and any optimiser. */
export interface SgdConfig extends TrainingConfig {
  readonly solver: 'sgd';
  readonly dtype: Dtype;
  /** The epochs without a better value after which training stops, with the weights of the best one; absent: never. */
  readonly earlyStopping?: number;
}

/** The same, without the fields that other libraries do not support. */
export interface TrainingConfig extends NetworkConfig {
  readonly optimizer: OptimizerConfig;
  readonly learningRate: number;
  /** A name from nn/schedules.ts or an expression. */
  readonly schedule: string;
  readonly batchSize: number;
  readonly batches: Batching;
  readonly epochs: number;
  /** Losses are evaluated after this many epochs, twice as many, and so on, and after the last one. Absent: 1. */
  readonly evaluateEvery?: number;
}

/** A record is one string, and the curves of more epochs would not fit into it. */
export const maxEpochs = 5e6;

const options = {
  ...networkOptions,
  optimizer: choice('optimiser that updates the weights', optimizerNames),
  learningRate: number('learning rate', 'a finite number > 0', (x) => x > 0),
  schedule: formula(
    'name',
    `learning rate over time: ${scheduleNames.join(', ')}, or an expression in eta0, epoch, step, steps, and t = epoch * steps + step`,
    scheduleFormula,
  ),
  batchSize: rows('rows in a mini-batch', 1),
  batchesPerEpoch: numberOrWord(
    'number of mini-batches of an epoch instead of their size, the training rows divided by it and rounded down; none: the size decides',
    'a whole number >= 1, or none',
    ['none'],
    (x) => Number.isInteger(x) && x >= 1,
  ),
  batches: choice('how mini-batches are drawn', batchingNames),
  epochs: integer('passes over the training rows', 1, maxEpochs),
  evaluateEvery: integer(
    'epochs between two evaluations of the losses; the last epoch is always evaluated',
    1,
    maxEpochs,
  ),
  earlyStopping: integerOrNone(
    'epochs without a better value on the validation rows, or on the test rows without them, after which training stops and returns to the best epoch',
    1,
    maxEpochs,
  ),
  dtype: choice('element type used in training', dtypes),
} satisfies Record<string, Option>;

/** Every hyperparameter of every optimiser. Each is an option. */
export const hyperparameterNames = [
  ...new Set(optimizerNames.flatMap((name) => Object.keys(hyperparametersOf(name)))),
] as HyperparameterName[];

export type HyperparameterName = {
  [Name in OptimizerName]: Extract<keyof (typeof optimizers)[Name]['hyperparameters'], string>;
}[OptimizerName];

const hyperparameterOptions = Object.fromEntries(
  hyperparameterNames.map((name) => [name, hyperparameterOption(name)]),
) as Record<HyperparameterName, Option>;

function hyperparameterOption(name: string): Option {
  const owners = optimizerNames.filter((optimizer) => name in hyperparametersOf(optimizer));
  const own = owners.map((optimizer) => hyperparametersOf(optimizer)[name]);
  const of = owners.length === optimizerNames.length ? '' : ` (${owners.join(', ')})`;
  const helps = [...new Set(own.map(({ help }) => help))].join('; ');
  const ranges = [...new Set(own.map(({ range }) => range))].join(', or ');
  const words = [...new Set(own.flatMap(({ choices = [] }) => choices))];
  if (own.every(({ holds }) => holds === undefined)) return choice(`${helps}${of}`, words);
  // Which optimiser reads it is known when the config is made.
  return numberOrWord(`${helps}${of}`, ranges, words, (x) => own.some((one) => allows(one, x)));
}

export const trainingReads = [
  ...networkReads,
  ...Object.keys(options),
  ...hyperparameterNames,
  'solver',
  'streams',
  'initSeed',
  'batchSeed',
];

/** The fields that have a default, including the optimiser's hyperparameters. */
export const trainingDefaults = {
  ...networkDefaults,
  optimizer: defaultOptimizer,
  schedule: 'constant',
  evaluateEvery: 1,
};

export const sgd = {
  title: 'SGD',
  reference: null,
  options: { ...options, ...hyperparameterOptions },
  reads: [...trainingReads, 'coefficients'],
  fits: () => true,
  defaults: trainingDefaults,
  config: (settings, context) => ({
    solver: 'sgd',
    ...trainingConfig(settings, context),
    dtype: settings.dtype as Dtype,
    ...(typeof settings.earlyStopping === 'number' ? { earlyStopping: settings.earlyStopping } : {}),
  }),
  schema: ((z) => ({
    ...trainingSchema(z),
    dtype: z.enum(dtypes),
    earlyStopping: z.int().min(1).optional(),
  })) as ShapeOf,
  sparse: true,
  dtype: ({ dtype }) => dtype,
  loss: ({ loss }) => loss,
  epochs: ({ epochs }) => epochs,
  curves: true,
  weights: ({ layers }, inputs) => layerWeights(layers, inputs),
  usualEpochs: null,
  seconds: (model, size) => trainingSeconds(model, size, model.dtype),
  memory: trainingMemory,
  drawn: ({ dtype: _, ...model }) => model,
  trainFor: ({ earlyStopping: _, ...model }, epochs) => ({ ...model, epochs }),
  async fit(data, model, seeds, { onEpoch, lendCore, checkpoints, attach }) {
    const { train } = await import('../../nn/train.ts');
    const { dtype, earlyStopping } = model;
    const training = {
      ...(await trainingArguments(data, model, seeds)),
      ...heldOut(data),
      ...(earlyStopping === undefined ? {} : { earlyStopping }),
      dtype,
    };
    const trained = await train(data.train, data.test, training, onEpoch, lendCore, checkpoints);
    const plain = { ...trainedFit(data, model.loss, trained, model), weights: trained.weights };
    const run = { epochs_run: plain.diverged ? null : epochOfValue(trained.train.loss.length - 1, model) };
    const fit = earlyStopping === undefined ? plain : { ...plain, metrics: { ...plain.metrics, ...run } };
    const { task, classes } = losses[model.loss];
    // The page shows a probability for each class.
    if (task === 'classification' && classes === null && !fit.diverged)
      await attach?.('weights', weightsToBytes(trained.weights, model.dtype));
    return fit;
  },
} satisfies Solver<SgdConfig>;

export function trainingConfig(settings: Settings, context: ModelContext): TrainingConfig {
  const everyEpoch = (settings.evaluateEvery ?? 1) === 1;
  return {
    ...networkConfig(settings, context),
    optimizer: optimizerOf(settings),
    learningRate: settings.learningRate as number,
    schedule: settings.schedule as string,
    batchSize: batchSizeOf(settings, context.split),
    batches: settings.batches as Batching,
    epochs: settings.epochs as number,
    ...(everyEpoch ? {} : { evaluateEvery: settings.evaluateEvery as number }),
  };
}

function optimizerOf(settings: Settings): OptimizerConfig {
  const name = settings.optimizer as OptimizerName;
  const values = Object.entries(hyperparametersOf(name)).map(([field, known]) => {
    const value = settings[field] ?? known.default;
    if (allows(known, value)) return [field, value];
    throw new UserError({
      what: `{${field}} is out of range for ${name}`,
      expected: known.range,
      received: value,
      remedy: `leave out {${field}} for its default`,
    });
  });
  return { name, ...Object.fromEntries(values) } as OptimizerConfig;
}

function batchSizeOf({ batchSize, batchesPerEpoch, batches }: Settings, split: SplitConfig): number {
  const trainRows = fittedRows(split);
  if (batches === 'full') return trainRows;
  if (typeof batchesPerEpoch === 'number') {
    if (batchesPerEpoch <= trainRows) return Math.floor(trainRows / batchesPerEpoch);
    throw new UserError({
      what: '{batchesPerEpoch} asks for more mini-batches than there are training rows',
      expected: `at most ${trainRows}${besideValidation(split)}`,
      received: batchesPerEpoch,
      remedy: `lower it, or ${remedyForRows(split)}`,
    });
  }
  if (batchSize === 'all') return trainRows;
  if ((batchSize as number) <= trainRows) return batchSize as number;
  throw new UserError({
    what: '{batchSize} is larger than the training set',
    expected: `at most ${trainRows}${besideValidation(split)}, or all`,
    received: batchSize,
    remedy: `use {batchSize} all for the whole training set, or ${remedyForRows(split)}`,
  });
}

/** Where the training rows went that batches cannot have. */
function besideValidation({ validationRows = 0 }: SplitConfig): string {
  return validationRows === 0 ? '' : ` beside ${counted(validationRows, 'validation row')}`;
}

function remedyForRows({ validationRows = 0 }: SplitConfig): string {
  return validationRows === 0 ? 'raise {samples}' : 'lower {validationSize}, or raise {samples}';
}

export function trainingSchema(z: typeof Zod.z) {
  const optimizer = optimizerNames.map((name) => {
    const fields = Object.entries(hyperparametersOf(name)).map(([field, known]) => [
      field,
      z.union([z.number(), z.string()]).refine((value) => allows(known, value), known.range),
    ]);
    return z.strictObject({ name: z.literal(name), ...Object.fromEntries(fields) });
  });
  return {
    ...networkSchema(z),
    optimizer: z.discriminatedUnion('name', optimizer as [(typeof optimizer)[number]]),
    learningRate: z.number().positive(),
    schedule: z.string().min(1),
    batchSize: z.int().min(1),
    batches: z.enum(batchingNames),
    epochs: z.int().min(1),
    evaluateEvery: z.int().min(1).optional(),
  };
}

/** The seconds of all epochs. */
export function trainingSeconds(
  model: Pick<TrainingConfig, 'epochs' | 'layers' | 'batchSize' | 'evaluateEvery' | 'optimizer'>,
  size: ModelSize,
  dtype: Dtype,
): number {
  const { epochs, layers, batchSize, optimizer } = model;
  const evaluations = valuesAfter(epochs, model);
  const steps = Math.floor(size.trainRows / batchSize);
  const { slots } = createOptimizer(optimizer);
  return passesSeconds(layers, size, { epochs, steps, evaluations, dtype, slots: slots.length });
}

export function trainingMemory(
  { layers, batchSize, optimizer }: TrainingConfig,
  { inputs }: ModelSize,
): number {
  const units = layers.reduce((sum, layer) => sum + layer.units, 0);
  // The kernel, its gradient, its transpose and the initial weights.
  const copies = 4 + createOptimizer(optimizer).slots.length;
  return copies * layerWeights(layers, inputs) + 2 * Math.max(batchSize, 128) * units;
}

/** The arguments of `train`, without the element type. */
export async function trainingArguments(
  { train }: Prepared,
  model: TrainingConfig,
  seeds: FitSeeds,
): Promise<Omit<Training, 'dtype'>> {
  const {
    layers,
    loss,
    delta,
    lambda,
    l1,
    penalizeBiases,
    optimizer,
    learningRate,
    batchSize,
    epochs,
    draw,
  } = model;
  return {
    layers,
    weights: seeds.weights ?? initialWeights(layers, columnsOf(train), seeds.init, draw),
    loss,
    ...(delta === undefined ? {} : { delta }),
    penalty: { lambda, l1, penalizeBiases },
    optimizer,
    learningRate,
    schedule: await compileSchedule(model.schedule),
    // A fold may have fewer rows than a batch.
    batches: batchings[model.batches](train.rows, Math.min(batchSize, train.rows), seeds.batches),
    epochs,
    evaluateEvery: model.evaluateEvery ?? 1,
    dropoutSeed: seeds.batches,
    keepTrainOutputs: needsOutputs(loss),
  };
}
