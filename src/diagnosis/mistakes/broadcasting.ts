import { arrayOf, map, type NumberArray, reshape, scale } from '../../trace/number-array.ts';
import { isErrorOfZ, rightRules } from '../../trace/right-rules.ts';
import type { Step } from '../../trace/rules.ts';
import type { Mistake, MistakeKind } from './mistake.ts';

/** Larger batches are left out: N^2 pairs take memory. */
const mostRows = 500;

const explain =
  'NumPy makes an (N, N) array of (N, 1) - (N,): every output minus every target, not each output minus its own.';
const fix = 'Give both the same shape: y = y.reshape(-1, 1), or a = a[:, 0].';

/** Outputs and targets of every pair of rows, N^2 rows of one number. */
function pairs(a: NumberArray, y: NumberArray): [NumberArray, NumberArray] {
  const N = a.values.length;
  const pair = arrayOf([N * N, 1]);
  return [map(pair, (_, i) => a.values[Math.floor(i / N)]), map(pair, (_, i) => y.values[i % N])];
}

const outputsOf = ({ a, exercise }: Step): NumberArray => a[exercise.layers.length - 1];

/** One output whose shape (N, 1) meets targets of the shape (N,). */
export const broadcasting: MistakeKind = (exercise) => {
  const largest = Math.max(...exercise.batches.flat().map((rows) => rows.length));
  if (exercise.y.shape[1] !== 1 || largest > mostRows) return [];
  // As a batch with a row for each pair, so that the exercise's own loss is computed.
  const wide = rightRules({
    ...exercise,
    layers: exercise.layers.slice(-1),
    batches: [[Array.from({ length: largest ** 2 }, () => 0)]],
  });
  const last = exercise.layers.length - 1;
  const ofPairs = (step: Step): Step => {
    const [a, y] = pairs(outputsOf(step), step.y);
    // z is not that of a: the loss is that of a.
    return { ...step, a: [a], z: [map(a, () => Number.NaN)], y, N: step.N ** 2 };
  };
  /** dC/da of each pair, divided by N^2: [N][N]. */
  const errors = (step: Step): NumberArray => reshape(wide.outputError(ofPairs(step)), [step.N, step.N]);
  const along = (square: NumberArray, axis: 0 | 1): NumberArray => {
    const N = square.shape[0];
    const sums = arrayOf([N, 1]);
    square.values.forEach((value, i) => {
      sums.values[axis === 1 ? Math.floor(i / N) : i % N] += value;
    });
    return sums;
  };
  const turned = (square: NumberArray): NumberArray =>
    map(
      square,
      (_, i) => square.values[(i % square.shape[0]) * square.shape[0] + Math.floor(i / square.shape[0])],
    );
  const withSlope = (step: Step, square: NumberArray): NumberArray => {
    if (isErrorOfZ(exercise)) return square;
    const slope = step.rules.derivative(step, last);
    return map(square, (value, i) => value * slope.values[Math.floor(i / step.N)]);
  };
  const losses: Mistake[] = (
    [
      ['mean', 'averaged over all N^2 pairs', () => 1],
      ['sum', 'summed over all N^2 pairs and divided by N', ({ N }: Step) => N],
      ['whole-sum', 'summed over all N^2 pairs', ({ N }: Step) => N * N],
      ['half-mean', 'averaged over all N^2 pairs and halved', () => 1 / 2],
    ] as const
  ).map(([id, what, c]) => ({
    id: `broadcast-loss-${id}`,
    title: `the loss is of an (N, N) array: every output is compared with every target, and this is ${what}`,
    explain,
    fix,
    rules: (right) => ({
      ...right,
      loss: (step) => scale(wide.loss(ofPairs(step)), c(step)),
    }),
  }));
  const deltas: Mistake[] = (
    [
      ['targets', 'a minus the mean of all targets', 1, () => 1],
      ['targets-sum', 'summed over all targets', 1, ({ N }: Step) => N],
      ['outputs', 'the mean of all outputs minus y', 0, () => 1],
      ['outputs-sum', 'summed over all outputs', 0, ({ N }: Step) => N],
    ] as const
  ).map(([id, what, axis, c]) => ({
    id: `broadcast-delta-${id}`,
    title: `the error of the output comes from an (N, N) array, every output with every target: ${what}`,
    explain,
    fix,
    rules: (right) => ({
      ...right,
      outputError: (step) => scale(along(errors(step), axis), c(step)),
    }),
  }));
  const squares: Mistake[] = (
    [
      ['', ({ N }: Step) => N],
      ['-averaged-twice', () => 1],
      ['-not-averaged', ({ N }: Step) => N * N],
      ['-halved', ({ N }: Step) => N / 2],
    ] as const
  ).flatMap(([id, c]) =>
    [false, true].map((turn) => ({
      id: `broadcast-delta${id}${turn ? '-turned' : ''}`,
      title: "the output layer's delta is an (N, N) array: every output minus every target",
      explain,
      fix,
      rules: (right) => ({
        ...right,
        outputDelta: (step) => {
          const square = scale(errors(step), c(step));
          const product = withSlope(step, square);
          return turn ? turned(product) : product;
        },
      }),
    })),
  );
  return [...losses, ...deltas, ...squares];
};
