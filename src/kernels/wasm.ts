import type { Dtype } from '../math/dtype.ts';
import type { Kernels } from './kernels.ts';
import { createActivationKernels } from './reference.ts';

/** The exports of the modules built from assembly/. Offsets are in elements, as in `Kernels`. */
interface Exports extends Omit<Kernels, keyof Wrapped | 'dtype' | 'floats' | 'ints'> {
  sparseForward(...offsets: number[]): void;
  sparseBackwardWeights(...offsets: number[]): void;
  sparseSgdInPlace(...offsets: number[]): void;
  reluForward: Forward;
  reluBackward: Backward;
  leakyReluForward: Forward;
  leakyReluBackward: Backward;
  sigmoidForward: Forward;
  sigmoidBackward: Backward;
}

type Wrapped = Pick<
  Kernels,
  | 'sparseForward'
  | 'sparseBackwardWeights'
  | 'sparseSgdInPlace'
  | 'activationForwardInPlace'
  | 'activationBackwardInPlace'
>;
type Forward = (a: number, count: number) => void;
type Backward = (a: number, delta: number, count: number) => void;

const modules = new Map<Dtype, Promise<WebAssembly.Module>>();

/**
 * Creates the kernels in WebAssembly with 128-bit vectors, on a memory at its current size. They compute the same bits
 * as the reference. In a browser, which has no files, the caller must pass `module`.
 *
 * Errors: WebAssembly.CompileError if the engine does not support vectors.
 */
export async function createWasmKernels(
  dtype: Dtype,
  memory: WebAssembly.Memory,
  module: Promise<WebAssembly.Module> = moduleFor(dtype),
): Promise<Kernels> {
  const instance = await WebAssembly.instantiate(await module, { env: { memory } });
  const exports = instance.exports as unknown as Exports;
  const { buffer } = memory;
  const floats = dtype === 'float32' ? new Float32Array(buffer) : new Float64Array(buffer);
  const any = createActivationKernels(floats, dtype === 'float32' ? Math.fround : (x) => x);
  const forward: Record<string, Forward | undefined> = {
    relu: exports.reluForward,
    leaky_relu: exports.leakyReluForward,
    sigmoid: exports.sigmoidForward,
  };
  const backward: Record<string, Backward | undefined> = {
    relu: exports.reluBackward,
    leaky_relu: exports.leakyReluBackward,
    sigmoid: exports.sigmoidBackward,
  };
  return {
    ...exports,
    dtype,
    floats,
    ints: new Int32Array(buffer),
    sparseForward: (x, rows, w, b, out, N, H, stride) =>
      exports.sparseForward(x.values, x.columns, x.starts, rows, w, b, out, N, H, stride),
    sparseBackwardWeights: (x, rows, delta, gradient, { ints, floats: entries }, N, D, H, stride) =>
      exports.sparseBackwardWeights(
        x.values,
        x.columns,
        x.starts,
        rows,
        delta,
        gradient,
        ints,
        entries,
        N,
        D,
        H,
        stride,
      ),
    sparseSgdInPlace: (x, rows, delta, gradient, w, rate, { ints, floats: entries }, N, D, H, stride) =>
      exports.sparseSgdInPlace(
        x.values,
        x.columns,
        x.starts,
        rows,
        delta,
        gradient,
        w,
        rate,
        ints,
        entries,
        N,
        D,
        H,
        stride,
      ),
    activationForwardInPlace(activation, a, count) {
      const kernel = forward[activation.name];
      if (kernel === undefined) any.activationForwardInPlace(activation, a, count);
      else kernel(a, count);
    },
    activationBackwardInPlace(activation, a, delta, count) {
      const kernel = backward[activation.name];
      if (kernel === undefined) any.activationBackwardInPlace(activation, a, delta, count);
      else kernel(a, delta, count);
    },
  };
}

function moduleFor(dtype: Dtype): Promise<WebAssembly.Module> {
  const known = modules.get(dtype);
  if (known !== undefined) return known;
  const module = readModule(dtype);
  modules.set(dtype, module);
  return module;
}

/** Reads a module from the build. The path works from the sources and from the build. */
async function readModule(dtype: Dtype): Promise<WebAssembly.Module> {
  const { readFile } = await import('node:fs/promises');
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/src/kernels/' : './';
  return WebAssembly.compile(await readFile(new URL(`${folder}${dtype}.wasm`, import.meta.url)));
}
