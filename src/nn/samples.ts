import {
  type CsrOffsets,
  type Kernels,
  type SparseWorkspace,
  sparseWorkspaceSize,
} from '../kernels/kernels.ts';
import type { Csr } from '../math/csr.ts';
import type { FloatArray } from '../math/dtype.ts';
import type { Arena } from './arena.ts';

/**
 * Selected rows of a sparse matrix, which may be shared. Row n is row rows[n] of the matrix, which has at most 65536
 * columns.
 */
export interface SparseRows {
  readonly csr: Csr;
  readonly rows: Int32Array;
}

/**
 * Rows to train or evaluate on: inputs [rows][columns], dense or sparse, and targets [rows][outputs]. All sparse inputs
 * of a training run are rows of one matrix, which has the run's element type.
 */
export interface Samples {
  readonly rows: number;
  readonly inputs: FloatArray | SparseRows;
  /** Real values, or one-hot rows for classification. */
  readonly targets: FloatArray;
}

export function isSparse(inputs: Samples['inputs']): inputs is SparseRows {
  return 'csr' in inputs;
}

export function columnsOf({ rows, inputs }: Samples): number {
  return isSparse(inputs) ? inputs.csr.columns : inputs.length / rows;
}

/** The offsets of samples in the memory. Either `dense` or `csr` is set. */
export interface SampleMemory {
  readonly rows: number;
  readonly dense: number;
  readonly csr: CsrOffsets | null;
  /** in ints: the row of the sparse matrix for each sample; -1 for dense inputs */
  readonly csrRows: number;
  readonly targets: number;
}

/** The memory that holds sparse inputs, in which a training run then works; null for dense inputs. */
export function memoryOf({ inputs }: Samples): WebAssembly.Memory | null {
  return isSparse(inputs) ? inputs.csr.memory : null;
}

/** Lays out samples one after another. A sparse matrix stays where it is. */
export function layOutSamples(all: readonly Samples[], arena: Arena): SampleMemory[] {
  return all.map(({ rows, inputs, targets }) => ({
    rows,
    dense: isSparse(inputs) ? -1 : arena.floats(inputs.length),
    csr: isSparse(inputs) ? offsetsOf(inputs.csr) : null,
    csrRows: isSparse(inputs) ? arena.ints(rows) : -1,
    targets: arena.floats(targets.length),
  }));
}

/** Lays out the scratch space for batches of N sparse rows; nothing for dense ones. */
export function layOutSparseWorkspace(samples: Samples, N: number, arena: Arena): SparseWorkspace {
  const { ints, floats } = sparseWorkspaceSize(N, isSparse(samples.inputs) ? columnsOf(samples) : 0);
  return { ints: arena.ints(ints), floats: arena.floats(floats) };
}

function offsetsOf({ values, indices, starts }: Csr): CsrOffsets {
  return {
    values: values.byteOffset / values.BYTES_PER_ELEMENT,
    columns: indices.byteOffset / 4,
    starts: starts.byteOffset / 4,
  };
}

/** Copies the samples to their offsets. */
export function loadSamples(
  all: readonly Samples[],
  memories: readonly SampleMemory[],
  { floats, ints }: Kernels,
): void {
  all.forEach(({ inputs, targets }, index) => {
    const memory = memories[index];
    floats.set(targets, memory.targets);
    if (isSparse(inputs)) ints.set(inputs.rows, memory.csrRows);
    else floats.set(inputs, memory.dense);
  });
}
