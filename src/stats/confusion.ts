import { type Classified, classesOf, predictionsOf } from './classified.ts';

/** How many rows of each true class [row] were given each class [column], [classes][classes]. */
export function confusionMatrix(rows: Classified): number[][] {
  const classes = classesOf(rows);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  predictionsOf(rows).forEach((predicted, n) => {
    counts[rows.labels[n]][predicted]++;
  });
  return counts;
}

/** The scores of a class, or averages of them; null where they are 0 / 0. */
export interface ClassScores {
  /** The rows of this class, and the rows that were given it. */
  readonly rows: number;
  readonly predicted: number;
  /** The share of the rows that were given the class and are of it: TP / (TP + FP). */
  readonly precision: number | null;
  /** The share of its rows that were given it: TP / (TP + FN). */
  readonly recall: number | null;
  /** The harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN). */
  readonly f1: number | null;
}

export function scoresByClass(confusion: readonly (readonly number[])[]): ClassScores[] {
  return confusion.map((row, c) => {
    const rows = sum(row);
    const predicted = sum(confusion.map((other) => other[c]));
    const ratio = (a: number, b: number) => (b === 0 ? null : a / b);
    return {
      rows,
      predicted,
      precision: ratio(row[c], predicted),
      recall: ratio(row[c], rows),
      f1: ratio(2 * row[c], rows + predicted),
    };
  });
}

/** How scores of classes become one. */
export const averages = {
  /** The mean over the classes that occur, as label or as prediction. */
  macro: (scores: readonly ClassScores[]) =>
    averageOf(scores, ({ rows, predicted }) => (rows + predicted > 0 ? 1 : 0)),
  /** The mean over the classes, weighted by their rows. */
  weighted: (scores: readonly ClassScores[]) => averageOf(scores, ({ rows }) => rows),
  /** Those of all rows counted together, which is the accuracy. */
  micro: (scores: readonly ClassScores[]) => {
    const accuracy = averageOf(scores, ({ rows }) => rows).recall;
    return { ...totalsOf(scores), precision: accuracy, recall: accuracy, f1: accuracy };
  },
} satisfies Record<string, (scores: readonly ClassScores[]) => ClassScores>;

export type Average = keyof typeof averages;
export const averageNames = Object.keys(averages) as Average[];

/** As in scikit-learn, 0 / 0 counts as 0. */
function averageOf(scores: readonly ClassScores[], weightOf: (scores: ClassScores) => number): ClassScores {
  const total = sum(scores.map(weightOf));
  const average = (name: 'precision' | 'recall' | 'f1') =>
    sum(scores.map((one) => weightOf(one) * (one[name] ?? 0))) / total;
  return {
    ...totalsOf(scores),
    precision: average('precision'),
    recall: average('recall'),
    f1: average('f1'),
  };
}

function totalsOf(scores: readonly ClassScores[]) {
  const rows = sum(scores.map((one) => one.rows));
  return { rows, predicted: rows };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
