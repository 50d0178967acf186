import type { Dtype } from '../math/dtype.ts';
import type { Kernels } from './kernels.ts';
import { createActivationKernels } from './reference.ts';

/** The exports of the modules built from assembly/. Offsets are in elements, as in `Kernels`. */
interface Exports extends Omit<Kernels, keyof Wrapped | 'dtype' | 'floats' | 'ints'> {
  sparseForward(...offsets: number[]): void;
  sparseBackwardWeights(...offsets: number[]): void;
  sparseSgdInPlace(...offsets: number[]): void;
}

type Wrapped = Pick<
  Kernels,
  | 'sparseForward'
  | 'sparseBackwardWeights'
  | 'sparseSgdInPlace'
  | 'activationForwardInPlace'
  | 'activationBackwardInPlace'
  | 'copy'
>;
/** The kernels of an activation, which are named after it: `leakyReluForward` for leaky_relu. */
interface ActivationExports {
  readonly forward?: (a: number, count: number) => void;
  readonly backward?: (x: number, delta: number, count: number) => void;
}

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
  const any = createActivationKernels(dtype, floats);
  const activationExports = new Map<string, ActivationExports>();
  const ownKernels = (name: string): ActivationExports => {
    const known = activationExports.get(name);
    if (known !== undefined) return known;
    const stem = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    const functions = instance.exports as Record<string, never>;
    const own = { forward: functions[`${stem}Forward`], backward: functions[`${stem}Backward`] };
    activationExports.set(name, own);
    return own;
  };
  return {
    ...exports,
    dtype,
    floats,
    ints: new Int32Array(buffer),
    sparseForward: (x, rows, w, b, out, N, H, stride) =>
      exports.sparseForward(x.values, x.columns, x.starts, rows, w, b, out, N, H, stride),
    sparseBackwardWeights: (
      x,
      rows,
      delta,
      gradient,
      { ints, floats: entries },
      N,
      D,
      H,
      stride,
      continued,
    ) =>
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
        continued ? 1 : 0,
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
      const { forward } = ownKernels(activation.name);
      if (forward === undefined) any.activationForwardInPlace(activation, a, count);
      else forward(a, count);
    },
    activationBackwardInPlace(activation, x, delta, count) {
      const { backward } = ownKernels(activation.name);
      if (backward === undefined) any.activationBackwardInPlace(activation, x, delta, count);
      else backward(x, delta, count);
    },
    copy: any.copy,
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
