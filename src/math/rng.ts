import { UserError } from '../errors.ts';
import { log } from './elementary.ts';

/** What random numbers are used for. Each purpose draws from its own stream. */
export type Purpose =
  | 'data'
  | 'split'
  | 'validation'
  | 'folds'
  | 'init'
  | 'batches'
  | 'dropout'
  | 'bootstrap'
  | 'architecture'
  | 'exercise'
  | 'search'
  | 'verdicts';

/** A seeded stream of random numbers; every method draws from the same state. */
export interface Rng {
  /** An integer in [0, 2^32). */
  uint32(): number;
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number;
  /** An integer in [0, n) without bias, for an integer 1 <= n <= 2^32. */
  below(n: number): number;
  /** A number from the standard normal distribution N(0, 1). */
  normal(): number;
}

const twoTo32 = 2 ** 32;

/**
 * The stream of (seed, purpose, index): streams that differ in any of the three are independent.
 *
 * seed is an integer in [0, 2^53) and index an integer in [0, 2^32); anything else is a UserError. The two halves of
 * the seed, the index and a hash of the purpose form the four words of the state. They are then mixed by an invertible
 * function, so that no two streams of the purposes start in the same state.
 */
export function createRng(seed: number, purpose: Purpose, index = 0): Rng {
  requireInteger('the seed', seed, Number.MAX_SAFE_INTEGER);
  requireInteger('the index of a random stream', index, twoTo32 - 1);
  const state = Uint32Array.of(seed, Math.floor(seed / twoTo32), index, fnv1a(purpose));
  mixInPlace(state);
  return rngFromState(state);
}

/**
 * The stream that starts from these four words, not all zero. It takes ownership of the array.
 *
 * Integers: xoshiro128** 1.1 (Blackman & Vigna, Scrambled Linear Pseudorandom Number Generators, 2021). Normals:
 * Marsaglia's polar method (Marsaglia & Bray 1964), with a logarithm whose bits are the same on every machine.
 */
export function rngFromState(state: Uint32Array): Rng {
  const spare = Float64Array.of(Number.NaN);

  function uint32(): number {
    const s1 = state[1];
    const scrambled = Math.imul(s1, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const s2 = state[2] ^ state[0];
    const s3 = state[3] ^ s1;
    state[1] = s1 ^ s2;
    state[0] ^= s3;
    state[2] = s2 ^ (s1 << 9);
    state[3] = (s3 << 11) | (s3 >>> 21);
    return result;
  }

  function uniform(): number {
    const high = uint32() >>> 5;
    return (high * 2 ** 26 + (uint32() >>> 6)) * 2 ** -53;
  }

  function below(n: number): number {
    if (n === twoTo32) return uint32();
    const divisor = n >>> 0; // lets the compiler use an integer remainder
    let draw: number;
    let remainder: number;
    do {
      draw = uint32();
      remainder = draw % divisor;
    } while (draw - remainder > twoTo32 - divisor); // the last, incomplete run of n values would favour small remainders
    return remainder;
  }

  function normal(): number {
    const kept = spare[0];
    if (!Number.isNaN(kept)) {
      spare[0] = Number.NaN;
      return kept;
    }
    let u: number;
    let v: number;
    let square: number;
    do {
      u = 2 * uniform() - 1;
      v = 2 * uniform() - 1;
      square = u * u + v * v;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * log(square)) / square);
    spare[0] = v * scale;
    return u * scale;
  }

  return { uint32, uniform, below, normal };
}

/** The integers 0 .. n - 1 in random order, each order equally likely (Fisher-Yates shuffle in Durstenfeld's form). */
export function permutation(rng: Rng, n: number): Int32Array {
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = n - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    const swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  return order;
}

/** Every step is invertible, so different states stay different. In four rounds each bit reaches all others. */
function mixInPlace(state: Uint32Array): void {
  for (let step = 1; step <= 16; step++) {
    const from = step & 3;
    state[(from + 1) & 3] ^= avalanche(state[from] + Math.imul(step, 0x9e3779b9));
  }
  if ((state[0] | state[1] | state[2] | state[3]) === 0) state[0] = 1; // xoshiro cannot leave the all-zero state
}

/**
 * The 32-bit finaliser of MurmurHash3 (Appleby 2011): flipping an input bit flips each output bit with probability 1/2.
 */
function avalanche(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The 32-bit FNV-1a hash (Fowler, Noll & Vo) of an ASCII text. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function requireInteger(name: string, value: number, largest: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return;
  throw new UserError({
    what: `${name} is not a whole number in the allowed range`,
    expected: `an integer from 0 to ${largest}`,
    received: value,
    remedy: 'choose a whole number in this range, for example 0',
  });
}
