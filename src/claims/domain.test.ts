import { expect, test } from '@jest/globals';
import { domainOf } from './domain.ts';

const infinity = Number.POSITIVE_INFINITY;

test.each([
  ['test_mse', 0, infinity],
  ['bootstrap_mse_sd', 0, infinity],
  ['test_cross_entropy', 0, infinity],
  ['bootstrap_r2', -infinity, 1],
  ['best_test_accuracy', 0, 1],
  ['hidden_layers', 0, infinity],
  ['bootstrap_r2_low', -infinity, 1],
  ['bootstrap_r2_sd', 0, infinity],
  ['gradient_norm', 0, infinity],
  ['converged', 0, 1],
])('%s is from %d to %d', (statistic, low, high) => {
  expect(domainOf({ experiment: 'ffnn', statistic })).toEqual({ low, high });
});

test('the epoch from which a curve stays near its end is the first or a later one', () => {
  const quantity = { experiment: 'ffnn', statistic: 'test_accuracy', curve: { within: 0.05 } };
  expect(domainOf(quantity)).toEqual({ low: 1, high: infinity });
});
