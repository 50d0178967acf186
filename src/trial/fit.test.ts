import { describe, expect, test } from '@jest/globals';
import { losses, lossNames } from '../nn/losses.ts';
import type { Samples } from '../nn/samples.ts';
import type { Trained } from '../nn/train.ts';
import { metricNames, scoredMetricNames } from '../stats/metrics.ts';
import { linearFit, needsOutputs, selectedMetrics, trainedFit } from './fit.ts';

const samples = (inputs: number[], targets: number[]): Samples => ({
  rows: targets.length,
  inputs: Float64Array.from(inputs),
  targets: Float64Array.from(targets),
});

describe('linearFit', () => {
  const data = { train: samples([1, 2, 1, 4, 1, 6], [1, 2, 3]), test: samples([1, 0, 1, 2], [0, 2]) };
  const columns = scoredMetricNames('regression').flatMap((name) => [`train_${name}`, `test_${name}`]);

  test('scores the rows by their own targets', () => {
    const { metrics, ...rest } = linearFit(data, Float64Array.of(0.5, 0.5));
    // Fitted 1.5, 2.5, 3.5 and predicted 0.5, 1.5.
    expect(metrics).toMatchObject({ train_mse: 0.25, test_mse: 0.25, train_r2: 1 - 0.75 / 2, test_r2: 0.75 });
    expect(Object.keys(metrics).sort()).toEqual([...columns].sort());
    const predictions = Float64Array.of(0.5, 1.5);
    const weights = [{ kernel: Float64Array.of(0.5, 0.5), bias: null }];
    const none = { diverged: false, divergedAt: null, curves: {}, probabilities: null };
    expect(rest).toEqual({ ...none, predictions, weights });
  });

  test.each<[string, number[]]>([
    ['products that overflow', [0, 1e308]],
    ['squares of errors that overflow', [0, 1e200]],
    ['coefficients that are infinite', [Number.POSITIVE_INFINITY, 0]],
    ['coefficients that are NaN', [Number.NaN, 1]],
  ])('with %s has diverged: no metric is left, and nothing to resample', (_name, beta) => {
    expect(linearFit(data, Float64Array.from(beta))).toEqual({
      diverged: true,
      divergedAt: null,
      metrics: Object.fromEntries(columns.map((name) => [name, null])),
      curves: {},
      predictions: null,
      probabilities: null,
    });
  });

  test('that overflows on the test rows alone has diverged as a whole', () => {
    const far = { ...data, test: samples([1, 1e200, 1, 2], [0, 2]) };
    expect(linearFit(far, Float64Array.of(0.5, 0.5))).toMatchObject({
      diverged: true,
      metrics: { train_mse: null, train_r2: null, test_mse: null },
    });
  });

  test('that is worse on its training rows than beta = 0 has diverged, and only then', () => {
    const wrong = Float64Array.of(1e3, 1e3);
    expect(linearFit(data, wrong).diverged).toBe(true);
    const test = samples([1, 1e5, 1, -1e5], [0, 2]);
    expect(linearFit({ ...data, test }, Float64Array.of(0.5, 0.5)).diverged).toBe(false);
  });

  test('without an R2, as all targets are equal, has not diverged', () => {
    const flat = { ...data, test: samples([1, 0, 1, 2], [2, 2]) };
    const fit = linearFit(flat, Float64Array.of(0.5, 0.5));
    expect(fit).toMatchObject({ diverged: false, metrics: { test_r2: null, test_mse: 1.25 } });
    expect(fit.predictions).not.toBeNull();
  });
});

/** A training of two test rows and these test curves; the training rows' curves run the other way. */
function trained(loss: number[], accuracy: number[], divergedAt: number | null = null) {
  return {
    train: { loss: [...loss].reverse(), second: [...accuracy].reverse() },
    test: { loss, second: accuracy },
    divergedAt,
    testOutputs: Float64Array.of(1, 2),
    trainOutputs: Float64Array.of(1, 2.5),
  } satisfies Omit<Trained, 'weights'>;
}
const numbers = { train: samples([0, 0], [1, 3]), test: samples([0, 0], [0, 4]) };

describe('trainedFit', () => {
  test('of a regression has the lowest test loss as its best, and the first epoch that had it', () => {
    const { metrics } = trainedFit(numbers, 'mse', trained([4, 2, 3, 2, 5], []));
    expect(metrics).toMatchObject({ best_test_mse: 2, best_epoch: 2, test_mse: 5, train_mse: 4 });
    // R2 of what was put out last: 1 - (0 + 0.25) / 2 and 1 - (1 + 4) / 8.
    expect(metrics).toMatchObject({ train_r2: 0.875, test_r2: 0.375 });
  });

  test('of a classifier has the highest test accuracy as its best, and the first epoch that had it', () => {
    const { metrics, curves, predictions, probabilities } = trainedFit(
      numbers,
      'cross_entropy',
      trained([1, 9, 8, 7, 0.5], [0.5, 0.6, 0.9, 0.9, 0.7]),
    );
    expect(metrics).toEqual({
      train_cross_entropy: 1,
      test_cross_entropy: 0.5,
      train_accuracy: 0.5,
      test_accuracy: 0.7,
      best_test_accuracy: 0.9,
      best_epoch: 3,
    });
    expect(Object.keys(curves)).toEqual([
      'train_cross_entropy',
      'test_cross_entropy',
      'train_accuracy',
      'test_accuracy',
    ]);
    expect(predictions).toBeNull();
    expect(probabilities).toBeInstanceOf(Float64Array);
  });

  test('of a regression with another loss has the curves of that and of the MSE, by which epochs are compared', () => {
    const { metrics, curves } = trainedFit(numbers, 'mae', trained([4, 2, 3], [7, 9, 6]));
    expect(metrics).toEqual({
      train_mse: 7,
      test_mse: 6,
      train_r2: 0.875,
      test_r2: 0.375,
      train_mae: 4,
      test_mae: 3,
      best_test_mse: 6,
      best_epoch: 3,
    });
    expect(Object.keys(curves)).toEqual(['train_mae', 'test_mae', 'train_mse', 'test_mse']);
    expect(Object.keys(trainedFit(numbers, 'mse', trained([4, 2, 3], [])).metrics)).not.toContain(
      'train_mae',
    );
  });

  test('with one epoch has it as the best, whichever way is better', () => {
    for (const loss of lossNames) {
      const { metrics } = trainedFit(numbers, loss, trained([3], losses[loss].second === null ? [] : [0.4]));
      expect(metrics.best_epoch).toBe(1);
    }
  });

  test.each(lossNames)('that diverged has no metrics, and its curves until then: %s', (loss) => {
    const accuracy = losses[loss].second === null ? [] : [0.5, 0.4];
    const fit = trainedFit(numbers, loss, trained([3, Number.POSITIVE_INFINITY], accuracy, 1));
    expect(fit).toMatchObject({ diverged: true, divergedAt: 2, predictions: null, probabilities: null });
    const whole = trainedFit(numbers, loss, trained([3, 2], accuracy));
    expect(Object.keys(fit.metrics)).toEqual(Object.keys(whole.metrics));
    expect(new Set(Object.values(fit.metrics))).toEqual(new Set([null]));
    expect(fit.curves[`test_${losses[loss].metric}`]).toEqual([3, null]);
  });
});

test('outputs are needed for what is no curve: R2', () => {
  expect(needsOutputs('mse')).toBe(true);
  expect(needsOutputs('cross_entropy')).toBe(false);
});

test('epochs are compared by one metric of each task', () => {
  expect(selectedMetrics('regression')).toEqual(['mse']);
  expect(selectedMetrics('classification')).toEqual(['accuracy']);
  for (const task of ['regression', 'classification'] as const) {
    expect(metricNames(task)).toEqual(expect.arrayContaining(selectedMetrics(task)));
  }
});
