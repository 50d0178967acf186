import type { Dtype } from '../math/dtype.ts';
import type { Kernels, MemorySize } from './kernels.ts';

type CreateKernels = (dtype: Dtype, size: MemorySize) => Kernels;

/**
 * Memory of the given size with the kernels that work on it.
 *
 * Each element type gets its own instance of the reference module (the query makes it one): the engine then compiles
 * the loops for one kind of array, which is several times faster than code shared between two.
 */
export async function createKernels(dtype: Dtype, size: MemorySize): Promise<Kernels> {
  const file = import.meta.url.endsWith('.ts') ? './reference.ts' : './reference.js';
  const reference: { createReferenceKernels: CreateKernels } = await import(`${file}?${dtype}`);
  return reference.createReferenceKernels(dtype, size);
}
