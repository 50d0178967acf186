import { expect, test } from '@jest/globals';
import { scoreText } from './model-text.ts';

test.each([
  ['best_test_mse', 0.25, 'best test MSE 0.25'],
  ['no_optimum', 0, 'no optimum no'],
  ['converged', 1, 'converged yes'],
  ['epochs_run', 1, 'epochs run 1'],
])('%s %d is %j', (name, value, text) => {
  expect(scoreText(name, value)).toBe(text);
});
