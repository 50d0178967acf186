import type { DataConfig } from '../datasets/index.ts';
import { type Centering, isOfColumns, type Scaling, type TargetScaling } from '../datasets/scale.ts';
import type { SplitConfig } from '../datasets/split.ts';
import type { Purpose } from '../math/rng.ts';
import { type Basis, termCount } from '../regression/polynomial.ts';

/**
 * Version of the arithmetic. It is part of every id, and is raised whenever the same config would give different bits,
 * so that old records are never mistaken for new ones.
 */
export const numerics = 5;

/**
 * test: resample the test rows and keep the predictions. refit: train again on resampled training rows. bias-variance: the same,
 * and decompose the expected error.
 */
export const bootstrapMethods = ['test', 'refit', 'bias-variance'] as const;
export type BootstrapMethod = (typeof bootstrapMethods)[number];

/** shared: all cells of a seed have the same initial weights, batches and resamples. cell: each cell has its own. */
export const streamChoices = ['shared', 'cell'] as const;
export type Streams = (typeof streamChoices)[number];

/** The purposes of random draws that can have a seed of their own, by the option that sets it. */
export const seededPurposes = {
  dataSeed: 'data',
  splitSeed: 'split',
  initSeed: 'init',
  batchSeed: 'batches',
  bootstrapSeed: 'bootstrap',
} as const satisfies Record<string, Purpose>;

export type SeededPurpose = (typeof seededPurposes)[keyof typeof seededPurposes];

export interface FeaturesConfig {
  readonly scale: Scaling;
  /** none: the inputs themselves. Otherwise polynomials of the inputs up to `degree`. */
  readonly basis: Basis | 'none';
  readonly degree: number | null;
  readonly center: Centering;
  readonly centerTargets: boolean;
  /** How the targets of a regression are scaled. Absent: none, as in the records of earlier versions. */
  readonly scaleTargets?: TargetScaling;
}

/** Everything that a trial depends on except its model. */
export interface ConfigBase {
  readonly numerics: typeof numerics;
  readonly seed: number;
  /** The seeds of purposes that have another one than `seed`; absent if none has. */
  readonly seeds?: Readonly<Partial<Record<SeededPurpose, number>>>;
  /** Absent: shared, as in the records of earlier versions. */
  readonly streams?: Streams;
  readonly data: DataConfig;
  readonly split: SplitConfig;
  readonly features: FeaturesConfig;
  /** Whether the record keeps the coefficients of a linear model. Absent: no, as in the records of earlier versions. */
  readonly coefficients?: boolean;
  /** How the test scores of a regression are resampled; null for classification. */
  readonly bootstrap: { readonly resamples: number; readonly method: BootstrapMethod } | null;
}

/** Defaults. A field with its default value is left out of a trial's id, so the defaults must never change. */
export const featureDefaults: Partial<FeaturesConfig> = {
  scale: 'none',
  basis: 'none',
  degree: null,
  center: 'none',
  centerTargets: false,
  scaleTargets: 'none',
};

/** Whether inputs stay as they are stored, apart from a common divisor: zeros stay zeros. */
export function areAsStored({ scale, basis, center }: FeaturesConfig): boolean {
  return center === 'none' && basis === 'none' && !isOfColumns(scale);
}

/** Whether centring changes nothing: scaled columns are the same from wherever their inputs are measured. */
export function ignoresCentering({ scale, basis }: Pick<FeaturesConfig, 'scale' | 'basis'>): boolean {
  return isOfColumns(scale) && basis === 'none';
}

/** The number of inputs of the model: the `columns` of the data, or the polynomial features. */
export function featureCount(
  { basis, degree }: Pick<FeaturesConfig, 'basis' | 'degree'>,
  columns: number,
): number {
  if (basis === 'none') return columns;
  return termCount(degree!, basis, columns);
}

/** The seed that a trial's data or split are drawn from: its own if it has one, otherwise the trial's. */
export function sharedSeed(
  { seed, seeds }: Pick<ConfigBase, 'seed' | 'seeds'>,
  purpose: 'data' | 'split',
): number {
  return seeds?.[purpose] ?? seed;
}
