import type { PartName } from '../output/predicted.ts';

/** What a regression predicts, as the rows of predictions.csv and fitted.csv. */
export interface TrialPredictions {
  readonly rows: readonly PredictedRow[];
  /** The fitted curve or surface; empty for more than two inputs. */
  readonly fitted: readonly FittedPoint[];
}

export interface PredictedRow {
  readonly part: PartName;
  /** null where there are more inputs than two, or fewer. */
  readonly x: number | null;
  readonly y: number | null;
  readonly target: number;
  readonly prediction: number;
}

export interface FittedPoint {
  readonly x: number;
  /** null of a curve */
  readonly y: number | null;
  readonly prediction: number;
  /** Without noise; null if it is not known. */
  readonly target: number | null;
}
