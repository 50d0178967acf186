import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judge, type Simulated, simulate, watch } from './time-left.testing.ts';
import { createTimeLeft, type Work } from './time-left.ts';

const alike = (count: number, trial: Simulated): Simulated[] => Array.from({ length: count }, () => trial);
const trial = (actual: number, epochs: number, more: Partial<Simulated> = {}): Simulated => ({
  kind: 'a',
  seconds: actual,
  epochs,
  from: 0,
  exact: true,
  actual,
  ...more,
});

function judged(trials: readonly Simulated[], width: number, speedAt?: (second: number) => number) {
  return judge(watch(trials, width, simulate(trials, width, speedAt)));
}

describe('within a factor 1.5 after the first tenth, and never up by more than a quarter', () => {
  const cases: [string, Simulated[], number][] = [
    ['one trial of many epochs', [trial(100, 50)], 1],
    ['one long trial next to short ones', [trial(60, 50), ...alike(40, trial(0.5, 100))], 2],
    ['three long trials on two workers: the last one is alone', alike(3, trial(30, 100)), 2],
    ['nine trials on eight workers', alike(9, trial(20, 100)), 8],
    ['epochs 1, 10, 1000', [0.01, 0.1, 10].flatMap((s) => alike(20, trial(s, 100 * s))), 2],
    ['closed forms, without epochs', alike(300, trial(0.2, 0)), 4],
    ['a machine five times as slow as foreseen', alike(50, trial(2, 100, { seconds: 0.4 })), 2],
    ['a machine five times as fast', alike(500, trial(0.1, 100, { seconds: 0.5 })), 2],
    [
      'a kind that takes longer than foreseen after one that takes less long',
      [
        ...alike(20, trial(1, 100, { kind: 'big', seconds: 1.2 })),
        ...alike(40, trial(0.9, 100, { kind: 'small', seconds: 0.75 })),
      ],
      2,
    ],
    [
      'a third of the trials diverge at once',
      alike(90, trial(1, 100)).map((each, k) => (k % 3 === 0 ? { ...each, diverges: 0.02 } : each)),
      2,
    ],
    [
      'four fifths diverge',
      alike(200, trial(1, 100)).map((each, k) => (k % 5 > 0 ? { ...each, diverges: 0.02 } : each)),
      2,
    ],
  ];
  test.each(cases)('%s', (_name, trials, width) => {
    const { factor, rise, shownFrom } = judged(trials, width);
    expect(factor).toBeLessThanOrEqual(1.5);
    expect(rise).toBeLessThanOrEqual(1.25);
    expect(shownFrom).toBeLessThan(0.15);
  });

  test('any costs, any predictions within a factor 1.2 of each other, any number of workers', () => {
    const kinds = fc.array(
      fc.record({
        count: fc.integer({ min: 1, max: 60 }),
        actual: fc.double({ min: 0.05, max: 20, noNaN: true }),
        error: fc.double({ min: 1 / 1.1, max: 1.1, noNaN: true }),
        epochs: fc.constantFrom(20, 50, 100),
      }),
      { minLength: 1, maxLength: 4 },
    );
    const machine = fc.double({ min: 0.3, max: 3, noNaN: true });
    fc.assert(
      fc.property(kinds, fc.constantFrom(1, 2, 3, 8), machine, (of, width, slower) => {
        const trials = of.flatMap(({ count, actual, error, epochs }, k) =>
          alike(count, {
            kind: String(k),
            seconds: actual * error,
            epochs,
            from: 0,
            exact: true,
            actual: actual * slower,
          }),
        );
        const { factor, rise } = judged(trials, width);
        expect(factor).toBeLessThanOrEqual(1.5);
        expect(rise).toBeLessThanOrEqual(1.25);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  test('other load on the machine, in waves', () => {
    const trials = alike(100, trial(1, 50));
    const { factor, rise } = judged(trials, 2, (second) => (Math.floor(second / 7) % 2 === 0 ? 1 : 0.6));
    expect(factor).toBeLessThanOrEqual(1.5);
    expect(rise).toBeLessThanOrEqual(1.25);
  });
});

test('a machine that becomes three times as slow: the time stays instead of rising, and is right again later', () => {
  const trials = alike(100, trial(1, 50));
  const looks = watch(
    trials,
    2,
    simulate(trials, 2, (second) => (second < 25 ? 1 : 1 / 3)),
  );
  expect(judge(looks).rise).toBeLessThanOrEqual(1.25);
  const { shown, truth } = looks[Math.floor(looks.length * 0.8)];
  expect(shown! / truth).toBeGreaterThan(1 / 1.3);
  expect(shown! / truth).toBeLessThan(1.3);
});

test('a trial that resumes from a checkpoint: only what is left counts', () => {
  // 40 of 100 epochs are done: 60 s are left of 100 s.
  const works: Work[] = [{ kind: 'a', seconds: 60, epochs: 100, from: 40, exact: true }];
  const events = [
    [0, 'started', 0],
    ...Array.from({ length: 60 }, (_, k) => [1000 * (k + 1), 'epoch', 0, 41 + k] as const),
    [60_000, 'done', 0],
  ] as Parameters<typeof watch>[2];
  const { factor, rise } = judge(watch(works, 1, events));
  expect(factor).toBeLessThanOrEqual(1.5);
  expect(rise).toBeLessThanOrEqual(1.25);
});

test('trials that another process computes make the run shorter', () => {
  const trials = alike(100, trial(1, 10));
  // This process computes one half, another one the other half at the same time.
  const own = simulate(trials.slice(0, 50), 1);
  const events = own.flatMap((event) =>
    event[1] === 'done' ? [event, [event[0], 'found', 50 + event[2]] as const] : [event],
  );
  const { factor, rise } = judge(watch(trials, 1, events));
  expect(factor).toBeLessThanOrEqual(1.5);
  expect(rise).toBeLessThanOrEqual(1.25);
});

test('a million trials of a thousand lengths cost no more than their classes', () => {
  const works = Array.from({ length: 1e6 }, (_, k) => trial(0.01 * (1 + (k % 1000)), 10));
  const left = createTimeLeft(works, 2);
  for (let k = 0; k < 1000; k++) {
    left.started(String(k), works[999 - k], 5000 * k);
    left.ended(String(k), 'done', 5000 * k + 1000 * works[999 - k].seconds);
  }
  // The mean trial takes 5.005 s.
  expect(left.seconds(5000 * 1000)! / (5.005 * 1e6)).toBeGreaterThan(0.45);
  expect(left.seconds(5000 * 1000)! / (5.005 * 1e6)).toBeLessThan(1.05);
});
