import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Installed } from './installed.ts';

/** wasm is used if its package is installed, since cpu takes ten times as long. Their last bits differ. */
export const backends = ['wasm', 'cpu'] as const;

export interface TfjsVersions {
  readonly version: string;
  readonly backend: (typeof backends)[number];
}

/** The parts of TensorFlow.js that are used here. It is optional, so its types may be missing. */
export interface TensorFlow {
  readonly layers: {
    dense(config: object): object;
    leakyReLU(config: { alpha: number }): object;
  };
  readonly regularizers: { l2(config: { l2: number }): object };
  readonly train: {
    sgd(rate: number): Optimizer;
    momentum(rate: number, momentum: number): Optimizer;
  };
  readonly metrics: Record<
    'meanSquaredError' | 'categoricalCrossentropy' | 'categoricalAccuracy',
    (targets: Tensor, outputs: Tensor) => Tensor
  >;
  readonly version: { readonly tfjs: string };
  sequential(): Sequential;
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  tidy<Result>(compute: () => Result): Result;
  dispose(what: unknown): void;
  enableProdMode(): void;
  setBackend(name: string): Promise<boolean>;
  getBackend(): string;
  env(): { set(flag: string, value: boolean): void };
}

export interface Tensor {
  dataSync(): Float32Array;
}

export interface Optimizer {
  setLearningRate(rate: number): void;
  dispose(): void;
}

export interface Sequential {
  add(layer: object): void;
  compile(config: { optimizer: Optimizer; loss: string }): void;
  setWeights(weights: readonly Tensor[]): void;
  trainOnBatch(inputs: Tensor, targets: Tensor): Promise<unknown>;
  predictOnBatch(inputs: Tensor): Tensor;
  dispose(): void;
}

const core = '@tensorflow/tfjs';
const wasmBackend = '@tensorflow/tfjs-backend-wasm';

/** The benchmark's folder. The path works from the sources and from the build. */
const bench = new URL(import.meta.url.endsWith('.js') ? '../../../bench/' : '../../bench/', import.meta.url);

/** The places to look for the packages: next to this program, in the current directory, in the benchmark's folder. */
function* places(): Generator<NodeJS.Require> {
  yield createRequire(import.meta.url);
  yield createRequire(join(process.cwd(), 'package.json'));
  yield createRequire(new URL('package.json', bench));
}

interface Installation {
  readonly require: NodeJS.Require;
  readonly versions: TfjsVersions;
}

function findInstallation(): Installation | null {
  for (const require of places()) {
    const version = versionOf(require, core);
    if (version === null) continue;
    const backend = versionOf(require, wasmBackend) === version ? 'wasm' : 'cpu';
    return { require, versions: { version, backend } };
  }
  return null;
}

function versionOf(require: NodeJS.Require, name: string): string | null {
  try {
    return require(`${name}/package.json`).version;
  } catch {
    return null;
  }
}

export async function findTfjs(): Promise<Installed<TfjsVersions>> {
  const installation = findInstallation();
  if (installation !== null) return { versions: installation.versions };
  const reason = `the package ${core} is installed neither next to fys-nn nor in this folder`;
  return { absent: { reason, remedy: `\`npm install ${core} ${wasmBackend}\`` } };
}

/** Loads TensorFlow.js and its back end. Errors: a version or back end other than the expected one. */
export async function loadTensorFlow(expected: TfjsVersions): Promise<TensorFlow> {
  const installation = findInstallation();
  const { version, backend } = installation?.versions ?? {};
  if (version !== expected.version || backend !== expected.backend) {
    throw new Error(`TensorFlow.js ${expected.version} on ${expected.backend} is no longer installed`);
  }
  const { require } = installation!;
  const tf: TensorFlow = require(core);
  tf.enableProdMode(); // otherwise it recommends another package on the console
  if (backend === 'wasm') {
    const folder = dirname(require.resolve(wasmBackend));
    require(wasmBackend).setWasmPaths(join(folder, '/'));
    // One thread, so that the order of sums does not depend on the number of cores.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  }
  if ((await tf.setBackend(backend!)) && tf.getBackend() === backend) return tf;
  throw new Error(`TensorFlow.js cannot start its back end ${backend}`);
}
