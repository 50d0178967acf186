import { expect, test } from '@jest/globals';
import { isNestedDeeply } from './nesting.ts';

test.each([
  ['lists', '['.repeat(1_000_000)],
  ['maps', '{a: '.repeat(200_000)],
  ['closed lists', '['.repeat(101) + ']'.repeat(101)],
  ['lists on one line', '- '.repeat(500_000)],
  ['keys on one line', `a:\n  ${'? '.repeat(300_000)}x`],
  ['indented lines', Array.from({ length: 101 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['of Windows', Array.from({ length: 101 }, (_, i) => `${' '.repeat(i)}a:`).join('\r\n')],
])('%s that are nested deeply', (_name, text) => {
  expect(isNestedDeeply(text)).toBe(true);
});

test.each([
  ['nothing', ''],
  ['many lists', '[1], '.repeat(100_000)],
  ['many lines', '- a: 1\n  b: [1, 2]\n'.repeat(20_000)],
  ['indentation that comes back', `${'a:\n  b:\n    c: 1\n'.repeat(10_000)}`],
  ['hyphens in text', `a: ${'- '.repeat(1000)}`],
  ['a hundred levels', '['.repeat(99) + ']'.repeat(99)],
  ['brackets that were never opened', ']'.repeat(1000)],
  ['empty lines of spaces', `${' '.repeat(300)}\n`.repeat(300)],
])('%s', (_name, text) => {
  expect(isNestedDeeply(text)).toBe(false);
});
