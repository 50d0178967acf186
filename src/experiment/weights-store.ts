import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dtype } from '../math/dtype.ts';
import type { LayerWeights } from '../nn/network.ts';
import { storeError } from './store.ts';
import type { SgdConfig, Trial } from './trial.ts';

const digestBytes = 32;

/**
 * Keeps the final weights of a trial beside its record: `weights/<id>.bin` in the store, whole or not at all.
 *
 * The file is each layer's kernel [inputs][units], row by row, then its bias [units], little-endian, in the trial's own
 * element type; then the SHA-256 of all that. Errors: a store that cannot be written.
 */
export async function writeWeights(
  directory: string,
  { id, config }: Trial,
  weights: readonly LayerWeights[],
): Promise<void> {
  const { dtype } = config.model as SgdConfig;
  const numbers = weightsBytes(weights, dtype);
  const folder = join(directory, 'weights');
  const aside = join(folder, `${id}.${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(aside, 'wx');
    try {
      await file.writeFile(Buffer.concat([numbers, digestOf(numbers)]));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(aside, weightsFile(directory, id));
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {});
    throw storeError(directory, error);
  }
}

/** The final weights of a trial, or null where the store keeps none of it or the file is damaged. */
export async function readWeights(directory: string, { id, config }: Trial): Promise<LayerWeights[] | null> {
  const { model } = config;
  if (model.solver !== 'sgd') return null;
  const bytes = await readFile(weightsFile(directory, id)).catch(() => null);
  if (bytes === null || bytes.length <= digestBytes) return null;
  const numbers = bytes.subarray(0, -digestBytes);
  if (!digestOf(numbers).equals(bytes.subarray(-digestBytes))) return null;
  return layersOf(numbers, model);
}

/** The bytes of `weights/<id>.bin` without the digest. */
export function weightsBytes(weights: readonly LayerWeights[], dtype: Dtype): Buffer {
  const size = elementBytes[dtype];
  const numbers = weights.flatMap(({ kernel, bias }) => (bias === null ? [kernel] : [kernel, bias]));
  const bytes = Buffer.alloc(size * numbers.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of numbers) {
    for (const value of values) {
      if (dtype === 'float32') bytes.writeFloatLE(value, at);
      else bytes.writeDoubleLE(value, at);
      at += size;
    }
  }
  return bytes;
}

const elementBytes: Readonly<Record<Dtype, number>> = { float32: 4, float64: 8 };

function weightsFile(directory: string, id: string): string {
  return join(directory, 'weights', `${id}.bin`);
}

function digestOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** null where the length of the file does not fit the layers; the number of inputs follows from it. */
function layersOf(bytes: Buffer, { layers, dtype }: SgdConfig): LayerWeights[] | null {
  const size = elementBytes[dtype];
  const above = layers.slice(1).reduce((sum, { units }, l) => sum + layers[l].units * units, 0);
  const biases = layers.reduce((sum, { units, biasInit }) => sum + (biasInit === null ? 0 : units), 0);
  let inputs = (bytes.length / size - above - biases) / layers[0].units;
  if (!Number.isInteger(inputs) || inputs < 1) return null;
  let at = 0;
  const take = (count: number) =>
    Float64Array.from({ length: count }, () => {
      const value = dtype === 'float32' ? bytes.readFloatLE(at) : bytes.readDoubleLE(at);
      at += size;
      return value;
    });
  return layers.map(({ units, biasInit }) => {
    const kernel = take(inputs * units);
    inputs = units;
    return { kernel, bias: biasInit === null ? null : take(units) };
  });
}
