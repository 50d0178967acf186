// The limits of one core: multiplying and adding in registers, the bandwidth of each level of memory, and calls.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { processorSeconds } from './clock.js';

const source = fileURLToPath(new URL('../assembly/ceilings.ts', import.meta.url));
const pageBytes = 65536;

/** Buffer sizes for each level, in bytes. A call whose data fit into `upTo` bytes is compared with that level. */
export const levels = {
  L1: { bytes: 16 * 2 ** 10, upTo: 32 * 2 ** 10 },
  L2: { bytes: 384 * 2 ** 10, upTo: 2 ** 20 },
  L3: { bytes: 3 * 2 ** 20, upTo: 8 * 2 ** 20 },
  memory: { bytes: 96 * 2 ** 20, upTo: Infinity },
};

/** The level into which data of this size fit. */
export function levelOf(bytes) {
  return Object.keys(levels).find((level) => bytes <= levels[level].upTo);
}

/**
 * Builds the benchmarks of the ceilings, with the kernels' compiler and options, for each element type.
 *
 * Each ceiling is a function that measures once, for about the given number of seconds.
 */
export async function createCeilings() {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((2 * levels.memory.bytes) / pageBytes) + 2 });
  new Float32Array(memory.buffer).fill(0.5);
  const ceilings = {};
  for (const dtype of ['float32', 'float64']) {
    const { exports } = await WebAssembly.instantiate(await build(dtype), { env: { memory } });
    ceilings[dtype] = ceilingsOf(exports);
  }
  return ceilings;
}

function ceilingsOf({ nothing, multiplyAdd8, multiplyAdd12, read, copy }) {
  const buffer = 1024;
  const perSecond = (seconds, work) => {
    // Double the work until it is long enough to measure, then run once for the requested time.
    let count = 1;
    let first = timed(() => work(count));
    for (; first.seconds < 1e-4; count *= 2) first = timed(() => work(2 * count));
    const { seconds: taken, amount } = timed(() => work(Math.ceil((count * seconds) / first.seconds)));
    return amount / taken;
  };
  const multiplied = (kernel) => (count) => 2 * kernel(buffer, 0, 2000 * count);
  return {
    /** operations per second; a product and a sum count as two */
    multiplyAdd: (seconds) =>
      Math.max(
        perSecond(seconds / 2, multiplied(multiplyAdd8)),
        perSecond(seconds / 2, multiplied(multiplyAdd12)),
      ),
    /** bytes read per second from a level */
    read: (level, seconds) => {
      const { bytes } = levels[level];
      return perSecond(seconds, (count) => {
        read(buffer, bytes, 0, count);
        return bytes * count;
      });
    },
    /** bytes read and written per second; both buffers together fit into the level */
    copy: (level, seconds) => {
      const bytes = levels[level].bytes / 2;
      return perSecond(seconds, (count) => {
        copy(buffer, buffer + bytes + 192, bytes, count);
        return 2 * bytes * count;
      });
    },
    nothing,
  };
}

function timed(work) {
  const started = processorSeconds();
  const amount = work();
  return { amount, seconds: processorSeconds() - started };
}

async function build(dtype) {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-ceilings-'));
  const asc = join(
    dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')),
    'bin/asc.js',
  );
  const out = join(folder, 'ceilings.wasm');
  const options = ['--enable', 'simd', '-O3', '--runtime', 'stub', '--noAssert', '--importMemory'];
  const use = `F=${dtype === 'float32' ? 'f32' : 'f64'}`;
  await promisify(execFile)(process.execPath, [asc, source, '-o', out, ...options, '--use', use]);
  const module = await WebAssembly.compile(await readFile(out));
  await rm(folder, { recursive: true });
  return module;
}
