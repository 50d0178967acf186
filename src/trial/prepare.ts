import type { Dataset } from '../datasets/dataset.ts';
import { subtractInPlace, trainingMeans } from '../datasets/scale.ts';
import { splitRows } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import { type Csr, csrFromDense } from '../math/csr.ts';
import type { Dtype } from '../math/dtype.ts';
import type { Samples } from '../nn/samples.ts';
import { polynomialFeatures, polynomialTerms } from '../regression/polynomial.ts';
import type { TrialConfig } from './trial.ts';

/** The training and the test rows as the model sees them. */
export interface Prepared {
  readonly train: Samples;
  readonly test: Samples;
}

/** The element type in which a model takes its inputs. */
export function dtypeOf(model: TrialConfig['model']): Dtype {
  if (model.solver === 'sgd') return model.dtype;
  return model.solver === 'reference' && model.reference === 'tfjs' ? 'float32' : 'float64';
}

/** Inputs of which fewer are nonzero than this are kept as sparse rows: same numbers, less work. */
const sparseBelow = 0.5;

/** Splits the rows, centres by training means, and makes the features. */
export function prepare(dataset: Dataset, { split, features, seed }: TrialConfig, dtype: Dtype): Prepared {
  const { train, test } = splitRows(dataset, split, seed);
  const targetMean =
    features.centerTargets && dataset.task === 'regression' ? mean(dataset.targets, train) : 0;
  const inputsOf = features.center === 'none' && features.basis === 'none' ? asTheyAre : centred;
  const inputs = inputsOf(dataset, features, train, dtype);
  const samples = (rows: Int32Array): Samples => ({
    rows: rows.length,
    inputs: inputs(rows),
    targets: targetsOf(dataset, rows, targetMean),
  });
  return { train: samples(train), test: samples(test) };
}

type InputsOf = (
  dataset: Dataset,
  features: TrialConfig['features'],
  train: Int32Array,
  dtype: Dtype,
) => (rows: Int32Array) => Samples['inputs'];

/** Uncentred inputs, sparse where most of them are 0. */
const asTheyAre: InputsOf = (dataset, _features, _train, dtype) => {
  const csr = sparseInputs(dataset, dtype);
  if (csr !== null) return (rows) => ({ csr, rows });
  const { inputs, columns, divisor } = dataset;
  return (rows) => gather(inputs, columns, rows, divisor);
};

const mostlyZero = new WeakMap<Dataset, boolean>();

/** Whether most inputs are 0, found out once for a dataset. */
export function isMostlyZero(dataset: Dataset): boolean {
  const known = mostlyZero.get(dataset);
  if (known !== undefined) return known;
  const found = lookForZeros(dataset);
  mostlyZero.set(dataset, found);
  return found;
}

/** Looks at one row in sixteen: only speed depends on the answer. Kernels number columns with 16 bits. */
function lookForZeros({ inputs, columns, rows }: Dataset): boolean {
  if (columns > 65536) return false;
  let nonzero = 0;
  let seen = 0;
  for (let row = 0; row < rows; row += 16) {
    for (let i = row * columns; i < (row + 1) * columns; i++) if (inputs[i] !== 0) nonzero++;
    seen += columns;
  }
  return nonzero < sparseBelow * seen;
}

const matrices = new WeakMap<Dataset, Map<Dtype, Csr>>();

/**
 * All rows of a dataset as a sparse matrix, made once for each element type for all trials of the process; null where
 * too few of the inputs are 0.
 */
export function sparseInputs(dataset: Dataset, dtype: Dtype): Csr | null {
  const known = matrices.get(dataset)?.get(dtype);
  if (known !== undefined) return known;
  if (!isMostlyZero(dataset)) return null;
  const { inputs, columns, rows, divisor } = dataset;
  const every = Int32Array.from({ length: rows }, (_, row) => row);
  const csr = csrFromDense(inputs, columns, every, divisor, dtype);
  keepSparse(dataset, dtype, csr);
  return csr;
}

/** Keeps a dataset's sparse matrix, which another thread may have made. */
export function keepSparse(dataset: Dataset, dtype: Dtype, csr: Csr): void {
  const made = matrices.get(dataset) ?? new Map<Dtype, Csr>();
  matrices.set(dataset, made.set(dtype, csr));
}

const centred: InputsOf = ({ inputs, columns, divisor }, { basis, degree, center }, train) => {
  const every = Float64Array.from(inputs, (value) => value / divisor);
  subtractInPlace(every, columns, trainingMeans(every, columns, train, center));
  if (basis === 'none') return (rows) => gather(every, columns, rows, 1);
  if (columns !== 2) {
    throw new UserError({
      what: `--basis ${basis} needs data with two inputs`,
      expected: 'two columns',
      received: columns,
      remedy: 'use --basis none',
    });
  }
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

/** Real targets less the mean, or labels as one-hot rows. */
function targetsOf({ task, targets, classes }: Dataset, rows: Int32Array, targetMean: number): Float64Array {
  if (task === 'regression') return Float64Array.from(rows, (row) => targets[row] - targetMean);
  const oneHot = new Float64Array(rows.length * classes);
  rows.forEach((row, n) => {
    oneHot[n * classes + targets[row]] = 1;
  });
  return oneHot;
}

function mean(values: ArrayLike<number>, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += values[row];
  return sum / rows.length;
}
