import { describe, expect, test } from '@jest/globals';
import { exp, log } from './elementary.ts';
import { createRng } from './rng.ts';

const bits = new DataView(new ArrayBuffer(8));

/** The place of x among all float64 numbers in ascending order, so that neighbours differ by 1. */
function place(x: number): bigint {
  bits.setFloat64(0, x);
  const word = bits.getBigInt64(0);
  return word < 0n ? -(word & 0x7fffffffffffffffn) : word;
}

function ulpsApart(a: number, b: number): number {
  return Math.abs(Number(place(a) - place(b)));
}

/** Any finite positive float64, each exponent equally likely, denormals among them. */
function anyPositive(random: () => number): number {
  bits.setUint32(0, Math.floor(random() * 0x7ff00000));
  bits.setUint32(4, Math.floor(random() * 2 ** 32));
  return bits.getFloat64(0);
}

// Truth with 200 binary places, as integers in units of 2^-200.
const places = 200n;
const one = 1n << places;

/** x as an exact multiple of 2^-200, for |x| >= 2^-100. */
function exactly(x: number): bigint {
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const exponent = (word >> 52n) & 0x7ffn;
  const mantissa = (word & 0xfffffffffffffn) | 0x10000000000000n;
  const shift = places + exponent - 1075n;
  return (x < 0 ? -1n : 1n) * (shift < 0n ? mantissa >> -shift : mantissa << shift);
}

/** sum of x^n / n!, at x / 2^10 and then squared ten times. */
function trueExp(x: number): bigint {
  const reduced = exactly(x) >> 10n;
  let sum = one;
  let term = one;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = ((term * reduced) / n) >> places;
    sum += term;
  }
  for (let i = 0; i < 10; i++) sum = (sum * sum) >> places;
  return sum;
}

/** |approximation - truth| in units of the last place of the approximation. */
function errorInUlps(approximation: number, truth: bigint): number {
  const ulp = exactly(2 ** (Math.floor(Math.log2(Math.abs(approximation))) - 52));
  const error = exactly(approximation) - truth;
  return Number(((error < 0n ? -error : error) * 1000n) / ulp) / 1000;
}

describe('exp', () => {
  test.each([
    [0, 1],
    [-0, 1],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.NaN, Number.NaN],
    [Number.MIN_VALUE, 1],
    [-Number.MIN_VALUE, 1],
    [Number.MAX_VALUE, Number.POSITIVE_INFINITY],
    [-Number.MAX_VALUE, 0],
    [709.7827128933841, Number.POSITIVE_INFINITY],
    [710.5, Number.POSITIVE_INFINITY],
    [-745.1332191019411, Number.MIN_VALUE],
    [-745.1332191019412, 0],
    [-746.5, 0],
    [-740, 4.2e-322],
  ])('exp(%p) is %p', (x, expected) => {
    expect(exp(x)).toBe(expected);
  });

  test('stays finite up to the largest argument that has a finite value', () => {
    expect(ulpsApart(exp(709.782712893384), 1.7976931348622732e308)).toBeLessThanOrEqual(1);
  });

  test('is within 1 ulp of Math.exp over the whole range, near 0 and into the denormals', () => {
    const { uniform } = createRng(1, 'data');
    let worst = 0;
    for (let i = 0; i < 60_000; i++) {
      const u = 2 * uniform() - 1;
      for (const x of [745 * u, 2 * u, 1e-6 * u, -708 - 37 * Math.abs(u)]) {
        worst = Math.max(worst, ulpsApart(exp(x), Math.exp(x)));
      }
    }
    expect(worst).toBeLessThanOrEqual(1);
  });

  test('is within 1 ulp of the true value', () => {
    const { uniform } = createRng(2, 'data');
    let worst = 0;
    for (let i = 0; i < 2000; i++) {
      const x = 80 * (uniform() - 0.5) * (i % 2 === 0 ? 1 : 0.01);
      worst = Math.max(worst, errorInUlps(exp(x), trueExp(x)));
    }
    expect(worst).toBeLessThan(0.9);
    expect(worst).toBeGreaterThan(0.4); // a truth that follows the approximation would measure nothing
  });

  test('never falls where its argument grows, across the seams of the reduction', () => {
    for (let k = -20; k <= 20; k++) {
      const seam = (k + 0.5) * Math.LN2;
      const values = Float64Array.from({ length: 401 }, (_, i) => exp(seam + (i - 200) * 2e-15));
      expect(values.slice().sort()).toEqual(values);
    }
  });
});

describe('log', () => {
  test.each([
    [1, 0],
    [0, Number.NEGATIVE_INFINITY],
    [-0, Number.NEGATIVE_INFINITY],
    [-1, Number.NaN],
    [Number.NEGATIVE_INFINITY, Number.NaN],
    [Number.NaN, Number.NaN],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [2, Math.LN2],
    [0.5, -Math.LN2],
    [Number.MIN_VALUE, -744.4400719213812],
    [2 ** -1022, -708.3964185322641],
    [Number.MAX_VALUE, 709.782712893384],
    [1 + Number.EPSILON, 2.2204460492503128e-16],
  ])('log(%p) is %p', (x, expected) => {
    expect(log(x)).toBe(expected);
  });

  test('is within 1 ulp of Math.log over the whole range, in the denormals and near 1', () => {
    const { uniform } = createRng(3, 'data');
    let worst = 0;
    for (let i = 0; i < 60_000; i++) {
      const u = uniform();
      for (const x of [anyPositive(uniform), u, 0.5 + u, 1 + 1e-6 * (u - 0.5), u * 2 ** -1022]) {
        worst = Math.max(worst, ulpsApart(log(x), Math.log(x)));
      }
    }
    expect(worst).toBeLessThanOrEqual(1);
  });

  test('is within 1 ulp of the true value', () => {
    const { uniform } = createRng(4, 'data');
    let worst = 0;
    for (let i = 0; i < 2000; i++) {
      const x = i % 2 === 0 ? 2 ** (60 * (uniform() - 0.5)) : 0.5 + uniform();
      const y = log(x);
      // one step of Newton from y: ln x = y + 2 (x - e^y) / (x + e^y), whose error is cubic
      const power = trueExp(y);
      const target = exactly(x);
      const truth = exactly(y) + (2n * (target - power) * one) / (target + power);
      worst = Math.max(worst, errorInUlps(y, truth));
    }
    expect(worst).toBeLessThan(0.9);
    expect(worst).toBeGreaterThan(0.4);
  });
});

test('the bits of 20 000 values of each are recorded and stay, on every machine', () => {
  const { uniform } = createRng(5, 'data');
  const checksum = (hash: number, value: number) => {
    bits.setFloat64(0, value);
    return Math.imul(Math.imul(hash ^ bits.getUint32(0), 0x01000193) ^ bits.getUint32(4), 0x01000193);
  };
  let ofExp = 0;
  let ofLog = 0;
  for (let i = 0; i < 20_000; i++) {
    ofExp = checksum(ofExp, exp(40 * (uniform() - 0.5)));
    ofLog = checksum(ofLog, log(2 * uniform()));
  }
  expect([ofExp >>> 0, ofLog >>> 0]).toEqual([2527096170, 2764769650]);
});
