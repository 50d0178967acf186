import type { Task } from '../stats/metrics.ts';

export const missingChoices = ['error', 'drop', 'mean'] as const;

/** What is done about missing values: refuse them, leave out their rows, or put the mean of the training rows in their place. */
export type Missing = (typeof missingChoices)[number];

export const taskChoices = ['auto', 'regression', 'classification'] as const;

/** What a user says of a table: which columns are used, and how they are read. */
export interface TableChoices {
  /** The column to predict; null if the user has named none. */
  readonly target: string | null;
  /** The columns that the target is predicted from; null: all but the target, `drop` and `id`. */
  readonly features: readonly string[] | null;
  /** Columns that are not features. */
  readonly drop: readonly string[];
  /** Columns of numbers that are names of categories. Columns of text always are. */
  readonly categorical: readonly string[];
  readonly missing: Missing;
  /** The column that identifies a row, which is no feature; null: there is none. */
  readonly id: string | null;
  /** Whether 3,14 is a number. */
  readonly decimalComma: boolean;
  /** 'auto' infers it from the target. */
  readonly task: Task | 'auto';
}

export const defaultTableChoices: TableChoices = {
  target: null,
  features: null,
  drop: [],
  categorical: [],
  missing: 'error',
  id: null,
  decimalComma: false,
  task: 'auto',
};
