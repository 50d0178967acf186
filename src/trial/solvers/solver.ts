import type { DataFacts } from '../../datasets/dataset.ts';
import type { Dtype } from '../../math/dtype.ts';
import type { Checkpoints } from '../../nn/epochs.ts';
import type { LendCore } from '../../nn/evaluator.ts';
import type { LossName } from '../../nn/losses.ts';
import type { LayerSpec, LayerWeights } from '../../nn/network.ts';
import type { Option, Settings } from '../../parsing/option.ts';
import type { ShapeOf } from '../../parsing/shape.ts';
import type { ReferenceName, ReferenceVersions } from '../../references/index.ts';
import type { Task } from '../../stats/metrics.ts';
import type { ConfigBase } from '../config.ts';
import type { Fit } from '../fit.ts';
import type { Prepared } from '../prepare.ts';

/** What a config is made of besides the settings. */
export interface ModelContext {
  readonly architecture: 'given' | 'random';
  readonly task: Task;
  readonly facts: DataFacts;
  readonly split: ConfigBase['split'];
  /** Of the library that fits it, where that is another one. */
  readonly versions: ReferenceVersions | null;
}

/** What a fit may use and tell while it runs. */
export interface FitHooks {
  readonly onEpoch?: (epoch: number) => void;
  readonly lendCore?: LendCore;
  readonly checkpoints?: Checkpoints;
  /** Is given the final weights of a classifier, before the record is there. */
  readonly onWeights?: (weights: readonly LayerWeights[]) => Promise<void>;
}

/** The rows that a trial's model gets, and how many inputs they have. */
export interface ModelSize {
  readonly rows: number;
  readonly trainRows: number;
  readonly testRows: number;
  /** Inputs of the model: columns or features. */
  readonly inputs: number;
}

/** One way to fit a model: all that is to be known of it. */
export interface Solver<Model extends { readonly solver: string } = { readonly solver: string }> {
  readonly title: string;
  /** The library that fits; null where it is this program. */
  readonly reference: ReferenceName | null;
  /** Its own options, that no other solver has. */
  readonly options: Readonly<Record<string, Option>>;
  /** Which of the options that not all solvers read it reads. */
  readonly reads: readonly string[];
  /** Whether an experiment of this task with these settings can be fitted by it. */
  readonly fits: (experiment: { readonly task: Task; readonly settings: object }) => boolean;
  /** Fields of the model that are left out of a trial's id as long as they have these values. */
  readonly defaults: object;
  readonly config: (settings: Settings, context: ModelContext) => Model;
  /** The model's form, without its `solver`. */
  readonly schema: ShapeOf;
  /** What is minimised: it encodes the targets. */
  readonly loss: (model: Model) => LossName;
  /** The element type in which it takes its inputs. */
  readonly dtype: (model: Model) => Dtype;
  /** Epochs or iterations, at most; 0 where there are none. */
  readonly epochs: (model: Model) => number;
  /** Weights, without biases. */
  readonly weights: (model: Model, inputs: number) => number;
  /** Roughly how much work one fit is, in multiplications. */
  readonly cost: (model: Model, size: ModelSize) => number;
  /** Roughly how many numbers it keeps besides the rows: weights and what is computed of a batch. */
  readonly memory: (model: Model, size: ModelSize) => number;
  readonly fit: (data: Prepared, model: Model, seed: number, hooks: FitHooks) => Promise<Fit>;
}

/** Weights of a network's layers, biases left out. */
export function layerWeights(layers: readonly LayerSpec[], inputs: number): number {
  return layers.reduce(
    (sum, { units }, index) => sum + units * (index === 0 ? inputs : layers[index - 1].units),
    0,
  );
}
