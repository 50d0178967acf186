/*
 * Sobol points: a sequence of points that fills the unit cube evenly, whatever number of them is used.
 */

/** The most dimensions: as many as the table has. */
export const sobolDimensions = 32;

/**
 * Degree and inner coefficients of a primitive polynomial over GF(2), then m_1, m_2, ... of each dimension from the second on.
 *
 * Source: S. Joe and F. Y. Kuo, Constructing Sobol sequences with better two-dimensional projections, SIAM Journal on Scientific
 * Computing 30 (2008) 2635-2654; the first rows of new-joe-kuo-6.21201, Copyright (c) 2008, Frances Y. Kuo and Stephen Joe, under the
 * 3-clause BSD licence.
 */
const table = [
  [1, 0, 1],
  [2, 1, 1, 3],
  [3, 1, 1, 3, 1],
  [3, 2, 1, 1, 1],
  [4, 1, 1, 1, 3, 3],
  [4, 4, 1, 3, 5, 13],
  [5, 2, 1, 1, 5, 5, 17],
  [5, 4, 1, 1, 5, 5, 5],
  [5, 7, 1, 1, 7, 11, 19],
  [5, 11, 1, 1, 5, 1, 1],
  [5, 13, 1, 1, 1, 3, 11],
  [5, 14, 1, 3, 5, 5, 31],
  [6, 1, 1, 3, 3, 9, 7, 49],
  [6, 13, 1, 1, 1, 15, 21, 21],
  [6, 16, 1, 3, 1, 13, 27, 49],
  [6, 19, 1, 1, 1, 15, 7, 5],
  [6, 22, 1, 3, 1, 15, 13, 25],
  [6, 25, 1, 1, 5, 5, 19, 61],
  [7, 1, 1, 3, 7, 11, 23, 15, 103],
  [7, 4, 1, 3, 7, 13, 13, 15, 69],
  [7, 7, 1, 1, 3, 13, 7, 35, 63],
  [7, 8, 1, 3, 5, 9, 1, 25, 53],
  [7, 14, 1, 3, 1, 13, 9, 35, 107],
  [7, 19, 1, 3, 1, 5, 27, 61, 31],
  [7, 21, 1, 1, 5, 11, 19, 41, 61],
  [7, 28, 1, 3, 5, 3, 3, 13, 69],
  [7, 31, 1, 1, 7, 13, 1, 19, 1],
  [7, 32, 1, 3, 7, 5, 13, 19, 59],
  [7, 37, 1, 1, 3, 9, 25, 29, 41],
  [7, 41, 1, 3, 5, 13, 23, 1, 55],
  [7, 42, 1, 3, 7, 3, 13, 59, 17],
] as const;

const bits = 32;

/** Direction numbers of each dimension, as they are needed. */
const known: Uint32Array[] = [];

/**
 * v_1, ..., v_32 of a dimension, counted from 0, as integers: v_k = m_k 2^(32 - k), where
 * m_k = 2 a_1 m_(k-1) xor ... xor 2^(s-1) a_(s-1) m_(k-s+1) xor 2^s m_(k-s) xor m_(k-s).
 */
function directions(dimension: number): Uint32Array {
  known[dimension] ??=
    dimension === 0 ? Uint32Array.from({ length: bits }, (_, k) => 2 ** (31 - k)) : recurred(dimension);
  return known[dimension];
}

function recurred(dimension: number): Uint32Array {
  const [degree, coefficients, ...first] = table[dimension - 1];
  const v = new Uint32Array(bits);
  for (let k = 0; k < bits; k++) {
    if (k < degree) {
      v[k] = first[k] * 2 ** (31 - k);
      continue;
    }
    let next = v[k - degree] ^ (v[k - degree] >>> degree);
    for (let i = 1; i < degree; i++) if ((coefficients >>> (degree - 1 - i)) & 1) next ^= v[k - i];
    v[k] = next;
  }
  return v;
}

/**
 * One coordinate of point `index` (from 0), times 2^32: the points in the order of Gray's code, which is that of the published
 * programs. The first is the origin.
 *
 * `dimension` is counted from 0, and less than sobolDimensions.
 */
export function sobol(index: number, dimension: number): number {
  const v = directions(dimension);
  let rest = (index ^ (index >>> 1)) >>> 0;
  let x = 0;
  for (let k = 0; rest !== 0; k++, rest >>>= 1) if (rest & 1) x ^= v[k];
  return x >>> 0;
}

/**
 * Owen's scrambling of a coordinate: a random permutation of the halves of the unit interval, then of the halves of each half, and so
 * on. It keeps what makes the points even, and gives each seed points of its own.
 *
 * `x` is a coordinate times 2^32, and `seed` an integer in [0, 2^32). Source: B. Burley, Practical hash-based Owen scrambling, Journal
 * of Computer Graphics Techniques 9 (2020) no. 4.
 */
export function owenScrambled(x: number, seed: number): number {
  return reversed(permuted(reversed(x), seed));
}

/** Each bit is flipped or not, depending on the seed and the lower bits. */
function permuted(word: number, seed: number): number {
  let x = (word + seed) | 0;
  x ^= Math.imul(x, 0x6c50b47c);
  x ^= Math.imul(x, 0xb82f1e52);
  x ^= Math.imul(x, 0xc7afe638);
  x ^= Math.imul(x, 0x8d22f6e6);
  return x >>> 0;
}

/** The 32 bits in the opposite order. */
function reversed(word: number): number {
  let x = word;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return ((x >>> 16) | (x << 16)) >>> 0;
}
