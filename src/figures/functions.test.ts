import { expect, test } from '@jest/globals';
import definition from '../../experiments/activation-functions.ts';
import { functionValues } from '../experiment/functions.ts';
import { functionsFigure } from './functions.ts';
import { toSvg } from './render.ts';
import { textFaults } from './text-boxes.testing.ts';

const xs = Array.from({ length: 101 }, (_, i) => (i - 50) / 10);

test('relu and leaky relu, which look alike, are drawn enlarged where they differ', async () => {
  const figure = functionsFigure(definition, functionValues(definition.activation, xs));
  expect(figure.caption).toContain('relu and leaky relu are nearly the same');
  expect(await toSvg(figure.spec)).toContain('relu and leaky relu, enlarged');
  expect(await textFaults(figure.spec)).toEqual([]);
  const { concat } = figure.spec as unknown as {
    concat: { layer?: { data: { values: { y: number }[] } }[] }[];
  };
  expect(concat).toHaveLength(definition.activation.length + 1);
  const values = concat.at(-1)!.layer![0].data.values.map(({ y }) => y);
  expect(Math.max(...values) - Math.min(...values)).toBeLessThan(0.1);
});

test('functions that look different are drawn once', () => {
  const figure = functionsFigure(definition, functionValues(['sigmoid', 'relu', 'linear'], xs));
  expect(figure.caption).not.toContain('nearly the same');
});
