import type { DataFacts } from '../../datasets/dataset.ts';
import { UserError } from '../../errors.ts';
import type { Dtype } from '../../math/dtype.ts';
import type { Checkpoints } from '../../nn/epochs.ts';
import type { LendCore } from '../../nn/evaluator.ts';
import type { LossName } from '../../nn/losses.ts';
import type { LayerSpec, LayerWeights } from '../../nn/network.ts';
import type { Option, Settings } from '../../parsing/option.ts';
import type { ShapeOf } from '../../parsing/shape.ts';
import type { ReferenceName, ReferenceVersions } from '../../references/index.ts';
import type { Task } from '../../stats/metrics.ts';
import type { Attach } from '../attachments.ts';
import type { ConfigBase } from '../config.ts';
import type { Fit } from '../fit.ts';
import type { Prepared } from '../prepare.ts';

/** What a model's config depends on in addition to the settings. */
export interface ModelContext {
  readonly architecture: 'given' | 'random';
  readonly task: Task;
  readonly facts: DataFacts;
  readonly split: ConfigBase['split'];
  /** The number of inputs of the model: columns or features. */
  readonly inputs: number;
  /** Initial weights from files, by the setting that asks for them. */
  readonly initialWeights: ReadonlyMap<string, GivenWeights>;
  /** The versions of the library that fits the model, if it is another one. */
  readonly versions: ReferenceVersions | null;
}

/** Initial weights that a user gives instead of letting them be drawn. */
export interface GivenWeights {
  /** Where they are from, for messages. */
  readonly file: string;
  /** `digestOfWeights` */
  readonly digest: string;
  readonly layers: readonly (LayerWeights & {
    readonly inputs: number;
    readonly units: number;
    /** Their names in the file: the kernel's, and the bias's if there is one. */
    readonly names: readonly string[];
  })[];
}

/** The seeds that a fit draws from, by purpose. */
export interface FitSeeds {
  readonly init: number;
  readonly batches: number;
  /** The initial weights, if they are not drawn. */
  readonly weights?: readonly LayerWeights[];
}

/** Resources and callbacks that a fit may use while it runs. */
export interface FitHooks {
  readonly onEpoch?: (epoch: number) => void;
  readonly lendCore?: LendCore;
  readonly checkpoints?: Checkpoints;
  readonly attach?: Attach;
}

/** The number of rows of a trial's model, and of their inputs. */
export interface ModelSize {
  readonly rows: number;
  readonly trainRows: number;
  readonly testRows: number;
  /** The number of inputs of the model: columns or features. */
  readonly inputs: number;
  /** Whether most of these inputs are probably 0, and the solver reads only the others. */
  readonly sparseInputs: boolean;
}

/** Everything about one way to fit a model. */
export interface Solver<Model extends { readonly solver: string } = { readonly solver: string }> {
  readonly title: string;
  /** The library that fits the model; null for this program. */
  readonly reference: ReferenceName | null;
  /** Of another library: the solver of this program that minimises the same, with which it is compared. */
  readonly comparedWith?: string;
  /** Its own options, which no other solver has. */
  readonly options: Readonly<Record<string, Option>>;
  /** The options that it reads, of those that some solvers do not read. */
  readonly reads: readonly string[];
  /** Whether it can fit an experiment of this task with these settings. */
  readonly fits: (experiment: { readonly task: Task; readonly settings: object }) => boolean;
  /** Defaults of the model's fields. A field with its default value is left out of a trial's id. */
  readonly defaults: object;
  readonly config: (settings: Settings, context: ModelContext) => Model;
  /** Refuses settings that it cannot fit, also those that it does not read. Errors: UserError. */
  readonly check?: (settings: Settings) => void;
  /** The schema of the model, without its `solver`. */
  readonly schema: ShapeOf;
  /** The loss that is minimised. It also encodes the targets. */
  readonly loss: (model: Model) => LossName;
  /** Whether it takes sparse rows. Otherwise its inputs are dense, however many of them are 0. */
  readonly sparse: boolean;
  /** The element type of the inputs that it needs. */
  readonly dtype: (model: Model) => Dtype;
  /** The most epochs or iterations; 0 if it has neither. */
  readonly epochs: (model: Model) => number;
  /** Whether it has a loss for each epoch or iteration, of which curves are drawn. */
  readonly curves: boolean;
  /** The number of weights, without biases. */
  readonly weights: (model: Model, inputs: number) => number;
  /** The epochs or iterations that it usually needs; null if it always needs all of them. */
  readonly usualEpochs: ((model: Model) => number) | null;
  /** The approximate seconds of one fit, from the constants in seconds.ts. */
  readonly seconds: (model: Model, size: ModelSize) => number;
  /**
   * The approximate number of numbers that it stores in addition to the rows: weights and the intermediate results of a batch.
   */
  readonly memory: (model: Model, size: ModelSize) => number;
  /** The part of the model that decides its draws under streams of its own; absent: all of it. */
  readonly drawn?: (model: Model) => object;
  /** The model that trains for that number of epochs, which early stopping chose; absent without early stopping. */
  readonly trainFor?: (model: Model, epochs: number) => Model;
  readonly fit: (data: Prepared, model: Model, seeds: FitSeeds, hooks: FitHooks) => Promise<Fit>;
}

/** The number of weights in a network's layers, without biases. */
export function layerWeights(layers: readonly LayerSpec[], inputs: number): number {
  return layers.reduce(
    (sum, { units }, index) => sum + units * (index === 0 ? inputs : layers[index - 1].units),
    0,
  );
}

/** Refuses a setting that a solver cannot fit; `why` says why. */
export function refuseSetting(
  { solver, reference, ...settings }: Settings,
  name: string,
  expected: string,
  why: string,
): never {
  const isOurs = (reference ?? 'none') === 'none';
  const who = isOurs ? `{solver} ${solver}` : `{reference} ${reference}`;
  throw new UserError({
    what: `${who} cannot fit {${name}} ${settings[name]}: ${why}`,
    expected: `{${name}} ${expected}`,
    received: settings[name],
    remedy: isOurs ? 'use {solver} sgd' : 'change it, or leave out {reference}',
  });
}

/** Refuses early stopping, for libraries whose training we do not end. Errors: UserError. */
export function refuseEarlyStopping(settings: Settings): void {
  if (typeof settings.earlyStopping === 'number')
    refuseSetting(settings, 'earlyStopping', 'none', 'it always runs all epochs');
}
