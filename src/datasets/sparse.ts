import { type Csr, csrFromDense } from '../math/csr.ts';
import type { Dtype } from '../math/dtype.ts';
import type { Dataset } from './dataset.ts';

/**
 * If the share of nonzero inputs is smaller than this, they are stored as sparse rows: the same results with less work.
 */
const sparseBelow = 0.5;

const mostlyZero = new WeakMap<Dataset, boolean>();

/** Whether most inputs are 0. Computed once per dataset. */
export function isMostlyZero(dataset: Dataset): boolean {
  const known = mostlyZero.get(dataset);
  if (known !== undefined) return known;
  const found = estimateMostlyZero(dataset);
  mostlyZero.set(dataset, found);
  return found;
}

/** Checks one row in sixteen, since only speed depends on the answer. The kernels' column indices have 16 bits. */
function estimateMostlyZero({ inputs, columns, rows, hasMissing }: Dataset): boolean {
  if (columns > 65536 || hasMissing === true) return false;
  let nonzero = 0;
  let seen = 0;
  for (let row = 0; row < rows; row += 16) {
    for (let i = row * columns; i < (row + 1) * columns; i++) if (inputs[i] !== 0) nonzero++;
    seen += columns;
  }
  return nonzero < sparseBelow * seen;
}

const matrices = new WeakMap<Dataset, Map<string, Csr>>();

/**
 * All rows of a dataset as a sparse matrix, each value divided by `divisor`; null if too few inputs are 0. It is created
 * once per divisor, element type and process.
 */
export function sparseInputs(dataset: Dataset, divisor: number, dtype: Dtype): Csr | null {
  const known = matrices.get(dataset)?.get(keyOf(divisor, dtype));
  if (known !== undefined) return known;
  if (!isMostlyZero(dataset)) return null;
  const { inputs, columns, rows } = dataset;
  const every = Int32Array.from({ length: rows }, (_, row) => row);
  const csr = csrFromDense(inputs, columns, every, divisor, dtype);
  cacheSparse(dataset, divisor, dtype, csr);
  return csr;
}

/** Caches a dataset's sparse matrix, which another thread may have created. */
export function cacheSparse(dataset: Dataset, divisor: number, dtype: Dtype, csr: Csr): void {
  const made = matrices.get(dataset) ?? new Map<string, Csr>();
  matrices.set(dataset, made.set(keyOf(divisor, dtype), csr));
}

function keyOf(divisor: number, dtype: Dtype): string {
  return `${divisor} ${dtype}`;
}
