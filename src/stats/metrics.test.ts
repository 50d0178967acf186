import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { type Metric, meanSquaredError, metricNames, metrics, r2Score } from './metrics.ts';

const targets = [3.5, -1.25, 7, 2, 2, 10.75, 0.5];
const predictions = [3, -1, 6, 2.5, 1, 12, 0];

describe('meanSquaredError', () => {
  test('is the mean of the squared differences', () => {
    expect(meanSquaredError(targets, predictions)).toBe(0.625);
  });

  test('takes float32 and sums in float64', () => {
    // in float32 the sum would stay at 1: each further 2^-26 is less than half its last place
    const many = Float32Array.of(1, ...new Array<number>(64).fill(2 ** -13));
    expect(meanSquaredError(many, new Float32Array(65)) * 65).toBe(1 + 2 ** -20);
  });

  test('is 0 for a perfect fit and Infinity for a diverged one', () => {
    expect(meanSquaredError(targets, targets)).toBe(0);
    expect(meanSquaredError([1, 2], [1, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('r2Score', () => {
  test('is 1 - SS_res / SS_tot', () => {
    expect(r2Score(targets, predictions)).toBeCloseTo(0.9566294919454771, 14); // NumPy
  });

  test('is 1 for a perfect fit, 0 for the mean, negative below that', () => {
    expect(r2Score(targets, targets)).toBe(1);
    expect(r2Score(targets, new Array<number>(7).fill(3.5))).toBe(0);
    expect(r2Score(targets, new Array<number>(7).fill(30))).toBeLessThan(0);
  });

  test('does not change when both are shifted and scaled', () => {
    const map = (values: number[]) => values.map((value) => 4 * value - 16);
    expect(r2Score(map(targets), map(predictions))).toBeCloseTo(r2Score(targets, predictions), 14);
  });

  test('is NaN where the targets do not vary', () => {
    expect(r2Score([2, 2, 2], [1, 2, 3])).toBeNaN();
    expect(r2Score([2, 2, 2], [2, 2, 2])).toBeNaN();
    expect(r2Score([], [])).toBeNaN();
  });
});

test.each([meanSquaredError, r2Score])('%p refuses arrays of different lengths', (metric) => {
  expect(() => metric([1, 2, 3], [1, 2])).toThrow(/3 targets .* 2 predictions/);
  expect(() => metric([1, 2], [1, 2, 3])).toThrow(RangeError);
});

const scored = Object.entries<Metric>(metrics).filter(([, { score }]) => score !== null);

describe.each(scored)('%s of random data', (_name, metric) => {
  const scoreOf = metric.score!;
  const rows = 13;
  const P = metric.task === 'regression' ? 1 : 4;
  const [low, high] = metric.domain;
  const isBetter = (a: number, b: number) => (metric.better === 'lower' ? a < b : a > b);

  /** Real targets and outputs, or labels as rows of 0 and 1 and probabilities. */
  function random(draw: number): { targets: Float64Array; outputs: Float64Array } {
    const rng = createRng(draw, 'data');
    const targets = new Float64Array(rows * P);
    const outputs = new Float64Array(rows * P);
    for (let n = 0; n < rows; n++) {
      const row = Array.from({ length: P }, () => rng.normal());
      const sum = row.reduce((total, z) => total + Math.exp(z), 0);
      outputs.set(P === 1 ? row : row.map((z) => Math.exp(z) / sum), n * P);
      if (P === 1) targets[n] = rng.normal();
      else targets[n * P + rng.below(P)] = 1;
    }
    return { targets, outputs };
  }

  test('is in its domain', () => {
    for (let draw = 1; draw <= 200; draw++) {
      const { targets, outputs } = random(draw);
      const score = scoreOf(targets, outputs, rows);
      expect(score).toBeGreaterThanOrEqual(low);
      expect(score).toBeLessThanOrEqual(high);
    }
  });

  test('is at the better end of its domain for a perfect fit, and worse elsewhere', () => {
    for (let draw = 1; draw <= 50; draw++) {
      const { targets, outputs } = random(draw);
      const perfect = scoreOf(targets, targets, rows);
      expect(perfect).toBe(metric.better === 'lower' ? low : high);
      expect(isBetter(perfect, scoreOf(targets, outputs, rows))).toBe(true);
    }
  });

  test('becomes no worse on the way from random outputs to the targets', () => {
    for (let draw = 1; draw <= 50; draw++) {
      const { targets, outputs } = random(draw);
      const scores = [0, 0.25, 0.5, 0.75, 1].map((share) => {
        const nearer = outputs.map((output, i) => (1 - share) * output + share * targets[i]);
        return scoreOf(targets, nearer, rows);
      });
      scores.slice(1).forEach((score, i) => {
        expect(isBetter(scores[i], score)).toBe(false);
      });
    }
  });
});

describe('accuracy', () => {
  test('is the share of rows whose largest output is where the target is; of equal ones the first counts', () => {
    const labels = [1, 0, 0, 0, 0, 1, 0, 0, 1];
    const outputs = [0.5, 0.3, 0.2, 0.4, 0.2, 0.4, 0.1, 0.1, 0.8];
    expect(metrics.accuracy.score(labels, outputs, 3)).toBe(2 / 3);
    expect(metrics.accuracy.score([1, 0, 1, 0], [0.5, 0.5, 0.5, 0.5], 2)).toBe(1);
  });
});

describe('cross-entropy', () => {
  test('is the mean of -ln of what the label was given, and infinite where that is 0', () => {
    const { score } = metrics.cross_entropy;
    expect(score([1, 0, 0, 1], [0.25, 0.75, 0.5, 0.5], 2)).toBeCloseTo((Math.log(4) + Math.log(2)) / 2, 15);
    expect(score([1, 0], [0, 1], 1)).toBe(Number.POSITIVE_INFINITY);
  });
});

test('a task has its own metrics, in the order of the table', () => {
  const [regression, classification] = [metricNames('regression'), metricNames('classification')];
  expect(regression.slice(0, 2)).toEqual(['mse', 'r2']);
  expect(classification.slice(0, 2)).toEqual(['cross_entropy', 'accuracy']);
  expect([...regression, ...classification].sort()).toEqual(Object.keys(metrics).sort());
});
