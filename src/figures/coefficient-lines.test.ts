import { expect, test } from '@jest/globals';
import ols from '../../experiments/grid-search-ols.ts';
import ridge from '../../experiments/grid-search-ridge.ts';
import type { Experiment } from '../experiment/define.ts';
import type { Settings } from '../experiment/options.ts';
import { draw, type Figure } from './index.ts';
import type { TrialResult } from './results.ts';

type Coefficients = readonly (readonly [string, number])[];

function trial(settings: Settings, coefficients: Coefficients): TrialResult {
  return {
    settings: { seed: 1, coefficients: 'yes', ...settings },
    ...{ status: 'done', divergedAt: null, curves: {}, coefficients: new Map(coefficients) },
    metrics: { test_mse: 0.1, bootstrap_mse: 0.1, bootstrap_r2: 0.9 },
  };
}

function figureOf(trials: readonly TrialResult[], experiment: Experiment): Figure | undefined {
  const figures = draw({ experiment, variant: 'code', quick: false, data: [], trials });
  return figures.find(({ name }) => name.startsWith('coefficients-'));
}

test('of two solvers on a grid they are drawn over its rows, a panel for each learning rate and the closed form', () => {
  const trials = [0.1, 1].flatMap((lambda) => [
    ...[0.01, 0.1].map((learningRate) => trial({ solver: 'sgd', lambda, learningRate }, [['x', lambda]])),
    trial({ solver: 'closed-form', lambda }, [['x', 2 * lambda]]),
  ]);
  const figure = figureOf(trials, ridge)!;
  expect(figure.name).toBe('coefficients-lambda');
  expect(JSON.stringify(figure.spec)).toContain('solver closed-form');
});

const many = Array.from(
  { length: 30 },
  (_, index) => [`column ${index}`, (index % 2 === 0 ? 1 : -1) * index] as const,
);

test('of the columns of a table those with the largest coefficients are drawn, in the order of the data', () => {
  const trials = [1, 2, 3].map((lambda) => trial({ solver: 'closed-form', lambda }, many));
  const text = JSON.stringify(figureOf(trials, ridge)!.spec);
  expect(text).toContain('The largest 21 of 30 features; coefficients.csv has all.');
  expect(text).toContain('"column 9"');
  expect(text).not.toContain('"column 8"');
});

test('of polynomials those of low degree', () => {
  const powers = Array.from({ length: 30 }, (_, power) => [`x^${power + 1}`, power] as const);
  const trials = [1, 2, 3].map((degree) => trial({ solver: 'closed-form', degree }, powers));
  const text = JSON.stringify(figureOf(trials, ols)!.spec);
  expect(text).toContain('The first 21 of 30 features');
  expect(text).toContain('"x²¹"');
  expect(text).not.toContain('"x²²"');
});

test('the feature 1 and the intercept are one line, which is left out if it flattens the others', () => {
  const textOf = (one: number, added: number) => {
    const own = [
      ['intercept', added],
      ['1', one],
      ['x', 2],
      ['y', -1],
    ] as const;
    const trials = [1, 2, 3].map((lambda) => trial({ solver: 'closed-form', lambda }, own));
    return JSON.stringify(figureOf(trials, ridge)!.spec);
  };
  const small = textOf(3, 4);
  expect(small).toContain('"series":"intercept"');
  expect(small).toContain('"value":7');
  expect(small).not.toContain('"series":"1"');
  const large = textOf(3, 40);
  expect(large).not.toContain('"series":"intercept"');
  expect(large).toContain('The intercept is more than 10 times larger and is not drawn');
});

test('of scaled features, it is said what a coefficient is per', () => {
  const captionOf = (scale: string) =>
    figureOf(
      [1, 2, 3].map((lambda) => trial({ solver: 'closed-form', lambda, scale }, [['x', 2]])),
      ridge,
    )!.caption;
  expect(captionOf('standard')).toContain('per standard deviation of its feature');
  expect(captionOf('minmax')).toContain('per range of its feature');
  expect(captionOf('none')).not.toContain(' per ');
});
