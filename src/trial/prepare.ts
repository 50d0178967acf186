import type { Dataset } from '../datasets/dataset.ts';
import { type ColumnScales, columnScales, divisorOf, isOfColumns, trainingMeans } from '../datasets/scale.ts';
import { sparseInputs } from '../datasets/sparse.ts';
import { type Split, splitRows } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import type { Dtype } from '../math/dtype.ts';
import { type LossName, losses } from '../nn/losses.ts';
import type { Samples } from '../nn/samples.ts';
import { polynomialTerms } from '../regression/polynomial.ts';
import { areAsStored, type ConfigBase, featureCount, sharedSeed } from './config.ts';
import { applySteps, type Step } from './preprocessing.ts';

/** The training and the test rows as the model sees them. */
export interface PreparedRows {
  readonly train: Samples;
  readonly test: Samples;
  /** Absent without validation rows. */
  readonly validation?: Samples;
  /** Absent: the targets are in their own unit. */
  readonly targetScale?: TargetScale;
  /** The test targets without noise, in the unit of the others; absent if they are not known. */
  readonly noiseFree?: Float64Array;
}

/** The same, and how they came about. */
export interface Prepared extends PreparedRows {
  /** What turns rows of the data into the model's inputs, fitted to the training rows. */
  readonly steps: readonly Step[];
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
  const { steps, inputsOf } = inputsFrom(dataset, features, train, mayBeSparse ? dtype : null);
  const encode = (values: Dataset['targets'], rows: Int32Array): Float64Array => {
    const targets = losses[loss].encode(values, rows, dataset.classes);
    if (offset !== 0) for (let n = 0; n < targets.length; n++) targets[n] -= offset;
    if (factor !== 1) for (let n = 0; n < targets.length; n++) targets[n] /= factor;
    return targets;
  };
  const samples = (rows: Int32Array): Samples => ({
    rows: rows.length,
    inputs: inputsOf(rows),
    targets: encode(dataset.targets, rows),
  });
  const { noiseFree } = dataset;
  return {
    train: samples(train),
    test: samples(test),
    steps,
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

/**
 * The fitted steps and the inputs of any rows. Inputs that stay as they are stored, apart from a divisor, are sparse if most of
 * them are 0 and `sparseType` is not null, which says that they have to be dense.
 */
function inputsFrom(
  dataset: Dataset,
  features: ConfigBase['features'],
  train: Int32Array,
  sparseType: Dtype | null,
): { readonly steps: readonly Step[]; readonly inputsOf: (rows: Int32Array) => Samples['inputs'] } {
  const { inputs, columns, largest } = dataset;
  if (areAsStored(features) && sparseType !== null) {
    const divisor = divisorOf(features.scale, largest);
    const csr = sparseInputs(dataset, divisor, sparseType);
    if (csr !== null) return { steps: divisionBy(divisor), inputsOf: (rows) => ({ csr, rows }) };
  }
  const { steps, values } = fitSteps(dataset, features, train);
  return {
    steps,
    inputsOf: (rows) => (rows === train ? values : applySteps(gather(inputs, columns, rows), steps)),
  };
}

/** Steps fitted to the training rows, one after the other, and these rows after the last one. */
function fitSteps(
  { inputs, columns, largest, hasMissing }: Dataset,
  features: ConfigBase['features'],
  train: Int32Array,
): { readonly steps: readonly Step[]; readonly values: Float64Array } {
  const { scale, center, basis, degree } = features;
  const stored = gather(inputs, columns, train);
  const filling: Step[] = hasMissing === true ? [{ step: 'fill', by: meansOfKnown(stored, columns) }] : [];
  const steps: Step[] = [...filling, ...divisionBy(divisorOf(scale, largest))];
  let values = applySteps(stored, steps);
  const every = train.map((_, place) => place);
  const add = (step: Step): void => {
    steps.push(step);
    values = applySteps(values, [step]);
  };
  if (center !== 'none') add({ step: 'subtract', means: trainingMeans(values, columns, every, center) });
  if (basis !== 'none') add({ step: 'polynomial', exponents: polynomialTerms(degree!, basis, columns) });
  if (isOfColumns(scale)) {
    const scales = columnScales(values, featureCount(features, columns), every, scale);
    if (basis !== 'none') keepConstant(scales);
    add({ step: 'scale', ...scales });
  }
  return { steps, values };
}

/** The mean of each column over its values that are not missing; 0 for a column without any. */
function meansOfKnown(values: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  const counts = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    sums[i % columns] += values[i];
    counts[i % columns]++;
  }
  return sums.map((sum, d) => (counts[d] === 0 ? 0 : sum / counts[d]));
}

function divisionBy(divisor: number): readonly Step[] {
  return divisor === 1 ? [] : [{ step: 'divide', by: divisor }];
}

/** The feature 1, which is the first one, stays the model's intercept. */
function keepConstant({ offsets, factors }: ColumnScales): void {
  offsets[0] = 0;
  factors[0] = 1;
}

/** The inputs of some rows, [rows][columns]. */
export function gather(source: ArrayLike<number>, columns: number, rows: Int32Array): Float64Array {
  const values = new Float64Array(rows.length * columns);
  let to = 0;
  for (const row of rows) {
    for (let d = 0; d < columns; d++) values[to++] = source[row * columns + d];
  }
  return values;
}

function mean(values: ArrayLike<number>, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += values[row];
  return sum / rows.length;
}
