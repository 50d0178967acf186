import { expect, test } from '@jest/globals';
import { parseRange, valueAt } from './range.ts';

const at = (text: string, u: number) => valueAt(parseRange(text, 'x')!, u);

test('Numbers are rounded to few digits, and the ends are reached', () => {
  expect(at('uniform(0,1)', 1 / 3)).toBe(0.3333);
  expect(at('uniform(0,0.5)', 1 / 3)).toBe(0.1667);
  expect(at('uniform(1000,1001)', 1 / 3)).toBe(1000.3333);
  expect(at('uniform(0,100000)', 1 / 3)).toBe(33330);
  expect(at('uniform(0,1e30)', 1 / 3)).toBe(3.333e29);
  expect(at('uniform(0,1e-120)', 1 / 3)).toBe(3.333e-121);
  expect(at('loguniform(1e-4,1)', 1 / 3)).toBe(0.002154);
  expect(at('loguniform(1,1.001)', 0.5)).toBe(1.0004999);
  expect(at('uniform(0,1)', 1 - 2 ** -32)).toBe(1);
  expect(at('uniform(0,1)', 0)).toBe(0);
  expect(at('loguniform(1e-4,1)', 0)).toBe(0.0001);
  expect(at('uniform(-1,1)', 0.5)).toBe(0);
});

test('Whole numbers are equally likely, or their logarithms evenly spread', () => {
  const draws = (text: string) => {
    const counts = new Map<number, number>();
    for (let i = 0; i < 1000; i++) {
      const value = at(text, (i + 0.5) / 1000);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return Object.fromEntries(counts);
  };
  expect(draws('int(1,4)')).toEqual({ 1: 250, 2: 250, 3: 250, 4: 250 });
  // ln((n + 1)/n) / ln 4
  expect(draws('logint(1,3)')).toEqual({ 1: 500, 2: 292, 3: 208 });
});

test.each([
  ['int(1)', 'write for example int(8,128)'],
  ['int(1,2,3)', 'write for example int(8,128)'],
  ['uniform(a,b)', 'write for example uniform(0,0.5)'],
  ['int(1.5,3)', 'uniform for any numbers'],
  ['logint(0,3)', 'write int(0,3)'],
  ['loguniform(0,1)', 'write uniform(0,1)'],
  ['uniform(2,1)', 'write uniform(1,2)'],
  ['uniform(1,1)', 'write x 1'],
  ['uniform(-1e308,1e308)', 'nearer to each other'],
  ['uniform(0,inf)', 'write for example'],
])('%s is refused: %s', (text, remedy) => {
  expect(() => parseRange(text, 'x')).toThrow(remedy);
});

test('Other text is no range', () => {
  for (const text of ['1', 'none', 'interior(1,2)', 'x int(1,2)', 'linspace(0,1,3)'])
    expect(parseRange(text, 'x')).toBeNull();
});
