export interface Point {
  /** The epoch, or the value of a setting. */
  readonly x: number;
  readonly value: number;
  /** Lowest and highest over the seeds. */
  readonly low: number;
  readonly high: number;
}

export interface Cross {
  readonly x: number;
  readonly value: number | null;
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
  /** Whether its values are those of trials that did not finish. */
  readonly diverged: boolean;
  /** Where training diverged, with the last value if there is one. */
  readonly crosses: readonly Cross[];
}

export interface CurvePanel {
  readonly title: string;
  readonly valueTitle: string;
  readonly better: 'lower' | 'higher';
  /** Panels with the same scale share an axis, as training and test do. */
  readonly scale: string;
  /** Whether values explode along curves, as over epochs, at some points of all of them, as over learning rates, or never. */
  readonly explodes: 'curves' | 'points' | 'never';
  readonly curves: readonly Curve[];
}
