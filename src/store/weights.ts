import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeDirectory } from '../files/directories.ts';
import { readRegularBytes } from '../files/regular-file.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { LayerWeights } from '../nn/network.ts';
import { weightsFromBytes, weightsToBytes } from '../nn/weights-bytes.ts';
import { hashOfId, idOfHash } from '../trial/id.ts';
import type { SgdConfig } from '../trial/solvers/sgd.ts';
import type { Trial } from '../trial/trial.ts';
import { storeError } from './journal.ts';
import { kinds, storeFilesIn } from './own-files.ts';

const digestBytes = 32;
/** The largest file of weights in bytes: the memory that a plan allows a trial. */
const largest = 2 ** 32;

/**
 * Writes the final weights of a trial to `weights/<hash of its id>.bin` in the store, whole or not at all.
 *
 * The file is the result of `weightsToBytes` in the trial's element type, followed by its SHA-256. Errors: the store cannot
 * be written.
 */
export async function writeWeights(
  directory: string,
  { id, config }: Trial,
  weights: readonly LayerWeights[],
): Promise<void> {
  const { dtype } = config.model as SgdConfig;
  const numbers = weightsToBytes(weights, dtype);
  try {
    await makeDirectory(weightsFolder(directory));
    await writeWhole(weightsFile(directory, id), Buffer.concat([numbers, digestOf(numbers)]));
  } catch (error) {
    throw storeError(directory, error);
  }
}

/** Reads the final weights of a trial; null if the store has none or if the file is damaged. */
export async function readWeights(directory: string, trial: Trial): Promise<LayerWeights[] | null> {
  const bytes = await readWeightsBytes(directory, trial);
  const { model } = trial.config;
  if (bytes === null || model.solver !== 'sgd') return null;
  return weightsFromBytes(bytes, model.layers, model.dtype);
}

/** The same, as the bytes of `weightsToBytes`. */
export function readWeightsBytes(directory: string, { id }: Trial): Promise<Uint8Array | null> {
  return readWhole(weightsFile(directory, id));
}

/** The names of the files of weights in the store by trial id: complete files and damaged ones. */
export interface FoundWeights {
  readonly whole: ReadonlyMap<string, string>;
  readonly damaged: ReadonlyMap<string, string>;
}

/** Reads and checks every file of weights. */
export async function findWeights(directory: string): Promise<FoundWeights> {
  const folder = weightsFolder(directory);
  const [whole, damaged] = [new Map<string, string>(), new Map<string, string>()];
  for (const name of await storeFilesIn(folder)) {
    const hash = kinds.weights.name.exec(name)?.[1];
    if (hash === undefined) continue;
    const found = (await readWhole(join(folder, name))) === null ? damaged : whole;
    found.set(idOfHash(hash), name);
  }
  return { whole, damaged };
}

async function readWhole(path: string): Promise<Uint8Array | null> {
  const bytes = await readRegularBytes(path, largest).catch(() => null);
  if (bytes === null || bytes.length <= digestBytes) return null;
  const numbers = bytes.subarray(0, -digestBytes);
  return digestOf(numbers).equals(bytes.subarray(-digestBytes)) ? numbers : null;
}

export const weightsFolder = (directory: string): string => join(directory, 'weights');

function weightsFile(directory: string, id: string): string {
  return join(weightsFolder(directory), `${hashOfId(id)}.bin`);
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
