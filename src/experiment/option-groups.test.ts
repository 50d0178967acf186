import { expect, test } from '@jest/globals';
import { groupOf, inGroups, optionGroups } from './option-groups.ts';
import { optionNames } from './options.ts';

test('every option is in exactly one group', () => {
  const grouped = Object.values(optionGroups).flat();
  expect([...grouped].sort()).toEqual([...optionNames].sort());
  expect(inGroups(optionNames)).toEqual(grouped);
});

test.each([
  ['noise', 'Data'],
  ['hidden', 'Model'],
  ['lambda', 'Loss and penalty'],
  ['momentum', 'Optimiser'],
  ['earlyStopping', 'Validation'],
  ['gradientTolerance', 'Training'],
  ['bootstrap', 'Seeds and statistics'],
] as const)('%s is in %s', (name, group) => {
  expect(groupOf(name)).toBe(group);
});
