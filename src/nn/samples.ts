import type { CsrOffsets, Kernels } from '../kernels/kernels.ts';
import type { Csr } from '../math/csr.ts';
import type { FloatArray } from '../math/dtype.ts';
import type { Arena } from './network.ts';

/** Rows to train or to evaluate on: inputs [rows][columns], dense or sparse, and targets [rows][outputs]. */
export interface Samples {
  readonly rows: number;
  readonly inputs: FloatArray | Csr;
  /** Real values, or one-hot rows for classification. */
  readonly targets: FloatArray;
}

/** Where samples lie in the memory; one of `dense` and `csr` is there. */
export interface SampleMemory {
  readonly rows: number;
  readonly dense: number;
  readonly csr: CsrOffsets | null;
  readonly targets: number;
}

export function layOutSamples({ rows, inputs, targets }: Samples, arena: Arena): SampleMemory {
  const csr =
    'starts' in inputs
      ? {
          values: arena.floats(inputs.values.length),
          columns: arena.ints(inputs.indices.length),
          starts: arena.ints(inputs.starts.length),
        }
      : null;
  const dense = 'starts' in inputs ? -1 : arena.floats(inputs.length);
  return { rows, dense, csr, targets: arena.floats(targets.length) };
}

export function loadSamples({ inputs, targets }: Samples, memory: SampleMemory, kernels: Kernels): void {
  if ('starts' in inputs) {
    const csr = memory.csr!;
    kernels.floats.set(inputs.values, csr.values);
    kernels.ints.set(inputs.indices, csr.columns);
    kernels.ints.set(inputs.starts, csr.starts);
  } else {
    kernels.floats.set(inputs, memory.dense);
  }
  kernels.floats.set(targets, memory.targets);
}
