import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeDirectory } from '../files/directories.ts';
import { readRegularBytes } from '../files/regular-file.ts';
import { removeFile } from '../files/retry-while-busy.ts';
import { finalName, writeWhole } from '../files/write-whole.ts';
import type { BestEpoch } from '../nn/early-stopping.ts';
import { type Checkpoints, type Evaluations, type TrainingState, valuesAfter } from '../nn/epochs.ts';
import type { LayerWeights } from '../nn/network.ts';
import { hashOfId, idOfHash } from '../trial/id.ts';
import type { Trial } from '../trial/trial.ts';
import { isOwn, isOwnTemporary, kinds, storeFilesIn } from './own-files.ts';

/** Training was asked to end before its last epoch; its state is saved. */
export class Stopped extends Error {}

/** Milliseconds between two checkpoints. Shorter training has none. */
const interval = 1000;
/** How many checkpoints of a trial are kept, in case the newest cannot be read. */
const copies = 2;
const version = 3;
const digestLength = 32;
/** The largest checkpoint in bytes: the memory that a plan allows a trial. */
const largest = 2 ** 32;

export const checkpointFolder = (directory: string): string => join(directory, 'checkpoints');

/** The id of the trial to which a checkpoint or its temporary file belongs; null for any other file. */
export function trialOfCheckpoint(directory: string, name: string): string | null {
  const folder = checkpointFolder(directory);
  if (!isOwn(kinds.checkpoint, folder, name) && !isOwnTemporary(kinds.checkpoint, folder, name)) return null;
  const hash = kinds.checkpoint.name.exec(finalName(name) ?? name)?.[1];
  return hash === undefined ? null : idOfHash(hash);
}

/** The epochs after which the trainings of trials are saved, by id, as the names of the checkpoints have them. */
export async function savedEpochs(directory: string): Promise<Map<string, number>> {
  const saved = new Map<string, number>();
  for (const name of await storeFilesIn(checkpointFolder(directory)).catch(() => [])) {
    const id = finalName(name) === null ? trialOfCheckpoint(directory, name) : null;
    if (id !== null) saved.set(id, Math.max(saved.get(id) ?? 0, epochOf(name)));
  }
  return saved;
}

/** The checkpoint files of a trial. They are removed once the trial's record is in the store. */
export interface TrialCheckpoints extends Checkpoints {
  remove(): Promise<void>;
}

export interface CheckpointOptions {
  /** Whether training should save its state and end. */
  readonly stopRequested: () => boolean;
  /** Milliseconds between two checkpoints, for tests. */
  readonly every?: number;
  /** Called with the reason why a checkpoint cannot be written; training continues. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Opens the checkpoints of a trial: reads the newest complete one, from which to resume, and writes new ones.
 *
 * Each is written to a temporary file, synced and renamed, so that a kill at any moment leaves the previous one.
 */
export async function openCheckpoints(
  directory: string,
  { id, config }: Trial,
  { stopRequested, every = interval, onFailure = () => {} }: CheckpointOptions,
): Promise<TrialCheckpoints> {
  const folder = checkpointFolder(directory);
  const hash = hashOfId(id);
  const found = (await storeFilesIn(folder).catch(() => [])).filter(
    (name) => name.startsWith(hash) && trialOfCheckpoint(directory, name) === id,
  );
  // A file that cannot be removed does no harm, and `store gc` removes it.
  const remove = (name: string) => removeFile(join(folder, name)).catch(() => {});
  for (const part of found.filter(finalName)) await remove(part);
  let names = newestFirst(found.filter((name) => finalName(name) === null));
  let last = performance.now();
  const write = async (state: TrainingState): Promise<void> => {
    await makeDirectory(folder);
    const name = `${hash}-${(state.before?.epochs ?? 0) + state.epoch}.state`;
    await writeWhole(join(folder, name), encodeState(hash, state));
    names = [name, ...names.filter((other) => other !== name)];
    for (const old of names.splice(copies)) await remove(old);
  };
  return {
    resume: await newestState(folder, names, hash, config.model),
    due: () => stopRequested() || performance.now() - last >= every,
    keep: async (state) => {
      await write(state).catch(onFailure);
      last = performance.now();
      if (stopRequested()) throw new Stopped('the training was stopped');
    },
    remove: async () => {
      for (const name of names) await remove(name);
    },
  };
}

function epochOf(name: string): number {
  return Number(/-(\d+)\.state$/.exec(name)?.[1]);
}

function newestFirst(names: readonly string[]): string[] {
  return [...names].sort((a, b) => epochOf(b) - epochOf(a));
}

async function newestState(
  folder: string,
  names: readonly string[],
  hash: string,
  evaluations: Evaluations,
): Promise<TrainingState | null> {
  for (const name of names) {
    const bytes = await readRegularBytes(join(folder, name), largest).catch(() => null);
    const state = bytes === null ? null : tryDecoding(bytes, hash, evaluations);
    if (state !== null) return state;
  }
  return null;
}

/** Decodes a checkpoint; null if it is damaged, also if its digest is right but its content is not. */
function tryDecoding(bytes: Buffer, hash: string, evaluations: Evaluations): TrainingState | null {
  try {
    return decodeState(bytes, hash, evaluations);
  } catch {
    return null;
  }
}

interface Header {
  readonly version: number;
  /** The hash of the trial's id. */
  readonly id: string;
  readonly epoch: number;
  readonly train: TrainingState['train'];
  readonly test: TrainingState['test'];
  readonly validation?: TrainingState['validation'];
  readonly before?: TrainingState['before'];
  /** The best epoch of early stopping, whose weights come last; null without it. */
  readonly best: Omit<BestEpoch, 'weights'> | null;
  /** Lengths of kernel and bias of each layer; null for a layer without bias. */
  readonly layers: readonly (readonly [number, number | null])[];
  /** How many slots of the optimiser's state follow the weights. */
  readonly slots: number;
}

/**
 * Encodes a checkpoint: SHA-256 of the rest; length of the header; the header as JSON; weights, the optimiser's state and
 * the weights of the best epoch in little-endian float64.
 */
function encodeState(id: string, { weights, state, best, ...rest }: TrainingState): Buffer {
  const layers = weights.map(({ kernel, bias }) => [kernel.length, bias?.length ?? null] as const);
  const { weights: bestWeights = [], ...bestEpoch } = best ?? {};
  const header: Header = {
    version,
    id,
    ...rest,
    best: best === null ? null : (bestEpoch as Header['best']),
    layers,
    slots: state.length,
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const arrays = [...weights, ...state.flat(), ...bestWeights].flatMap(({ kernel, bias }) =>
    bias === null ? [kernel] : [kernel, bias],
  );
  const body = [
    length,
    text,
    ...arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)),
  ];
  const hash = createHash('sha256');
  for (const part of body) hash.update(part);
  return Buffer.concat([hash.digest(), ...body]);
}

/** Decodes a checkpoint; null if it is incomplete, of another trial, or of another version. */
function decodeState(bytes: Buffer, id: string, evaluations: Evaluations): TrainingState | null {
  const body = bytes.subarray(digestLength);
  const digest = createHash('sha256').update(body).digest();
  if (!digest.equals(bytes.subarray(0, digestLength))) return null;
  const headerLength = body.readUInt32LE(0);
  const header = JSON.parse(body.toString('utf8', 4, 4 + headerLength)) as Header;
  if (header.version !== version || header.id !== id) return null;
  const { epoch, train, test, validation, best, before } = header;
  const curves = validation === undefined ? { train, test } : { train, test, validation };
  const count = valuesAfter(epoch, evaluations);
  if (!Object.values(curves).every(({ loss }) => Array.isArray(loss) && loss.length === count)) return null;
  let at = 4 + headerLength;
  const take = (length: number): Float64Array => {
    if (8 * length > body.length - at) throw new RangeError('more numbers than there are');
    const array = new Float64Array(length);
    body.copy(Buffer.from(array.buffer), 0, at, at + array.byteLength);
    at += array.byteLength;
    return array;
  };
  const takeLayers = (): LayerWeights[] =>
    header.layers.map(([kernel, bias]) => ({
      kernel: take(kernel),
      bias: bias === null ? null : take(bias),
    }));
  const weights = takeLayers();
  const state = Array.from({ length: header.slots }, takeLayers);
  const restored = best === null ? null : { ...best, weights: takeLayers() };
  return at === body.length
    ? { epoch, ...curves, weights, state, best: restored, ...(before === undefined ? {} : { before }) }
    : null;
}
