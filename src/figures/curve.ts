export interface Point {
  readonly epoch: number;
  readonly value: number;
  /** Lowest and highest over the seeds. */
  readonly low: number;
  readonly high: number;
}

export interface Curve {
  /** The cell of the experiment, such as "relu"; empty if there is only one. */
  readonly series: string;
  /** train or test, or "test, tfjs". */
  readonly split: string;
  /** Empty if no value is finite. */
  readonly points: readonly Point[];
  /** The report's value after the last epoch; null if it has none. */
  readonly published: number | null;
  /** Whether no seed finished, and the epoch of the divergence if it is known. */
  readonly diverged: boolean;
  readonly divergedAt: number | null;
}

export interface CurvePanel {
  readonly title: string;
  readonly valueTitle: string;
  readonly better: 'lower' | 'higher';
  /** Panels with the same scale share an axis, as training and test do. */
  readonly scale: string;
  readonly curves: readonly Curve[];
}
