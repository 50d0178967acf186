import type { Dtype, FloatArray } from '../math/dtype.ts';

/** An element-wise activation a = f(z), and its derivative f'(z), which is a function of a or of z. */
export interface Activation {
  readonly name: string;
  /** What the derivative is written in terms of. */
  readonly by: 'a' | 'z';
  value(z: number): number;
  derivative(x: number): number;
  /** The same in float32, each operation rounded; without it, float32 kernels compute in float64 and round the result. */
  readonly float32?: Pick<Activation, 'value' | 'derivative'>;
}

/** Smaller absolute values in the state of an optimiser become 0. */
export const smallestState: Readonly<Record<Dtype, number>> = { float32: 2 ** -100, float64: 2 ** -900 };

/** The offsets of a sparse matrix (CSR): row n holds entries starts[n] .. starts[n + 1] - 1. */
export interface CsrOffsets {
  /** in floats: the nonzero entries, row after row */
  readonly values: number;
  /** in ints, as 16-bit numbers, two in each int: the column of each entry */
  readonly columns: number;
  /** in ints: [rows + 1] positions of the first entry of each row, counted from `values` */
  readonly starts: number;
}

/** Scratch space for sorting a batch's entries by column. Its contents are overwritten. */
export interface SparseWorkspace {
  readonly ints: number;
  readonly floats: number;
}

/** The most rows whose entries are sorted at a time. */
const rowsSortedAtOnce = 128;

/** The size of the scratch space for batches of N rows with D columns: for each column the entries of N rows, as pairs. */
export function sparseWorkspaceSize(N: number, D: number): SparseWorkspace {
  return { ints: D, floats: 2 * D * (Math.min(N, rowsSortedAtOnce) + 1) };
}

/**
 * The arithmetic of training on one linear memory.
 *
 * Every array argument is an offset in elements, into `floats`, or into `ints` where that is noted. Both are views of
 * the whole memory, so the caller must keep their regions apart. Matrices are row-major. Shape letters: N rows in a
 * batch, D inputs, H units, P outputs. No kernel allocates memory. Each kernel sums in one fixed order, so that every
 * implementation gives the same bits: in the order of the summation index. The exception is the forward pass of a layer
 * with one unit (H = 1): its inputs are summed in four parts, those with d mod 4 = 0, 1, 2 and 3, which are then added
 * as (s0 + s1) + (s2 + s3).
 *
 * The optimisers' state (v, m and s) of a weight without gradients decays. Numbers so small that processors compute with
 * them many times more slowly (denormals) are avoided: state below `smallestState` becomes 0. That is far below the last
 * digit of any weight. `momentumInPlace`, whose bits are older than this rule, keeps them.
 */
export interface Kernels {
  readonly dtype: Dtype;
  readonly floats: FloatArray;
  readonly ints: Int32Array;

  /** out[N,D] = source[rows[n], :]; rows in ints. */
  gatherRows(source: number, rows: number, out: number, N: number, D: number): void;

  /** out[N,H] = x[N,D] w[D,H] + b[H]; b < 0: no bias. */
  denseForward(x: number, w: number, b: number, out: number, N: number, D: number, H: number): void;
  /** out[N,H] = x[rows[n], :] w[D,H] + b[H] on sparse rows; b < 0: no bias; w's rows are `stride` apart. */
  sparseForward(
    x: CsrOffsets,
    rows: number,
    w: number,
    b: number,
    out: number,
    N: number,
    H: number,
    stride: number,
  ): void;

  /** gradient[D,H] = x[N,D]' delta[N,H]. `continued`: the sums continue from what is in the gradient. */
  denseBackwardWeights(
    x: number,
    delta: number,
    gradient: number,
    N: number,
    D: number,
    H: number,
    continued?: boolean,
  ): void;
  /** The same for sparse rows; the gradient's rows are `stride` apart. */
  sparseBackwardWeights(
    x: CsrOffsets,
    rows: number,
    delta: number,
    gradient: number,
    workspace: SparseWorkspace,
    N: number,
    D: number,
    H: number,
    stride: number,
    continued?: boolean,
  ): void;
  /**
   * w[D,H] <- w - rate x' delta on sparse rows: the backward pass and plain SGD in one. It updates only the rows of w
   * whose column has an entry. The gradient is overwritten.
   */
  sparseSgdInPlace(
    x: CsrOffsets,
    rows: number,
    delta: number,
    gradient: number,
    w: number,
    rate: number,
    workspace: SparseWorkspace,
    N: number,
    D: number,
    H: number,
    stride: number,
  ): void;
  /** gradient[H] = sum over rows of delta[N,H], `continued` as above. */
  backwardBias(delta: number, gradient: number, N: number, H: number, continued?: boolean): void;
  /** out[N,D] = delta[N,H] w[D,H]'; scratch[H,D] is overwritten, or `continued`: as the last call with this w left it. */
  backwardInputs(
    delta: number,
    w: number,
    scratch: number,
    out: number,
    N: number,
    D: number,
    H: number,
    continued?: boolean,
  ): void;

  /** a <- f(a), element by element. */
  activationForwardInPlace(activation: Activation, a: number, count: number): void;
  /** delta <- delta f'(z), element by element; x holds a or z, as the activation needs. */
  activationBackwardInPlace(activation: Activation, x: number, delta: number, count: number): void;
  /** out = a b, element by element; out may be a or b. */
  multiply(a: number, b: number, out: number, count: number): void;
  /** out = a, element by element. */
  copy(a: number, out: number, count: number): void;
  /** z[N,P] <- softmax of each row, shifted by the row's maximum. */
  softmaxForwardInPlace(z: number, N: number, P: number): void;

  /** out = scale (a - y). */
  scaledDifference(a: number, y: number, scale: number, out: number, count: number): void;
  /** Returns sum (a - y)^2, summed in float64. */
  squaredError(a: number, y: number, count: number): number;
  /** out = scale sign(a - y), with sign(0) = 0; NaN stays NaN. */
  signOfDifference(a: number, y: number, scale: number, out: number, count: number): void;
  /** Returns sum |a - y|, summed in float64. */
  absoluteError(a: number, y: number, count: number): number;
  /** out = scale (a - y), with a - y limited to [-limit, limit]; NaN stays NaN. */
  limitedDifference(a: number, y: number, limit: number, scale: number, out: number, count: number): void;
  /** Returns the sum of e^2/2 where |e| <= limit and of limit (|e| - limit/2) elsewhere, e = a - y, in float64. */
  huberError(a: number, y: number, limit: number, count: number): number;
  /**
   * z[N,P] <- softmax; returns -sum y ln softmax(z), computed from the logits. The sum of exponentials within a row is
   * in the memory's element type, the sum over rows in float64.
   */
  softmaxCrossEntropyInPlace(z: number, y: number, N: number, P: number): number;
  /**
   * Returns the number of rows in which a[N,P] and y[N,P] have their maximum in the same column (on ties the first
   * one).
   */
  countCorrect(a: number, y: number, N: number, P: number): number;

  /** Returns sum ln(1 + e^z) - y z over logits z and targets y in [0, 1], in float64: the binary cross-entropy. */
  binaryCrossEntropy(z: number, y: number, count: number): number;
  /** Returns the number of probabilities a that are at least 0.5 where y is, and below where it is. */
  countCorrectBinary(a: number, y: number, count: number): number;

  /** gradient += 2 lambda w. */
  addPenalty(gradient: number, w: number, lambda: number, count: number): void;
  /** gradient += l1 sign(w), with sign(0) = 0. */
  addAbsolutePenalty(gradient: number, w: number, l1: number, count: number): void;
  /** w <- w - rate gradient. */
  sgdInPlace(w: number, gradient: number, rate: number, count: number): void;
  /** v <- momentum v + rate gradient; w <- w - v. */
  momentumInPlace(
    w: number,
    velocity: number,
    gradient: number,
    rate: number,
    momentum: number,
    count: number,
  ): void;
  /** v <- momentum v + rate gradient; w <- w - (momentum v + rate gradient), with the new v. */
  nesterovInPlace(
    w: number,
    velocity: number,
    gradient: number,
    rate: number,
    momentum: number,
    count: number,
  ): void;
  /**
   * s <- keep s + share gradient^2; d = rate gradient / (sqrt(s) + epsilon); then v <- momentum v + d; w <- w - v, or
   * with v < 0, for no momentum, w <- w - d.
   */
  rootMeanSquareInPlace(
    w: number,
    s: number,
    v: number,
    gradient: number,
    rate: number,
    keep: number,
    share: number,
    epsilon: number,
    momentum: number,
    count: number,
  ): void;
  /**
   * m <- beta1 m + (1 - beta1) gradient; s <- beta2 s + (1 - beta2) gradient^2;
   * w <- keep w - rate m / (sqrt(s) + epsilon).
   */
  adamInPlace(
    w: number,
    m: number,
    s: number,
    gradient: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    keep: number,
    count: number,
  ): void;
  /** Returns the sum of a^2, in float64, in the four parts of a single unit (i mod 4). */
  sumOfSquares(a: number, count: number): number;
  /** a <- factor a. */
  scaleInPlace(a: number, factor: number, count: number): void;

  /**
   * A complete SGD step on a linear model, x w + b, with the squared error, for rows of x[.,D] and y[.]; rows in ints.
   *
   * delta[N] = 2/N (x[rows, :] w + b - y[rows]); w[D] <- w - rate (x[rows, :]' delta + 2 lambda w); b <- b - rate (sum
   * of delta + 2 biasLambda b); b < 0: no bias. The bits are the same as with the separate kernels above.
   */
  linearSgdStep(
    x: number,
    y: number,
    rows: number,
    w: number,
    b: number,
    delta: number,
    N: number,
    D: number,
    rate: number,
    lambda: number,
    biasLambda: number,
  ): void;
  /** out[N] = relu(x[N,2] w[2,H] + b[H]) v[H] + c, for H a multiple of 8. */
  relu2H1Forward(
    x: number,
    w: number,
    b: number,
    v: number,
    c: number,
    out: number,
    N: number,
    H: number,
  ): void;
  /**
   * A complete SGD step on that network with the squared error, for rows of x[.,2] and y[.]; rows in ints.
   *
   * Scratch space: inputs[N,2], a[N,H] and delta[N]. While all numbers are finite, the bits are the same as with the
   * separate kernels above.
   */
  relu2H1SgdStep(
    x: number,
    y: number,
    rows: number,
    w: number,
    b: number,
    v: number,
    c: number,
    inputs: number,
    a: number,
    delta: number,
    N: number,
    H: number,
    rate: number,
    lambda: number,
    biasLambda: number,
  ): void;
}
