import type { Dtype } from '../math/dtype.ts';
import type { Kernels } from './kernels.ts';
import { createWasmKernels } from './wasm.ts';

/** A minimal module with one vector instruction. Engines without vectors reject it. */
const vectorProbe = Uint8Array.of(
  ...[
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
    11,
  ],
);

let vectors: boolean | null = null;

/** Whether this engine and processor support 128-bit vectors in WebAssembly. */
export function hasVectors(): boolean {
  vectors ??= WebAssembly.validate(vectorProbe);
  return vectors;
}

/** The implementation that `createKernels` chooses. */
export function kernelsInUse(): 'wasm' | 'reference' {
  return process.env.FYS_NN_KERNELS !== 'reference' && hasVectors() ? 'wasm' : 'reference';
}

/** The kernels of each memory at its current size: an instance takes as long as a small training, and kernels have no state. */
const made = new WeakMap<
  WebAssembly.Memory,
  Map<string, { buffer: ArrayBufferLike; kernels: Promise<Kernels> }>
>();

/**
 * Returns the kernels on a memory: in WebAssembly if the engine supports vectors, otherwise the reference. The
 * environment variable FYS_NN_KERNELS=reference forces the reference. Both compute the same bits.
 */
export function createKernels(dtype: Dtype, memory: WebAssembly.Memory): Promise<Kernels> {
  const use = kernelsInUse();
  const name = `${use} ${dtype}`;
  const { buffer } = memory;
  const ofMemory = made.get(memory) ?? new Map();
  made.set(memory, ofMemory);
  const known = ofMemory.get(name);
  // Views of a memory do not follow when it grows.
  if (known?.buffer === buffer) return known.kernels;
  const kernels = use === 'wasm' ? createWasmKernels(dtype, memory) : createReference(dtype, memory);
  ofMemory.set(name, { buffer, kernels });
  kernels.catch(() => ofMemory.delete(name));
  return kernels;
}

/**
 * Imports a separate instance of the reference module for each element type, by means of the query. The engine then
 * compiles the loops for one kind of array, which is several times faster than code shared by two.
 */
async function createReference(dtype: Dtype, memory: WebAssembly.Memory): Promise<Kernels> {
  const file = import.meta.url.endsWith('.ts') ? './reference.ts' : './reference.js';
  const reference: typeof import('./reference.ts') = await import(`${file}?${dtype}`);
  return reference.createReferenceKernels(dtype, memory);
}
