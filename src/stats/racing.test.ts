import { expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { notBest, smallestP } from './best-cells.ts';
import { lookLevel, racingLooks } from './racing.ts';

test.each([
  [6, []],
  [7, [6]],
  [12, [6]],
  // Two looks share the 5 %, which is too little for 6 seeds.
  [13, [7]],
  [20, [7, 14]],
  [50, [7, 14, 28]],
  [100, [8, 16, 32, 64]],
])('%i seeds: looks after %p', (n, looks) => {
  expect(racingLooks(n, 0.05)).toEqual(looks);
});

test('every look can stop a setting, and none comes after all seeds', () => {
  for (let n = 2; n <= 300; n++) {
    const looks = racingLooks(n, 0.05);
    for (const seeds of looks) {
      expect(seeds).toBeLessThan(n);
      expect(smallestP(seeds)).toBeLessThanOrEqual(lookLevel(0.05, looks.length));
    }
  }
});

test('the smallest p-value is that of a setting that is worse by far in every seed', () => {
  for (const n of [2, 3, 6, 7, 11]) {
    const rng = createRng(1, 'data');
    const best = Array.from({ length: n }, () => rng.uint32() / 2 ** 32);
    const worse = best.map((value) => value + 1000 + rng.uint32() / 2 ** 32);
    const p = notBest([best, worse])[1];
    expect(p).toBeGreaterThanOrEqual(smallestP(n));
    expect(p).toBeLessThanOrEqual(2 * smallestP(n));
  }
});

test('equal settings are stopped in at most 5 % of races, whatever the number of looks', () => {
  const rng = createRng(3, 'data');
  const uniform = () => (rng.uint32() + 0.5) / 2 ** 32;
  const races = 60;
  const n = 17;
  let wrong = 0;
  for (let race = 0; race < races; race++) {
    const values = Array.from({ length: 3 }, () => Array.from({ length: n }, () => uniform()));
    const looks = racingLooks(n, 0.05);
    const level = lookLevel(0.05, looks.length);
    // The first of them may be stopped at any look.
    if (looks.some((seeds) => notBest(values.map((own) => own.slice(0, seeds)))[0] <= level)) wrong++;
  }
  expect(wrong / races).toBeLessThanOrEqual(0.05);
});
