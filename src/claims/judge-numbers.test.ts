import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import type { NumberClaim } from './claims.ts';
import { judgeValues } from './judge-numbers.ts';
import { codeReading } from './readings.ts';

// Numbers whose runs are given, so that their truth is known.

const rng = createRng(5, 'verdicts');
/** Runs of a mean squared error of about 0.1 that vary by 10 %. */
const runs = (n: number) => Array.from({ length: n }, () => 0.1 * Math.exp(0.1 * rng.normal()));

const claim = (id: string, value: number, more: Partial<NumberClaim> = {}): NumberClaim => ({
  ...{ id, kind: 'number', where: 'here', says: id, experiment: 'ffnn', statistic: 'test_mse' },
  ...{ value, readingError: 1e-6, ...more },
});
const gathered = (one: NumberClaim, values: readonly (number | null)[]) => ({
  claim: one,
  reading: codeReading,
  values,
});
const judge = (one: NumberClaim, values: readonly (number | null)[]) =>
  judgeValues([gathered(one, values), gathered(claim('other', 0.1), runs(40))], 0.95).numbers[0];

describe('the word for a number', () => {
  test.each([
    ['the middle of 40 runs', 0.1, 40, 'typical'],
    ['2.5 standard deviations off', 0.128, 40, 'contradicted'],
    ['the middle of 2 runs', 0.1, 2, 'undecided'],
    ['far from 2 runs', 5, 2, 'undecided'],
    ['the middle of 4 runs', 0.1, 4, 'typical'],
  ])('%s', (_name, value, n, word) => {
    const { verdict, found } = judge(claim('c', value), runs(n));
    if (word === 'contradicted') {
      expect(['unusual', 'contradicted']).toContain(verdict);
      expect(found!.p).toBeLessThan(0.05);
    } else expect(verdict).toBe(word);
  });

  test('runs of three that are far apart decide nothing', () => {
    expect(judge(claim('c', 0.1), [0.01, 0.1, 1]).verdict).toBe('undecided');
  });

  test('a shift of 8 standard deviations is contradicted with 11 runs in a report of 40 numbers', () => {
    const shifted = claim('c', 0.1 * Math.exp(0.8), { figure: 'F' });
    const others = Array.from({ length: 39 }, (_, i) =>
      gathered(claim(`o${i}`, 0.1, { figure: 'F' }), runs(11)),
    );
    const { numbers, figures } = judgeValues([gathered(shifted, runs(11)), ...others], 0.95);
    expect(numbers.map(({ verdict }) => verdict === 'contradicted')).toEqual([
      true,
      ...others.map(() => false),
    ]);
    expect(figures[0].verdict).toBe('contradicted');
  });

  test('some runs that diverge leave the others to be compared; if nearly all do, a number is contradicted', () => {
    const some = judge(claim('c', 0.1), [...runs(30), Infinity, Infinity]);
    expect(some.verdict).toBe('typical');
    expect(judge(claim('c', 0.1), [...Array(30).fill(Infinity), ...runs(1)]).verdict).toBe('contradicted');
    expect(judge(claim('c', 0.1), Array(5).fill(Infinity)).verdict).toBe('undecided');
  });

  test.each([
    ['equal to all 30 runs', 1, 'typical'],
    ['equal to none of 30 equal runs', 2, 'unusual'],
  ])('a count %s', (_name, value, word) => {
    const count = claim('c', value, { statistic: 'hidden_layers', readingError: 0.5 });
    expect(judge(count, Array(30).fill(1)).verdict).toBe(word);
  });

  test('an impossible number is contradicted by three runs, a missing record makes it not run', () => {
    expect(judge(claim('c', -1), runs(3)).verdict).toBe('contradicted');
    expect(judge(claim('c', 0.1), [0.1, null, 0.1])).toMatchObject({ verdict: 'not run', found: null });
  });

  test('an accuracy is compared as a logit, or as it is where a run is perfect', () => {
    const accuracy = claim('c', 0.93, { statistic: 'test_accuracy', readingError: 0.005 });
    expect(judge(accuracy, [0.92, 0.921, 0.925, 0.93, 0.919]).found!.scale).toBe('logit');
    expect(judge(accuracy, [0.92, 0.921, 1, 0.93, 0.919]).found!.scale).toBe('the value itself');
    // Five runs within 0.01 of each other can tell 0.5 and 0.99 from 0.92.
    for (const value of [0.5, 0.999]) {
      expect(
        judge({ ...accuracy, value, readingError: 1e-4 }, [0.92, 0.921, 0.925, 0.93, 0.919]).verdict,
      ).toBe('contradicted');
    }
  });
});

describe('a figure', () => {
  const cells = [0.05, 0.08, 0.12, 0.18, 0.25];
  /** 20 runs of each cell, which vary by 10 % and together. */
  const common = Array.from({ length: 20 }, () => rng.normal());
  const own = cells.map((level) =>
    common.map((shared) => level * Math.exp(0.1 * (0.8 * shared + 0.6 * rng.normal()))),
  );
  const judgeFigure = (published: readonly number[]) =>
    judgeValues(
      published.map((value, i) => gathered(claim(`c${i}`, value, { figure: 'F' }), own[i])),
      0.95,
    );

  test('is typical with its own numbers, and contradicted with these shuffled over its cells', () => {
    expect(judgeFigure(cells).figures[0].verdict).toBe('typical');
    const shuffled = judgeFigure([0.12, 0.05, 0.25, 0.08, 0.18]);
    expect(shuffled.figures[0].verdict).toBe('contradicted');
    expect(shuffled.numbers.map(({ verdict }) => verdict)).toEqual(cells.map(() => 'contradicted'));
  });

  test.each([-8, 8])(
    'is contradicted in the one number that is shifted by %d sd, and there only',
    (shift) => {
      const verdicts = judgeFigure(cells.with(2, 0.12 * Math.exp(0.1 * shift))).numbers.map(
        ({ verdict }) => verdict,
      );
      expect(verdicts.map((verdict) => verdict === 'contradicted')).toEqual([
        false,
        false,
        true,
        false,
        false,
      ]);
    },
  );

  test('is unusual at the level of the verification, not always at 95 %', () => {
    const cell = own[2];
    const far = 0.12 * Math.exp(0.1 * 1.6); // among ten numbers
    const others = Array.from({ length: 9 }, (_, i) => gathered(claim(`other${i}`, 0.12), cell));
    const at = (level: number) =>
      judgeValues([gathered(claim('far', far, { figure: 'F' }), cell), ...others], level).figures[0];
    const { p } = at(0.95);
    expect(p).toBeGreaterThan(0.05);
    expect(at(0.95).verdict).toBe('typical');
    expect(at(1 - 1.1 * p!).verdict).toBe('unusual');
  });

  test('of one seed decides nothing, however far its numbers are', () => {
    for (const value of [0.1, 5]) {
      const { numbers, figures } = judgeValues(
        cells.map((_, i) => gathered(claim(`c${i}`, value, { figure: 'F' }), [own[i][0]])),
        0.95,
      );
      expect(new Set(numbers.map(({ verdict }) => verdict))).toEqual(new Set(['undecided']));
      expect(figures[0].verdict).toBe('undecided');
    }
  });
});

test('a NaN is refused: it would be neither far nor near', () => {
  expect(() => judge(claim('c', 0.1), [...runs(20), Number.NaN])).toThrow(RangeError);
});
