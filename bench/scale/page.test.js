import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { duration, measuredText, number, readResults, simulatedText } from './page.js';

const root = new URL('../../', import.meta.url);

test('numbers have three digits, times the unit that fits', () => {
  expect([0, 0.012345, 4.5678, 123.4, 99_951, 1e6].map(number)).toEqual([
    '0',
    '0.0123',
    '4.57',
    '123',
    '100,000',
    '1,000,000',
  ]);
  expect([0.0105, 1, 90, 600, 86_400].map(duration)).toEqual(['10.5 ms', '1 s', '90 s', '10 min', '24 h']);
});

test('docs/scale.md has the numbers of bench/results/', async () => {
  const { found, ...others } = await readResults();
  const page = await readFile(new URL('docs/scale.md', root), 'utf8');
  for (const text of [measuredText(found, others), simulatedText(found)]) expect(page).toContain(text);
});
