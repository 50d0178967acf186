import { expect, test } from '@jest/globals';
import { metricNamed } from './column-metric.ts';

test.each([
  ['test_mse', 'lower'],
  ['mse', 'lower'],
  ['Val Accuracy', 'higher'],
  ['final-test-R2', 'higher'],
])('%s has the name of a metric of which %s is better', (name, better) => {
  expect(metricNamed(name)?.better).toBe(better);
});

test.each(['reward', 'seconds', 'mse2', ''])('%j is no metric', (name) => {
  expect(metricNamed(name)).toBeNull();
});
