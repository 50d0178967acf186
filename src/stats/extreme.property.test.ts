import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed } from '../hostile.testing.ts';
import { jointPValue } from './joint.ts';
import { predictionInterval, predictionPValue } from './prediction.ts';

// Claims and trainings may give any number: every sample has a p-value and an interval, in a time that ends.

const value = fc.oneof(
  fc.double({ noNaN: true }),
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(0, 5e-324, 1e-320, 1e-200, 1e200, 1.7e308, -1.7e308, 1),
);
const interval = fc
  .tuple(value.filter(Number.isFinite), value.filter(Number.isFinite))
  .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));

test('of single numbers', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 6 }), interval, (sample, { low, high }) => {
      const p = predictionPValue(sample, low, high);
      expect([p, p >= 0 && p <= 1]).toEqual([p, true]);
      const found = predictionInterval(sample, 0.9);
      expect(found.low <= found.high).toBe(true);
    }),
    { seed: fixedSeed, numRuns: 1000 },
  );
});

test('of figures', () => {
  const figure = fc.integer({ min: 1, max: 4 }).chain((k) =>
    fc.record({
      runs: fc.array(fc.array(value, { minLength: k, maxLength: k }), { maxLength: 6 }),
      published: fc.array(interval, { minLength: k, maxLength: k }),
    }),
  );
  fc.assert(
    fc.property(figure, ({ runs, published }) => {
      const p = jointPValue(runs, published);
      expect([p, p >= 0 && p <= 1]).toEqual([p, true]);
    }),
    { seed: fixedSeed, numRuns: 1000 },
  );
});
