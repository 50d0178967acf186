import { brierScore, type CalibrationBin, calibrationBins, calibrationError } from './calibration.ts';
import { type Classified, classesOf, predictionsOf, probabilitiesOf } from './classified.ts';
import {
  type averageNames,
  averages,
  type ClassScores,
  confusionMatrix,
  scoresByClass,
} from './confusion.ts';
import { type Ranking, rankRows, thinned } from './ranking.ts';

/** One number for each class, and for the averages over the classes; null where it is not defined. */
export interface ClassNumbers extends ClassScores {
  /** Of this class against all others. */
  readonly auc: number | null;
  readonly gainsRatio: number | null;
  readonly calibrationError: number | null;
  readonly brier: number | null;
}

/** Everything that is shown of how a classifier does on its test rows. */
export interface ClassifierSummary {
  /** [true class][predicted class] */
  readonly confusion: readonly (readonly number[])[];
  /** [classes] */
  readonly byClass: readonly ClassNumbers[];
  readonly averages: Readonly<Record<(typeof averageNames)[number], ClassNumbers>>;
  /** By class, with at most `mostPoints` points: of two classes the second, of more each that can be ranked. */
  readonly rankings: ReadonlyMap<number, Ranking>;
  /** By class as above; then of the class that was given to each row. */
  readonly calibration: ReadonlyMap<number, readonly CalibrationBin[]>;
  readonly ofPredicted: readonly CalibrationBin[];
}

/** The curves of a class have at most so many points. */
export const mostPoints = 100;

/** The classes whose curves are shown: of two classes the second, since those of the first say the same. */
export function shownClasses(classes: number): number[] {
  return classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c);
}

/** Summarises the test rows of a classifier. All are one pass over the rows, or one sort, for each class. */
export function summarizeClassifier(rows: Classified): ClassifierSummary {
  const classes = classesOf(rows);
  const predictions = predictionsOf(rows);
  const confusion = confusionMatrix(rows);
  const scores = scoresByClass(confusion);
  const rankings = new Map<number, Ranking>();
  const calibration = new Map<number, readonly CalibrationBin[]>();
  const shown = new Set(shownClasses(classes));
  const byClass = scores.map((own, c): ClassNumbers => {
    const probabilities = probabilitiesOf(rows, c);
    const isOfClass = (n: number) => rows.labels[n] === c;
    const ranking = rankRows(probabilities, isOfClass);
    const bins = calibrationBins(probabilities, isOfClass);
    if (shown.has(c)) {
      calibration.set(c, bins);
      if (ranking !== null) rankings.set(c, thinnedRanking(ranking));
    }
    return {
      ...own,
      auc: ranking?.auc ?? null,
      gainsRatio: ranking?.gainsRatio ?? null,
      calibrationError: calibrationError(bins),
      brier: brierScore(probabilities, isOfClass),
    };
  });
  const given = Float64Array.from(predictions, (c, n) => probabilityOf(rows, n, c));
  const ofPredicted = calibrationBins(given, (n) => rows.labels[n] === predictions[n]);
  const sumOfSquares = byClass.reduce((sum, { brier }) => sum + brier!, 0);
  const micro: ClassNumbers = {
    ...averages.micro(scores),
    auc: null,
    gainsRatio: null,
    calibrationError: calibrationError(ofPredicted),
    brier: classes === 2 ? byClass[1].brier : sumOfSquares,
  };
  const macro = { ...averages.macro(scores), ...averageRanks(byClass, () => 1) };
  const weighted = { ...averages.weighted(scores), ...averageRanks(byClass, (own) => own.rows) };
  return { confusion, byClass, averages: { macro, weighted, micro }, rankings, calibration, ofPredicted };
}

function probabilityOf({ labels, probabilities }: Classified, n: number, c: number): number {
  const outputs = probabilities.length / labels.length;
  if (outputs > 1) return probabilities[n * outputs + c];
  return c === 1 ? probabilities[n] : 1 - probabilities[n];
}

function thinnedRanking({ roc, gains, ...areas }: Ranking): Ranking {
  return { roc: thinned(roc, mostPoints), gains: thinned(gains, mostPoints), ...areas };
}

/** Means over the classes that have the number. */
function averageRanks(
  byClass: readonly ClassNumbers[],
  weightOf: (own: ClassNumbers) => number,
): Omit<ClassNumbers, keyof ClassScores> {
  const average = (name: 'auc' | 'gainsRatio' | 'calibrationError' | 'brier') => {
    const having = byClass.filter((own) => own[name] !== null);
    const total = having.reduce((sum, own) => sum + weightOf(own), 0);
    const sum = having.reduce((all, own) => all + weightOf(own) * own[name]!, 0);
    return total === 0 ? null : sum / total;
  };
  return {
    auc: average('auc'),
    gainsRatio: average('gainsRatio'),
    calibrationError: average('calibrationError'),
    brier: average('brier'),
  };
}
