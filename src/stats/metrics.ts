import { mean } from './describe.ts';

/** Mean squared error, (1/n) sum (y_i - p_i)^2, in the targets' unit squared; NaN without rows. */
export function meanSquaredError(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return sumOfSquaredErrors(targets, predictions) / targets.length;
}

/**
 * Coefficient of determination, R^2 = 1 - SS_res / SS_tot with SS_res = sum (y_i - p_i)^2 and
 * SS_tot = sum (y_i - mean(y))^2.
 *
 * 1 is a perfect fit, 0 as good as the mean of the targets, below 0 worse than it. NaN where SS_tot is 0 (all targets
 * equal), since R^2 is not defined there.
 */
export function r2Score(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const residual = sumOfSquaredErrors(targets, predictions);
  const center = mean(targets);
  let total = 0;
  for (let i = 0; i < targets.length; i++) {
    const deviation = targets[i] - center;
    total += deviation * deviation;
  }
  return total === 0 ? Number.NaN : 1 - residual / total;
}

function sumOfSquaredErrors(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  if (targets.length !== predictions.length) {
    throw new RangeError(
      `${targets.length} targets cannot be compared with ${predictions.length} predictions`,
    );
  }
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    const error = targets[i] - predictions[i];
    sum += error * error;
  }
  return sum;
}
