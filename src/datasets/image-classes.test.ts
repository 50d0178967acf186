import { expect, test } from '@jest/globals';
import { classesOf, isUsual, mostClasses } from './image-classes.ts';

const of = (labels: number[], choice: 'at-least-10' | 'occurring') => {
  const { targets, ...classes } = classesOf(Uint16Array.from(labels), choice);
  return { targets: [...targets], ...classes };
};
const upTo = (count: number) => Array.from({ length: count }, (_, label) => label);

test('at least 10: a class for every label from 0 upwards', () => {
  expect(of([2, 0, 2], 'at-least-10')).toEqual({ targets: [2, 0, 2], labels: upTo(10), occurring: [0, 2] });
  expect(of([26, 1], 'at-least-10')).toEqual({ targets: [26, 1], labels: upTo(27), occurring: [1, 26] });
});

test('occurring: a class for each label that occurs, in order', () => {
  expect(of([7, 1, 3, 1], 'occurring')).toEqual({
    targets: [2, 0, 1, 0],
    labels: [1, 3, 7],
    occurring: [0, 1, 2],
  });
  expect(of([65_535, 0], 'occurring')).toEqual({ targets: [1, 0], labels: [0, 65_535], occurring: [0, 1] });
});

test('labels from 0 upwards without a gap, of which there are 10 or more, are the same classes either way', () => {
  for (const labels of [upTo(10), upTo(47)]) {
    expect(isUsual(of(labels, 'occurring').labels)).toBe(true);
    expect(of(labels, 'occurring')).toEqual(of(labels, 'at-least-10'));
  }
  for (const labels of [upTo(9), upTo(27).slice(1)])
    expect(isUsual(of(labels, 'occurring').labels)).toBe(false);
});

test('more than 1000 are refused', () => {
  expect(of([4, 4], 'occurring').labels).toEqual([4]);
  expect(() => of([mostClasses], 'at-least-10')).toThrow(/makes 1001 classes[\s\S]*\{classes\} occurring/);
  expect(() => of(upTo(mostClasses + 1), 'occurring')).toThrow(/1001 different labels/);
});
