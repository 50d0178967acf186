import { describe, expect, test } from '@jest/globals';
import { CurveCollector } from './curve-values.ts';

const valuesOf = (curve: CurveCollector) =>
  Array.from({ length: curve.length }, (_, index) => curve.at(index));

test('values come back, those that are missing as NaN', () => {
  const curve = CurveCollector.of([0.5, null, -0]);
  expect(valuesOf(curve)).toEqual([0.5, Number.NaN, -0]);
  expect(curve.at(3)).toBeUndefined();
  expect(CurveCollector.of([]).length).toBe(0);
});

test('so do more than the first room holds', () => {
  const list = Array.from({ length: 1000 }, (_, i) => i / 7);
  expect(valuesOf(CurveCollector.of(list))).toEqual(list);
});

describe('out of order', () => {
  const list = Array.from({ length: 200 }, (_, i) => i + 0.5);

  test.each<[string, (indices: number[]) => number[]]>([
    ['backwards', (indices) => indices.reverse()],
    [
      'the even ones last',
      (indices) => [...indices.filter((i) => i % 2), ...indices.filter((i) => i % 2 === 0)],
    ],
  ])('%s', (_name, order) => {
    const curve = new CurveCollector();
    for (const index of order([...list.keys()])) curve.set(index, list[index]);
    expect(valuesOf(curve)).toEqual(list);
  });

  test('gaps are undefined', () => {
    const curve = new CurveCollector();
    curve.set(0, 1);
    curve.set(3, 4);
    expect(valuesOf(curve)).toEqual([1, undefined, undefined, 4]);
  });

  test('of two values for one index the later counts', () => {
    const curve = new CurveCollector();
    for (const [index, value] of [
      [0, 1],
      [2, 3],
      [2, 4],
      [1, 2],
      [2, 5],
      [0, 6],
    ])
      curve.set(index, value);
    expect(valuesOf(curve)).toEqual([6, 2, 5]);
  });
});
