import { expect, test } from '@jest/globals';
import { createRng } from './rng.ts';
import { owenScrambled, sobol, sobolDimensions } from './sobol.ts';

const scale = 2 ** 32;

/** Coordinates of points with these indices in dimensions 1, 2, 3, 8, 21 and 32, as scipy.stats.qmc.Sobol has them (SciPy 1.17.1). */
const published: Readonly<Record<number, readonly number[]>> = {
  0: [0, 0, 0, 0, 0, 0],
  1: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
  2: [0.75, 0.25, 0.25, 0.75, 0.25, 0.25],
  3: [0.25, 0.75, 0.75, 0.25, 0.75, 0.75],
  7: [0.125, 0.625, 0.375, 0.625, 0.875, 0.875],
  100: [0.4140625, 0.2578125, 0.7734375, 0.4765625, 0.7578125, 0.4140625],
  1023: [0.0009765625, 0.7529296875, 0.6123046875, 0.6181640625, 0.8662109375, 0.6142578125],
};

test('Points are those of the published direction numbers', () => {
  for (const [index, coordinates] of Object.entries(published)) {
    const own = [0, 1, 2, 7, 20, 31].map((dimension) => sobol(Number(index), dimension) / scale);
    expect(own).toEqual(coordinates);
  }
});

test('Each dimension has one of the first 2^k points in each of 2^k intervals, scrambled or not', () => {
  for (let dimension = 0; dimension < sobolDimensions; dimension++) {
    const seed = createRng(dimension, 'search').uint32();
    for (const of of [(x: number) => x, (x: number) => owenScrambled(x, seed)]) {
      const cells = Array.from({ length: 256 }, (_, i) => Math.floor(of(sobol(i, dimension)) / 2 ** 24));
      expect(new Set(cells).size).toBe(256);
    }
  }
});

test('Every pair of the first dimensions fills the square evenly: 16 points in each sixteenth of it', () => {
  for (const [a, b] of [
    [0, 1],
    [1, 2],
    [0, 5],
    [3, 4],
  ]) {
    const counts = new Map<number, number>();
    for (let i = 0; i < 256; i++) {
      const place = [a, b].map((d) => owenScrambled(sobol(i, d), d + 7) >>> 30);
      const cell = place[0] * 4 + place[1];
      counts.set(cell, (counts.get(cell) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual(Array(16).fill(16));
  }
});

/** The L2 star discrepancy (Warnock 1972) of points in the unit cube. */
function discrepancy(points: readonly (readonly number[])[]): number {
  const n = points.length;
  const dimensions = points[0].length;
  let single = 0;
  let pairs = 0;
  for (const p of points) {
    single += p.reduce((product, x) => product * (1 - x * x), 1);
    for (const q of points) pairs += p.reduce((product, x, d) => product * (1 - Math.max(x, q[d])), 1);
  }
  return Math.sqrt(3 ** -dimensions - (2 ** (1 - dimensions) / n) * single + pairs / n ** 2);
}

test('Scrambled points are more even than random ones, for every seed', () => {
  for (let seed = 0; seed < 10; seed++) {
    const streams = [0, 1, 2, 3].map((d) => createRng(seed, 'search', d));
    const scrambles = [0, 1, 2, 3].map((d) => createRng(seed + 100, 'search', d).uint32());
    const random = Array.from({ length: 200 }, () => streams.map((stream) => stream.uniform()));
    const even = Array.from({ length: 200 }, (_, i) =>
      scrambles.map((scramble, d) => owenScrambled(sobol(i, d), scramble) / scale),
    );
    expect(discrepancy(even)).toBeLessThan(0.6 * discrepancy(random));
  }
});

test('Scrambling is a permutation of the coordinates', () => {
  const found = new Set(Array.from({ length: 4096 }, (_, i) => owenScrambled(i * 2 ** 20, 12345)));
  expect(found.size).toBe(4096);
});
