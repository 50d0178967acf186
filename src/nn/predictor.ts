import type { Kernels } from '../kernels/kernels.ts';
import type { Dtype } from '../math/dtype.ts';
import { createMemory } from '../math/memory.ts';
import { createArena } from './arena.ts';
import { forwardHidden } from './forward.ts';
import { type LossName, losses } from './losses.ts';
import { type LayerSpec, type LayerWeights, layOut } from './network.ts';
import type { SampleMemory } from './samples.ts';
import { storeWeights } from './weights.ts';

/** Maps one row of inputs [D] to the network's outputs [P]; for a classifier these are probabilities. */
export type Predictor = (inputs: ArrayLike<number>) => number[];

/**
 * Creates a predictor for a trained network. It takes one row at a time and uses the same arithmetic as training.
 *
 * `createKernels` creates the kernels on a memory. The caller chooses the implementation.
 */
export async function createPredictor(
  layers: readonly LayerSpec[],
  weights: readonly LayerWeights[],
  loss: LossName,
  dtype: Dtype,
  createKernels: (dtype: Dtype, memory: WebAssembly.Memory) => Promise<Kernels>,
): Promise<Predictor> {
  const arena = createArena(dtype);
  const columns = weights[0].kernel.length / layers[0].units;
  const row: SampleMemory = { rows: 1, dense: arena.floats(columns), csr: null, csrRows: -1, targets: -1 };
  const memory = layOut(layers, columns, 1, 0, false, arena);
  const kernels = await createKernels(dtype, createMemory(arena.bytes()));
  storeWeights(kernels, memory, weights);
  const last = memory[memory.length - 1];
  return (inputs) => {
    kernels.floats.set(inputs, row.dense);
    forwardHidden(kernels, memory, row, row.dense, -1, 1);
    losses[loss].forward(kernels, last, 1);
    return Array.from(kernels.floats.subarray(last.output, last.output + last.units));
  };
}
