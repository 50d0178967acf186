import { createHash } from 'node:crypto';
import type { Centering } from '../datasets/scale.ts';
import type { SplitConfig } from '../datasets/split.ts';
import type { Dtype } from '../math/dtype.ts';
import type { Batching } from '../nn/batches.ts';
import type { LossName } from '../nn/losses.ts';
import type { LayerSpec } from '../nn/network.ts';
import type { SklearnVersions } from '../references/sklearn.ts';
import type { TfjsVersions } from '../references/tensorflow.ts';
import type { Basis } from '../regression/polynomial.ts';
import type { BootstrapSummary } from '../stats/bootstrap.ts';

/**
 * Version of the arithmetic: part of every id. It changes whenever the same config would give other bits, so that
 * records from before are never taken for those from after.
 */
export const numerics = 3;

/** test: resample the test rows, the predictions stay; refit: train again on resampled training rows. */
export const bootstrapMethods = ['test', 'refit'] as const;
export type BootstrapMethod = (typeof bootstrapMethods)[number];

/** Everything a trial depends on. Its record is a pure function of this. */
export interface TrialConfig {
  readonly numerics: typeof numerics;
  readonly seed: number;
  readonly data: FrankeConfig | MnistConfig;
  readonly split: SplitConfig;
  readonly features: FeaturesConfig;
  readonly model: SgdConfig | LbfgsConfig | ClosedFormConfig | ReferenceConfig;
  /** How the test scores of a regression are resampled; null for classification. */
  readonly bootstrap: { readonly resamples: number; readonly method: BootstrapMethod } | null;
}

export interface FrankeConfig {
  readonly dataset: 'franke';
  readonly samples: number;
  /** Standard deviation of the noise before its factor of 0.2. */
  readonly noise: number;
  /** An expression in x and y; null is the Franke function. */
  readonly target: string | null;
}

export interface MnistConfig {
  readonly dataset: 'mnist';
  /** SHA-256 of the four files' contents: the data themselves are an input, their place on disk is not. */
  readonly sha256: string;
}

export interface FeaturesConfig {
  /** none: the inputs themselves; otherwise polynomials of two inputs up to `degree`. */
  readonly basis: Basis | 'none';
  readonly degree: number | null;
  readonly center: Centering;
  readonly centerTargets: boolean;
}

export interface SgdConfig {
  readonly solver: 'sgd';
  readonly layers: readonly LayerSpec[];
  /** Which draw of initial weights from the seed; random networks have one each. */
  readonly draw: number;
  readonly loss: LossName;
  readonly lambda: number;
  readonly penalizeBiases: boolean;
  readonly learningRate: number;
  readonly momentum: number;
  /** A name of nn/schedules.ts or an expression. */
  readonly schedule: string;
  readonly batchSize: number;
  readonly batches: Batching;
  readonly epochs: number;
  readonly dtype: Dtype;
}

/** Minimises mean loss + lambda sum(w^2) on all training rows at once by L-BFGS. */
export interface LbfgsConfig {
  readonly solver: 'lbfgs';
  readonly layers: readonly LayerSpec[];
  readonly draw: number;
  readonly loss: LossName;
  readonly lambda: number;
  readonly penalizeBiases: boolean;
  readonly maxIterations: number;
  /** Ends where no component of the objective's gradient is larger than this. */
  readonly gradientTolerance: number;
  readonly dtype: 'float64';
}

/** Minimises mean square + lambda sum(beta^2) exactly; lambda 0 is minimum-norm least squares. */
export interface ClosedFormConfig {
  readonly solver: 'closed-form';
  readonly lambda: number;
}

/** The same fitted by another library: its version is an input like any other. */
export type ReferenceConfig = TfjsConfig | SgdRegressorConfig | LogisticRegressionConfig;

/** The network of an SgdConfig by the Layers API of TensorFlow.js, which knows float32 only. */
export interface TfjsConfig extends Omit<SgdConfig, 'solver' | 'dtype'>, TfjsVersions {
  readonly solver: 'reference';
  readonly reference: 'tfjs';
  readonly method: 'layers-sgd';
}

/** scikit-learn's SGDRegressor, in partial fits of so many training rows drawn with replacement. */
export interface SgdRegressorConfig extends SklearnVersions {
  readonly solver: 'reference';
  readonly reference: 'sklearn';
  readonly method: 'SGDRegressor';
  /** By its own names. */
  readonly parameters: {
    readonly alpha: number;
    readonly fit_intercept: boolean;
    readonly learning_rate: 'invscaling';
    readonly eta0: number;
    readonly power_t: number;
  };
  readonly partialFits: number;
  readonly batchSize: number;
}

/** scikit-learn's LogisticRegression on all training rows. */
export interface LogisticRegressionConfig extends SklearnVersions {
  readonly solver: 'reference';
  readonly reference: 'sklearn';
  readonly method: 'LogisticRegression';
  /** By its own names; C is the inverse of an L2 penalty on the sum of losses. */
  readonly parameters: {
    readonly solver: 'lbfgs';
    readonly C: number;
    readonly max_iter: number;
    readonly tol: number;
  };
}

export interface Trial {
  readonly id: string;
  readonly config: TrialConfig;
}

/** What a trial leaves. Without `seconds` and `at` it is the same bytes wherever it was computed. */
export interface TrialRecord {
  readonly id: string;
  readonly config: TrialConfig;
  readonly status: 'done' | 'diverged';
  /** The epoch (from 1) after which a loss was no longer finite. */
  readonly divergedAt: number | null;
  /** Final values by name; null where the trial diverged or the value does not exist. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** One value an epoch, by name; null where it is not finite. */
  readonly curves: Readonly<Record<string, readonly (number | null)[]>>;
  /** Spread of the resampled test scores. */
  readonly bootstrap: { readonly mse: BootstrapSummary; readonly r2: BootstrapSummary | null } | null;
  /** Wall time, for information only. */
  readonly seconds: number;
  /** When it ended, in ISO 8601; of two records of one trial the earlier counts. */
  readonly at: string;
}

export function createTrial(config: TrialConfig): Trial {
  return { id: createHash('sha256').update(canonicalJson(config)).digest('hex'), config };
}

/** JSON with the keys of every object in alphabetical order: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = value as Record<string, unknown>;
  let text = '';
  for (const key of Object.keys(entries).sort()) {
    text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${canonicalJson(entries[key])}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** Inputs of the model: the `columns` of the data, or polynomial features. */
export function featureCount({ features: { basis, degree } }: TrialConfig, columns: number): number {
  if (basis === 'none') return columns;
  return basis === 'total' ? ((degree! + 1) * (degree! + 2)) / 2 : (degree! + 1) ** 2;
}

/** Weights of the trial's model on data of so many columns, biases left out. */
export function trialWeights(config: TrialConfig, columns: number): number {
  const { model } = config;
  const inputs = featureCount(config, columns);
  if (!('layers' in model)) return inputs;
  return model.layers.reduce(
    (sum, { units }, index) => sum + units * (index === 0 ? inputs : model.layers[index - 1].units),
    0,
  );
}

/** Epochs of a training, or its iterations at most; 0 where there are none. */
export function trialEpochs({ model }: TrialConfig): number {
  if (model.solver === 'lbfgs') return model.maxIterations;
  return 'epochs' in model ? model.epochs : 0;
}

/**
 * Roughly how much work a trial is, in multiplications, so that the longest start first. Images are taken for those of
 * MNIST: all trials of a run have the same.
 */
export function trialCost(config: TrialConfig): number {
  const { data, model, split, bootstrap } = config;
  const columns = data.dataset === 'mnist' ? 784 : 2;
  const refits = bootstrap?.method === 'refit' ? bootstrap.resamples : 1;
  if (!('layers' in model)) return refits * split.trainRows * featureCount(config, columns) ** 2;
  const slowness = model.solver === 'reference' ? 20 : 1;
  return (
    slowness *
    refits *
    trialEpochs(config) *
    (4 * split.trainRows + split.testRows) *
    trialWeights(config, columns)
  );
}
