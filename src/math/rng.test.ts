import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { createRng, type Purpose, permutation, rngFromState } from './rng.ts';

const purposes: Purpose[] = ['data', 'split', 'init', 'batches', 'dropout', 'bootstrap', 'architecture'];

/** Pearson's chi-square of counts against a uniform distribution. */
function chiSquare(counts: ArrayLike<number>, draws: number): number {
  const expected = draws / counts.length;
  return Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Asserts that chi-square lies within five standard deviations of its mean: once in about 10^6 seeds it would not. */
function expectUniform(counts: ArrayLike<number>, draws: number): void {
  const freedom = counts.length - 1;
  const z = (chiSquare(counts, draws) - freedom) / Math.sqrt(2 * freedom);
  expect(Math.abs(z)).toBeLessThan(5);
}

function count(draws: number, cells: number, draw: () => number): Int32Array {
  const counts = new Int32Array(cells);
  for (let i = 0; i < draws; i++) counts[draw()]++;
  return counts;
}

describe('rngFromState', () => {
  test('is xoshiro128**: the published outputs from the state 1, 2, 3, 4', () => {
    const rng = rngFromState(Uint32Array.of(1, 2, 3, 4));
    const outputs = Array.from({ length: 10 }, () => rng.uint32());
    expect(outputs).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });
});

describe('createRng', () => {
  test('the streams that seeds, purposes and indices give are recorded and stay', () => {
    const first = (seed: number, purpose: Purpose, index?: number) =>
      createRng(seed, purpose, index).uint32();
    expect([
      first(0, 'data'),
      first(0, 'init'),
      first(0, 'init', 1),
      first(1, 'init'),
      first(2 ** 32, 'init'),
      first(Number.MAX_SAFE_INTEGER, 'bootstrap', 2 ** 32 - 1),
    ]).toEqual([1236923509, 1872845895, 4012058169, 4066276090, 2017031182, 2124461861]);
    const normals = createRng(0, 'init');
    expect([normals.normal(), normals.normal(), normals.normal()]).toEqual([
      -0.4392265247079547, 1.628396441937004, 1.4603320206285688,
    ]);
    expect(Array.from(permutation(createRng(0, 'split'), 10))).toEqual([1, 5, 8, 4, 7, 2, 6, 9, 3, 0]);
  });

  test('the same arguments give the same stream, without an index that of index 0', () => {
    const a = createRng(7, 'batches');
    const b = createRng(7, 'batches', 0);
    for (let i = 0; i < 100; i++) expect(a.uint32()).toBe(b.uint32());
  });

  test('neighbouring seeds, both halves of the seed, indices and purposes start differently everywhere', () => {
    const starts = new Set<string>();
    let streams = 0;
    for (const purpose of purposes) {
      for (const seed of [0, 1, 2, 3, 42, 2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 52, Number.MAX_SAFE_INTEGER]) {
        for (let index = 0; index < 50; index++) {
          const rng = createRng(seed, purpose, index);
          starts.add(`${rng.uint32()} ${rng.uint32()}`);
          streams++;
        }
      }
    }
    expect(starts.size).toBe(streams);
  });

  test('one bit of the seed or the index flips half the bits of the first output', () => {
    const flipped = (a: number, b: number) => {
      let bits = 0;
      for (let word = (a ^ b) >>> 0; word !== 0; word >>>= 1) bits += word & 1;
      return bits;
    };
    let total = 0;
    let pairs = 0;
    for (let seed = 0; seed < 40; seed++) {
      const base = createRng(seed, 'init').uint32();
      for (let bit = 6; bit < 53; bit++, pairs++)
        total += flipped(base, createRng(seed + 2 ** bit, 'init').uint32());
      for (let bit = 0; bit < 32; bit++, pairs++)
        total += flipped(base, createRng(seed, 'init', 2 ** bit).uint32());
    }
    // standard error of the mean: sqrt(32)/2 / sqrt(3160) = 0.05
    expect(Math.abs(total / pairs - 16)).toBeLessThan(0.25);
  });

  test('the first draws over consecutive seeds, and over consecutive indices, are uniform', () => {
    let seed = 0;
    expectUniform(
      count(50_000, 100, () => createRng(seed++, 'split').below(100)),
      50_000,
    );
    let index = 0;
    expectUniform(
      count(50_000, 100, () => createRng(3, 'bootstrap', index++).below(100)),
      50_000,
    );
  });

  test('streams of other purposes, seeds and indices are uncorrelated', () => {
    const draws = 20_000;
    const correlation = (a: () => number, b: () => number) => {
      let sum = 0;
      for (let i = 0; i < draws; i++) sum += (a() - 0.5) * (b() - 0.5);
      return (12 * sum) / draws;
    };
    const pairs = [
      [createRng(1, 'data'), createRng(1, 'split')],
      [createRng(1, 'data'), createRng(2, 'data')],
      [createRng(1, 'init', 0), createRng(1, 'init', 1)],
      [createRng(1, 'init'), createRng(1 + 2 ** 32, 'init')],
    ];
    for (const [a, b] of pairs) {
      expect(Math.abs(correlation(a.uniform, b.uniform)) * Math.sqrt(draws)).toBeLessThan(5);
    }
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])(
    'the seed %p is a UserError',
    (seed) => {
      expect(() => createRng(seed, 'data')).toThrow(UserError);
      expect(() => createRng(seed, 'data')).toThrow(/seed/);
    },
  );

  test.each([-1, 0.5, 2 ** 32])('the index %p is a UserError', (index) => {
    expect(() => createRng(0, 'data', index)).toThrow(/index/);
  });
});

describe('uniform', () => {
  test('lies in [0, 1), flat over 1000 cells, with mean 1/2 and variance 1/12', () => {
    const rng = createRng(11, 'data');
    const draws = 200_000;
    const counts = new Int32Array(1000);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < draws; i++) {
      const u = rng.uniform();
      counts[Math.floor(u * 1000)]++; // outside [0, 1) the counts would not add up
      sum += u;
      squares += (u - 0.5) ** 2;
    }
    expect(counts.reduce((a, b) => a + b)).toBe(draws);
    expectUniform(counts, draws);
    expect(Math.abs(sum / draws - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / draws));
    expect(Math.abs(squares / draws - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / draws));
  });

  test('is a multiple of 2^-53 whose lowest bit is random', () => {
    const rng = createRng(5, 'data');
    let odd = 0;
    for (let i = 0; i < 10_000; i++) {
      const scaled = rng.uniform() * 2 ** 53;
      odd += scaled % 2; // a fraction would show in the sum
    }
    expect(Number.isInteger(odd)).toBe(true);
    expect(Math.abs(odd - 5000)).toBeLessThan(250);
  });
});

describe('below', () => {
  test.each([1, 2, 3, 7, 10, 784, 1000, 1023])('is uniform in [0, %i)', (n) => {
    const rng = createRng(n, 'batches');
    const counts = count(100_000, n, () => rng.below(n));
    expect(counts.reduce((a, b) => a + b)).toBe(100_000); // a draw outside would not be counted
    if (n > 1) expectUniform(counts, 100_000);
  });

  test('is unbiased where a plain remainder is not: n = 3 * 2^30', () => {
    // 2^32 = n + 2^30, so a plain remainder falls below 2^30 with probability 1/2 in place of 1/3
    const rng = createRng(1, 'batches');
    const n = 3 * 2 ** 30;
    expectUniform(
      count(30_000, 3, () => Math.floor(rng.below(n) / 2 ** 30)),
      30_000,
    );
  });

  test('n = 2^32 is every uint32 as it comes', () => {
    const a = createRng(1, 'batches');
    const b = createRng(1, 'batches');
    for (let i = 0; i < 100; i++) expect(a.below(2 ** 32)).toBe(b.uint32());
  });
});

describe('normal', () => {
  test('has mean 0, variance 1, no skew, kurtosis 3 and the tails of N(0, 1)', () => {
    const rng = createRng(2, 'init');
    const draws = 200_000;
    const moments = [0, 0, 0, 0];
    let beyond = 0;
    for (let i = 0; i < draws; i++) {
      const z = rng.normal();
      for (let p = 0; p < 4; p++) moments[p] += z ** (p + 1) / draws;
      if (Math.abs(z) > 1.959963984540054) beyond++;
    }
    const variances = [1, 2, 15, 96]; // of z, z^2, z^3, z^4
    [0, 1, 0, 3].forEach((expected, p) => {
      expect(Math.abs(moments[p] - expected)).toBeLessThan(5 * Math.sqrt(variances[p] / draws));
    });
    expect(Math.abs(beyond / draws - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / draws));
  });

  test('the two numbers of a pair are independent', () => {
    const rng = createRng(4, 'init');
    let products = 0;
    let squares = 0;
    for (let i = 0; i < 50_000; i++) {
      const a = rng.normal();
      const b = rng.normal();
      products += a * b;
      squares += (a * a - 1) * (b * b - 1);
    }
    expect(Math.abs(products) / Math.sqrt(50_000)).toBeLessThan(5);
    expect(Math.abs(squares) / 2 / Math.sqrt(50_000)).toBeLessThan(5);
  });

  test('keeps its spare number to itself: another draw between leaves it as it was', () => {
    const a = createRng(9, 'init');
    const b = createRng(9, 'init');
    a.normal();
    b.normal();
    b.uint32();
    expect(b.normal()).toBe(a.normal());
  });
});

describe('permutation', () => {
  test.each([0, 1, 2, 5, 1000])('holds each of 0 .. %i - 1 once', (n) => {
    const order = permutation(createRng(1, 'split'), n);
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  test('each of the 24 orders of 4 is equally likely', () => {
    const rng = createRng(6, 'batches');
    const seen = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = permutation(rng, 4).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(24);
    expectUniform([...seen.values()], 24_000);
  });

  test.each([0, 10, 19])('the element at place %i of 20 is uniform', (place) => {
    const rng = createRng(8, 'split');
    expectUniform(
      count(20_000, 20, () => permutation(rng, 20)[place]),
      20_000,
    );
  });
});
