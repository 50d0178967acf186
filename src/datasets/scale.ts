/** By what the training rows say of each column: their mean and standard deviation, or their least and greatest value. */
const columnScalings = ['standard', 'minmax'] as const;
type ColumnScaling = (typeof columnScalings)[number];

/**
 * How inputs are scaled. pixels and max divide all of them by 255 or by the largest input of all rows, before anything
 * else. standard and minmax scale each feature of the model, after everything else.
 */
export const scalings = ['none', 'pixels', 'max', ...columnScalings] as const;
export type Scaling = (typeof scalings)[number];

/** How the targets of a regression are scaled. */
export const targetScalings = ['none', ...columnScalings] as const;
export type TargetScaling = (typeof targetScalings)[number];

/** Whether a scaling takes its numbers from the training rows. */
export function isOfColumns(scaling: Scaling): scaling is ColumnScaling {
  return (columnScalings as readonly string[]).includes(scaling);
}

const largestByte = 255;

/** The number by which a scaling divides every input of data whose largest input is `largest`. */
export function divisorOf(scaling: Scaling, largest: number): number {
  if (scaling === 'pixels') return largestByte;
  return scaling === 'max' && largest > 0 ? largest : 1;
}

/**
 * The scaling of pixels if the user chose none: divided by 255, unless all of them would then be below one half or some above
 * 1. Pixels from 0 to 1, 16, 100 or 65535 are not on a scale to 255, and a network hardly learns from inputs that small.
 */
export function defaultScaling(largest: number): Scaling {
  return 2 * largest < largestByte || largest > largestByte ? 'max' : 'pixels';
}

/** What is subtracted from the inputs: nothing, the mean of all inputs, or the mean of each column. */
export const centerings = ['none', 'scalar', 'columns'] as const;
export type Centering = (typeof centerings)[number];

/**
 * The values to subtract from each column of the inputs [N][D], computed from the training rows only.
 *
 * columns: m_d = mean over training rows n of inputs[n][d]. scalar: the mean of all m_d, for every column.
 * none: zeros. The result is [D].
 */
export function trainingMeans(
  inputs: Float64Array,
  columns: number,
  train: Int32Array,
  centering: Centering,
): Float64Array {
  const means = new Float64Array(columns);
  if (centering === 'none' || train.length === 0) return means;
  for (const row of train) {
    const from = row * columns;
    for (let d = 0; d < columns; d++) means[d] += inputs[from + d];
  }
  for (let d = 0; d < columns; d++) means[d] /= train.length;
  if (centering === 'columns') return means;
  return means.fill(means.reduce((sum, mean) => sum + mean, 0) / columns);
}

/** inputs[n][d] -= means[d] for every row of inputs [N][D]. */
export function subtractInPlace(inputs: Float64Array, columns: number, means: Float64Array): void {
  for (let from = 0; from < inputs.length; from += columns) {
    for (let d = 0; d < columns; d++) inputs[from + d] -= means[d];
  }
}

/** What maps scaled columns to the original ones: original = scaled * factor + offset, one of each per column. */
export interface ColumnScales {
  readonly offsets: Float64Array;
  /** 0 for a column that is constant in the training rows. */
  readonly factors: Float64Array;
}

/**
 * The scales of the columns of values [N][D] from the given rows alone, n = 1 .. N of them.
 *
 * standard: offset_d = (1/N) sum_n v_nd, factor_d = sqrt((1/N) sum_n (v_nd - offset_d)^2). minmax: offset_d = min_n v_nd,
 * factor_d = max_n v_nd - min_n v_nd. A column whose values are all equal has that value as offset and the factor 0: sums
 * would give it the rounding error of its mean. Source: scikit-learn, StandardScaler and MinMaxScaler.
 */
export function columnScales(
  values: ArrayLike<number>,
  columns: number,
  rows: Int32Array,
  scaling: ColumnScaling,
): ColumnScales {
  const low = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  const means = new Float64Array(columns);
  for (const row of rows) {
    for (let d = 0; d < columns; d++) {
      const value = values[row * columns + d];
      if (value < low[d]) low[d] = value;
      if (value > high[d]) high[d] = value;
      means[d] += value;
    }
  }
  if (scaling === 'minmax') return { offsets: low, factors: high.map((value, d) => value - low[d]) };
  for (let d = 0; d < columns; d++) means[d] /= rows.length;
  const squares = new Float64Array(columns);
  for (const row of rows) {
    for (let d = 0; d < columns; d++) {
      const deviation = values[row * columns + d] - means[d];
      squares[d] += deviation * deviation;
    }
  }
  const isConstant = (d: number) => low[d] === high[d];
  return {
    offsets: means.map((mean, d) => (isConstant(d) ? low[d] : mean)),
    factors: squares.map((sum, d) => (isConstant(d) ? 0 : Math.sqrt(sum / rows.length))),
  };
}

/**
 * values[n][d] <- (values[n][d] - offset_d) / factor_d for every row of values [N][D]; 0 where the factor is 0, in any row: a
 * column that is constant in the training rows says nothing.
 */
export function scaleInPlace(values: Float64Array, { offsets, factors }: ColumnScales): void {
  const columns = offsets.length;
  for (let from = 0; from < values.length; from += columns) {
    for (let d = 0; d < columns; d++) {
      values[from + d] = factors[d] === 0 ? 0 : (values[from + d] - offsets[d]) / factors[d];
    }
  }
}
