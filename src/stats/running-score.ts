import { log } from '../math/elementary.ts';

/** A score of rows that come a part at a time. */
export interface RunningScore {
  readonly rows: number;
  /** The values by the names of metrics; empty without rows. */
  values(): Readonly<Record<string, number>>;
}

/** The scores of a regression: MSE, mean absolute error, and R^2 with Welford's sum of squares of the targets. */
export function runningRegression(): RunningScore & { add(target: number, prediction: number): void } {
  let [rows, squares, absolute, mean, total] = [0, 0, 0, 0, 0];
  return {
    get rows() {
      return rows;
    },
    add(target, prediction) {
      rows++;
      const error = target - prediction;
      squares += error * error;
      absolute += Math.abs(error);
      const before = target - mean;
      mean += before / rows;
      total += before * (target - mean);
    },
    values: () =>
      rows === 0
        ? {}
        : { mse: squares / rows, mae: absolute / rows, ...(total > 0 ? { r2: 1 - squares / total } : {}) },
  };
}

/** The scores of a classifier: accuracy and cross-entropy. */
export function runningClassification(): RunningScore & {
  /** `probability` is that of the row's own class. */
  add(isCorrect: boolean, probability: number): void;
} {
  let [rows, correct, entropy] = [0, 0, 0];
  return {
    get rows() {
      return rows;
    },
    add(isCorrect, probability) {
      rows++;
      correct += Number(isCorrect);
      entropy -= log(probability);
    },
    values: () => (rows === 0 ? {} : { accuracy: correct / rows, cross_entropy: entropy / rows }),
  };
}
