import { createHash } from 'node:crypto';
import type { Dtype } from '../math/dtype.ts';
import type { BestEpoch } from '../nn/early-stopping.ts';
import type { TrainingState } from '../nn/epochs.ts';
import { type Evaluations, valuesAfter } from '../nn/evaluated-epochs.ts';
import type { LayerWeights } from '../nn/network.ts';

/** The version of the format of checkpoints. Those of other versions are not used. */
const version = 4;
const digestLength = 32;
/** The largest checkpoint in bytes: the memory that a plan allows a trial. */
export const largestState = 2 ** 32;

/** Decodes a checkpoint; null if it is damaged, also if its digest is right but its content is not. */
export function tryDecoding(bytes: Buffer, hash: string, evaluations: Evaluations): TrainingState | null {
  try {
    return decodeState(bytes, hash, evaluations);
  } catch {
    return null;
  }
}

interface Header {
  readonly version: number;
  /** The hash of the trial's id, or of what its training shares with others. */
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
  /** The element type of the numbers that follow. */
  readonly dtype: Dtype;
}

/**
 * Encodes a checkpoint: SHA-256 of the rest; length of the header; the header as JSON; weights, the optimiser's state and
 * the weights of the best epoch, little-endian, in float32 if that has them all exactly and else in float64.
 */
export function encodeState(id: string, { weights, state, best, ...rest }: TrainingState): Buffer {
  const layers = weights.map(({ kernel, bias }) => [kernel.length, bias?.length ?? null] as const);
  const { weights: bestWeights = [], ...bestEpoch } = best ?? {};
  const arrays = [...weights, ...state.flat(), ...bestWeights].flatMap(({ kernel, bias }) =>
    bias === null ? [kernel] : [kernel, bias],
  );
  const isSingle = arrays.every((array) => array.every((x) => Object.is(Math.fround(x), x)));
  const dtype = isSingle ? 'float32' : 'float64';
  const header: Header = {
    version,
    id,
    ...rest,
    best: best === null ? null : (bestEpoch as Header['best']),
    layers,
    slots: state.length,
    dtype,
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const body = [
    length,
    text,
    ...arrays.map((array) => {
      const numbers = isSingle ? Float32Array.from(array) : array;
      return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    }),
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
    const NumberArray = header.dtype === 'float32' ? Float32Array : Float64Array;
    if (NumberArray.BYTES_PER_ELEMENT * length > body.length - at)
      throw new RangeError('more numbers than there are');
    const array = new NumberArray(length);
    body.copy(Buffer.from(array.buffer), 0, at, at + array.byteLength);
    at += array.byteLength;
    return Float64Array.from(array);
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

/** Whether a file is a whole checkpoint with this hash in its header. */
export function isWholeState(bytes: Buffer, id: string): boolean {
  const body = bytes.subarray(digestLength);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(0, digestLength))) return false;
  return body.toString('utf8', 4, 4 + 200).includes(`"id":"${id}"`);
}
