import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from '../errors.ts';
import { hasRange, parseRange, type Range, rangeText, valueAt } from './range.ts';

const share = fc.double({ min: 0, max: 1 - 2 ** -32, noNaN: true });
const ends = (positive: boolean) =>
  fc
    .tuple(
      fc.double({ min: positive ? 1e-12 : -1e9, max: 1e9, noNaN: true }),
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
    )
    .map(([low, width]) => ({ low: low + 0, high: low + width }))
    .filter(({ low, high }) => low < high);
const wholeEnds = (least: number) =>
  fc
    .tuple(fc.integer({ min: least, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }))
    .map(([low, width]) => ({ low, high: low + width }));
const ranges: fc.Arbitrary<Range> = fc.oneof(
  ends(false).map((own) => ({ kind: 'uniform' as const, ...own })),
  ends(true).map((own) => ({ kind: 'loguniform' as const, ...own })),
  wholeEnds(-1e6).map((own) => ({ kind: 'int' as const, ...own })),
  wholeEnds(1).map((own) => ({ kind: 'logint' as const, ...own })),
);

test('Values are within their range, whole where they have to be, and rise with the share', () => {
  fc.assert(
    fc.property(ranges, share, share, (range, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)].map((u) => valueAt(range, u));
      expect(low).toBeGreaterThanOrEqual(range.low);
      expect(high).toBeLessThanOrEqual(range.high);
      expect(low).toBeLessThanOrEqual(high);
      if (range.kind.endsWith('int')) expect(Number.isInteger(low)).toBe(true);
      expect(Object.is(low, -0)).toBe(false);
    }),
  );
});

test('A range is read again from its text, with spaces or without', () => {
  fc.assert(
    fc.property(ranges, (range) => {
      const text = rangeText(range);
      expect(hasRange(text)).toBe(true);
      expect(parseRange(text, 'x')).toEqual(range);
      expect(parseRange(` ${text.replace('(', ' ( ').replace(',', ' , ')}`, 'x')).toEqual(range);
    }),
  );
});

test('Any text is a range, none, or refused with a sentence', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string().map((inside) => `int(${inside})`),
    fc.tuple(fc.string(), fc.string()).map(([a, b]) => `loguniform(${a},${b})`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const range = parseRange(text, 'x');
        if (range !== null) expect(range.low).toBeLessThan(range.high);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }),
  );
});
