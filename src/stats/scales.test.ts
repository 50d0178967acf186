import { expect, test } from '@jest/globals';
import { type ScaleName, scaleFor, scales } from './scales.ts';

const names = Object.keys(scales) as ScaleName[];

test.each(names)('%s increases, and `back` is its inverse', (name) => {
  const { forward, back } = scales[name];
  const values = [0.001, 0.2, 0.5, 0.9, 0.999];
  const scaled = values.map(forward);
  expect(scaled).toEqual([...scaled].sort((a, b) => a - b));
  for (const [i, value] of values.entries()) expect(back(scaled[i])).toBeCloseTo(value, 12);
});

test('where a value has no place on its scale, the values themselves are compared', () => {
  expect(scaleFor('log', [0.1, 0.2])).toBe(scales.log);
  expect(scaleFor('log', [0.1, 0])).toBe(scales.plain);
  expect(scaleFor('logit', [0.9, 1])).toBe(scales.plain);
  expect(scaleFor('log_distance', [-3, 1])).toBe(scales.plain);
});
