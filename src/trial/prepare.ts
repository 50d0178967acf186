import type { Dataset } from '../datasets/dataset.ts';
import {
  type ColumnScales,
  columnScales,
  divisorOf,
  isOfColumns,
  scaleInPlace,
  subtractInPlace,
  trainingMeans,
} from '../datasets/scale.ts';
import { sparseInputs } from '../datasets/sparse.ts';
import { type Split, splitRows } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import type { Dtype } from '../math/dtype.ts';
import { type LossName, losses } from '../nn/losses.ts';
import type { Samples } from '../nn/samples.ts';
import { polynomialFeatures, polynomialTerms } from '../regression/polynomial.ts';
import { areAsStored, type ConfigBase, sharedSeed } from './config.ts';

/** The training and the test rows as the model sees them. */
export interface Prepared {
  readonly train: Samples;
  readonly test: Samples;
  /** Absent without validation rows. */
  readonly validation?: Samples;
  /** Absent: the targets are in their own unit. */
  readonly targetScale?: TargetScale;
  /** The test targets without noise, in the unit of the others; absent if they are not known. */
  readonly noiseFree?: Float64Array;
}

/** What maps the model's targets and outputs to the targets' own unit: original = scaled * factor + offset. */
export interface TargetScale {
  readonly offset: number;
  readonly factor: number;
}

/**
 * Splits the rows, divides pixels, subtracts training means, computes the features, scales them, and encodes the targets for
 * the loss. Inputs of which most are 0 become sparse rows where they may be.
 */
export function prepare(
  dataset: Dataset,
  config: Pick<ConfigBase, 'split' | 'features' | 'seed' | 'seeds'>,
  dtype: Dtype,
  loss: LossName,
  mayBeSparse = true,
): Prepared {
  const { split, features } = config;
  const rows = splitRows(dataset, split, sharedSeed(config, 'split'));
  return prepareRows(dataset, rows, features, dtype, loss, mayBeSparse);
}

/**
 * The same for rows that are split already. Everything that is fitted to rows is fitted to `train` alone; only the divisor of
 * `scale: max` is the largest input of all rows, as the unit of the data.
 */
export function prepareRows(
  dataset: Dataset,
  { train, validation, test }: Split,
  features: ConfigBase['features'],
  dtype: Dtype,
  loss: LossName,
  mayBeSparse: boolean,
): Prepared {
  const targetScale = targetScaleOf(dataset, features, train);
  const { offset, factor } = targetScale;
  const inputsOf = areAsStored(features) ? storedInputs : computedInputs;
  const inputs = inputsOf(dataset, features, train, mayBeSparse ? dtype : null);
  const encode = (values: Dataset['targets'], rows: Int32Array): Float64Array => {
    const targets = losses[loss].encode(values, rows, dataset.classes);
    if (offset !== 0) for (let n = 0; n < targets.length; n++) targets[n] -= offset;
    if (factor !== 1) for (let n = 0; n < targets.length; n++) targets[n] /= factor;
    return targets;
  };
  const samples = (rows: Int32Array): Samples => ({
    rows: rows.length,
    inputs: inputs(rows),
    targets: encode(dataset.targets, rows),
  });
  const { noiseFree } = dataset;
  return {
    train: samples(train),
    test: samples(test),
    targetScale,
    ...(validation.length === 0 ? {} : { validation: samples(validation) }),
    ...(noiseFree === undefined ? {} : { noiseFree: encode(noiseFree, test) }),
  };
}

/** Refuses targets of training rows for which the loss is not defined. Errors: UserError that names the first. */
export function checkTargets(
  dataset: Dataset,
  config: Pick<ConfigBase, 'split' | 'features' | 'seed' | 'seeds'>,
  loss: LossName,
): void {
  const range = losses[loss].targets;
  if (range === null) return;
  const [low, high] = range;
  const { split, features } = config;
  const { train } = splitRows(dataset, split, sharedSeed(config, 'split'));
  const { offset, factor } = targetScaleOf(dataset, features, train);
  for (const row of train) {
    const target = (dataset.targets[row] - offset) / factor;
    if (target >= low && target <= high) continue;
    throw new UserError({
      what: `{loss} ${loss} is for targets from ${low} to ${high}`,
      expected: `training targets from ${low} to ${high}`,
      received: `${target} in row ${row + 1}`,
      remedy: 'scale them by {scaleTargets} minmax, or use another {loss}',
    });
  }
}

/** From the training rows alone. Constant targets are not divided: there is nothing to divide them by. */
function targetScaleOf(
  { targets, task }: Dataset,
  { centerTargets, scaleTargets = 'none' }: ConfigBase['features'],
  train: Int32Array,
): TargetScale {
  if (task !== 'regression') return { offset: 0, factor: 1 };
  if (scaleTargets === 'none') return { offset: centerTargets ? mean(targets, train) : 0, factor: 1 };
  const { offsets, factors } = columnScales(targets, 1, train, scaleTargets);
  return { offset: offsets[0], factor: factors[0] || 1 };
}

type InputsOf = (
  dataset: Dataset,
  features: ConfigBase['features'],
  train: Int32Array,
  /** Of sparse rows; null where they have to be dense. */
  sparseType: Dtype | null,
) => (rows: Int32Array) => Samples['inputs'];

/** Inputs as they are stored, apart from a divisor; sparse if most of them are 0. */
const storedInputs: InputsOf = (dataset, { scale }, _train, sparseType) => {
  const { inputs, columns, largest } = dataset;
  const divisor = divisorOf(scale, largest);
  const csr = sparseType === null ? null : sparseInputs(dataset, divisor, sparseType);
  if (csr !== null) return (rows) => ({ csr, rows });
  return (rows) => gather(inputs, columns, rows, divisor);
};

/** Centred inputs, or polynomials of them; then each feature is scaled, as a column of the design matrix. */
const computedInputs: InputsOf = (dataset, features, train) => {
  const { scale, basis } = features;
  const inputs = centredInputs(dataset, features, train);
  const terms = basis === 'none' ? null : polynomialTerms(features.degree!, basis);
  const featuresOf = (rows: Int32Array) =>
    terms === null ? inputs(rows) : polynomialFeatures(inputs(rows), terms).data;
  if (!isOfColumns(scale)) return featuresOf;
  const scales =
    terms === null
      ? columnScales(dataset.inputs, dataset.columns, train, scale)
      : columnScales(featuresOf(train), terms.length, allOf(train), scale);
  if (terms !== null) keepConstant(scales);
  return (rows) => {
    const values = featuresOf(rows);
    scaleInPlace(values, scales);
    return values;
  };
};

/** The feature 1, which is the first one, stays the model's intercept. */
function keepConstant({ offsets, factors }: ColumnScales): void {
  offsets[0] = 0;
  factors[0] = 1;
}

function centredInputs(
  { inputs, columns, largest }: Dataset,
  { scale, center }: ConfigBase['features'],
  train: Int32Array,
): (rows: Int32Array) => Float64Array {
  const divided = (rows: Int32Array) => gather(inputs, columns, rows, divisorOf(scale, largest));
  if (center === 'none') return divided;
  const means = trainingMeans(divided(train), columns, allOf(train), center);
  return (rows) => {
    const values = divided(rows);
    subtractInPlace(values, columns, means);
    return values;
  };
}

/** The places of the rows in a matrix that has only these. */
function allOf(rows: Int32Array): Int32Array {
  return rows.map((_, place) => place);
}

function gather(source: ArrayLike<number>, columns: number, rows: Int32Array, divisor: number): Float64Array {
  const values = new Float64Array(rows.length * columns);
  let to = 0;
  for (const row of rows) {
    for (let d = 0; d < columns; d++) values[to++] = source[row * columns + d] / divisor;
  }
  return values;
}

function mean(values: ArrayLike<number>, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += values[row];
  return sum / rows.length;
}
