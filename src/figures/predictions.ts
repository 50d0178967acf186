import type { Plan } from '../experiment/plan.ts';
import { type Predictions, partNames } from '../output/predicted.ts';
import { classifierCells } from './classifier-cells.ts';
import type { Results, TrialResult } from './results.ts';
import type { TrialPredictions } from './trial-predictions.ts';

/** The place of the trial whose predictions are drawn: of the best cell, its first seed with predictions; null if none has. */
export function drawnPrediction(
  { experiment, trials }: Pick<Results, 'experiment' | 'trials'>,
  has: (index: number) => boolean,
): number | null {
  if (experiment.task !== 'regression') return null;
  const best = new Set(classifierCells({ experiment, trials })?.best.trials ?? []);
  const known = trials.flatMap((trial, index) => (has(index) ? [{ trial, index }] : []));
  return (known.find(({ trial }) => best.has(trial)) ?? known[0])?.index ?? null;
}

/** The results of a plan with the predictions that are drawn. */
export function withPlanPredictions(results: Results, { cells }: Plan, predictions: Predictions): Results {
  const byCell = new Map(predictions.map((predicted) => [predicted.cell, predicted]));
  const drawn = drawnPrediction(results, (index) => byCell.has(cells[index]));
  if (drawn === null) return results;
  const own = drawnOf(byCell.get(cells[drawn])!);
  const trials = results.trials.map(
    (trial, index): TrialResult => (index === drawn ? { ...trial, predictions: own } : trial),
  );
  return { ...results, trials };
}

function drawnOf({
  rows,
  parts,
  targets,
  outputs,
  inputs,
  columns,
  fitted,
}: Predictions[number]): TrialPredictions {
  const at = (points: Float64Array, n: number) => ({
    x: points[n * columns],
    y: columns === 2 ? points[n * columns + 1] : null,
  });
  return {
    rows: Array.from(rows, (_, n) => ({
      part: partNames[parts[n]],
      ...(inputs === null ? { x: null, y: null } : at(inputs, n)),
      target: targets[n],
      prediction: outputs[n],
    })),
    fitted:
      fitted === null
        ? []
        : Array.from(fitted.predictions, (prediction, n) => ({
            ...at(fitted.points, n),
            prediction,
            target: fitted.truth?.[n] ?? null,
          })),
  };
}
