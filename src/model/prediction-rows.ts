import { predictedClass } from '../stats/classified.ts';
import { type RunningScore, runningClassification, runningRegression } from '../stats/running-score.ts';
import { isClassifier, type SavedModel } from './saved-model.ts';

type Cell = string | number | null;

/** What a model says of rows, as the cells of a table. */
export interface PredictionRows {
  /** prediction, then for a classifier the probability of each class; with targets also target and residual. */
  readonly header: readonly string[];
  /** The cells of rows, from the model's outputs for them; `targets` are null for rows without. */
  cells(outputs: Float64Array, rows: number, targets: Float64Array | null): Cell[][];
  /** Of the rows so far that have a target. */
  readonly score: RunningScore;
}

export function predictionRows(model: SavedModel, hasTargets: boolean): PredictionRows {
  return isClassifier(model) ? classes(model, hasTargets) : numbers(hasTargets);
}

/** residual = target - prediction */
function numbers(hasTargets: boolean): PredictionRows {
  const score = runningRegression();
  return {
    header: ['prediction', ...(hasTargets ? ['target', 'residual'] : [])],
    score,
    cells: (outputs, rows, targets) =>
      Array.from({ length: rows }, (_, n) => {
        const prediction = outputs[n];
        if (!hasTargets) return [prediction];
        const target = targets?.[n] ?? Number.NaN;
        if (Number.isNaN(target)) return [prediction, null, null];
        score.add(target, prediction);
        return [prediction, target, target - prediction];
      }),
  };
}

function classes({ target }: SavedModel, hasTargets: boolean): PredictionRows {
  const names = target.classNames ?? Array.from({ length: target.classes }, (_, c) => String(c));
  const score = runningClassification();
  return {
    header: ['prediction', ...names.map((name) => `probability ${name}`), ...(hasTargets ? ['target'] : [])],
    score,
    cells: (outputs, rows, targets) =>
      Array.from({ length: rows }, (_, n) => {
        const width = outputs.length / rows;
        const own = outputs.subarray(n * width, (n + 1) * width);
        const probabilities = width === 1 ? [1 - own[0], own[0]] : [...own];
        const predicted = predictedClass(own);
        const cells: Cell[] = [names[predicted], ...probabilities];
        if (!hasTargets) return cells;
        const label = targets?.[n] ?? Number.NaN;
        if (Number.isNaN(label)) return [...cells, null];
        score.add(label === predicted, probabilities[label]);
        return [...cells, names[label]];
      }),
  };
}
