import type { Dataset } from '../datasets/dataset.ts';
import { divisorOf, subtractInPlace, trainingMeans } from '../datasets/scale.ts';
import { sparseInputs } from '../datasets/sparse.ts';
import { splitRows } from '../datasets/split.ts';
import type { Dtype } from '../math/dtype.ts';
import { type LossName, losses } from '../nn/losses.ts';
import type { Samples } from '../nn/samples.ts';
import { polynomialFeatures, polynomialTerms } from '../regression/polynomial.ts';
import type { ConfigBase } from './config.ts';

/** The training and the test rows as the model sees them. */
export interface Prepared {
  readonly train: Samples;
  readonly test: Samples;
}

/**
 * Splits the rows, scales the inputs, subtracts training means, computes the features, and encodes the targets for the loss. Inputs of which
 * most are 0 become sparse rows where they may be.
 */
export function prepare(
  dataset: Dataset,
  { split, features, seed }: Pick<ConfigBase, 'split' | 'features' | 'seed'>,
  dtype: Dtype,
  loss: LossName,
  mayBeSparse = true,
): Prepared {
  const { train, test } = splitRows(dataset, split, seed);
  const targetMean =
    features.centerTargets && dataset.task === 'regression' ? mean(dataset.targets, train) : 0;
  const inputsOf = features.center === 'none' && features.basis === 'none' ? uncentredInputs : centredInputs;
  const inputs = inputsOf(dataset, features, train, mayBeSparse ? dtype : null);
  const samples = (rows: Int32Array): Samples => {
    const targets = losses[loss].encode(dataset.targets, rows, dataset.classes);
    if (targetMean !== 0) for (let n = 0; n < targets.length; n++) targets[n] -= targetMean;
    return { rows: rows.length, inputs: inputs(rows), targets };
  };
  return { train: samples(train), test: samples(test) };
}

type InputsOf = (
  dataset: Dataset,
  features: ConfigBase['features'],
  train: Int32Array,
  /** Of sparse rows; null where they have to be dense. */
  sparseType: Dtype | null,
) => (rows: Int32Array) => Samples['inputs'];

/** Uncentred inputs; sparse if most of them are 0. */
const uncentredInputs: InputsOf = (dataset, { scale }, _train, sparseType) => {
  const { inputs, columns, largest } = dataset;
  const divisor = divisorOf(scale, largest);
  const csr = sparseType === null ? null : sparseInputs(dataset, divisor, sparseType);
  if (csr !== null) return (rows) => ({ csr, rows });
  return (rows) => gather(inputs, columns, rows, divisor);
};

const centredInputs: InputsOf = ({ inputs, columns, largest }, features, train) => {
  const { scale, basis, degree, center } = features;
  const divisor = divisorOf(scale, largest);
  // Not Float64Array.from with a function, which takes seconds for the pixels of MNIST.
  const every = new Float64Array(inputs.length);
  for (let i = 0; i < every.length; i++) every[i] = inputs[i] / divisor;
  subtractInPlace(every, columns, trainingMeans(every, columns, train, center));
  if (basis === 'none') return (rows) => gather(every, columns, rows, 1);
  const terms = polynomialTerms(degree!, basis);
  return (rows) => polynomialFeatures(gather(every, columns, rows, 1), terms).data;
};

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
