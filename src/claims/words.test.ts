import { expect, test } from '@jest/globals';
import { combinedVerdict } from './words.ts';

test.each([
  [['typical', 'typical'], 'typical'],
  [['typical', 'unusual'], 'typical'],
  [['typical', 'contradicted'], 'underspecified'],
  [['contradicted', 'contradicted'], 'contradicted'],
  [['contradicted', 'undecided'], 'contradicted'],
  [['holds', 'undecided'], 'holds'],
  [['holds', 'depends on the seed'], 'underspecified'],
  [['depends on the seed', 'contradicted'], 'depends on the seed'],
  [['contradicted', 'depends on the seed'], 'depends on the seed'],
  [['holds', 'not run'], 'not run'],
  [[], 'not run'],
] as const)('%p: %s', (byReading, verdict) => {
  expect(combinedVerdict(byReading)).toBe(verdict);
});

test('what the program leaves undecided is not contradicted by another reading', () => {
  expect(combinedVerdict(['undecided', 'contradicted'])).toBe('undecided');
  expect(combinedVerdict(['undecided', 'holds'])).toBe('undecided');
});
