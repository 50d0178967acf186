import { losses } from '../../nn/losses.ts';
import type { Exercise } from '../../trace/exercise.ts';
import { map, type NumberArray, reshape, takeRows, transpose } from '../../trace/number-array.ts';
import { batchesOf } from '../../trace/quantities.ts';
import type { Step } from '../../trace/rules.ts';
import type { Mistake, MistakeKind } from './mistake.ts';

/** A scaling (value - shift) / scale, from the numbers that it is made from. */
interface Scaling {
  readonly id: string;
  readonly title: string;
  readonly of: (values: Float64Array) => readonly [shift: number, scale: number];
}

const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;
const smallest = (values: Float64Array): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const largest = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
/** The standard deviation, with the sum of squares divided by the number of values less `ddof`. */
const deviation = (values: Float64Array, ddof: 0 | 1): number => {
  const m = mean(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (values.length - ddof));
};

const scalings: readonly Scaling[] = [
  {
    id: 'standardised',
    title: 'standardised (mean 0, standard deviation 1)',
    of: (values) => [mean(values), deviation(values, 0)],
  },
  {
    id: 'standardised-sample',
    title: 'standardised (mean 0, sample standard deviation 1)',
    of: (values) => [mean(values), deviation(values, 1)],
  },
  { id: 'centred', title: 'centred (mean 0)', of: (values) => [mean(values), 1] },
  {
    id: 'divided-by-deviation',
    title: 'divided by their standard deviation',
    of: (values) => [0, deviation(values, 0)],
  },
  {
    id: 'min-max',
    title: 'scaled to between 0 and 1',
    of: (values) => [smallest(values), largest(values) - smallest(values)],
  },
  {
    id: 'min-max-symmetric',
    title: 'scaled to between -1 and 1',
    of: (values) => [(smallest(values) + largest(values)) / 2, (largest(values) - smallest(values)) / 2],
  },
  { id: 'divided-by-maximum', title: 'divided by their maximum', of: (values) => [0, largest(values)] },
  {
    id: 'divided-by-absolute-maximum',
    title: 'divided by their largest absolute value',
    of: (values) => [0, largest(values.map(Math.abs))],
  },
  { id: 'divided-by-255', title: 'divided by 255', of: () => [0, 255] },
  { id: 'multiplied-by-255', title: 'multiplied by 255', of: () => [0, 1 / 255] },
];

/** Where the mean, the deviation and so on of a scaling are from. */
const sources = [
  { id: '', title: '', columns: true, batch: false },
  { id: '-whole', title: ', all columns together', columns: false, batch: false },
  { id: '-batch', title: ', in each batch by itself', columns: true, batch: true },
] as const;

/** Shift and scale of each column, or of all columns together. */
function limitsOf({ of }: Scaling, from: NumberArray, columns: boolean): (readonly [number, number])[] {
  if (!columns) return [of(from.values)];
  const { shape, values } = transpose(from);
  const [D, N] = shape;
  return Array.from({ length: D }, (_, d) => of(values.subarray(d * N, (d + 1) * N)));
}

function scaledBy(values: NumberArray, limits: readonly (readonly [number, number])[]): NumberArray {
  const D = values.shape[1];
  return map(values, (value, i) => {
    const [shift, scale] = limits[limits.length === 1 ? 0 : i % D];
    return (value - shift) / scale;
  });
}

const rowsOf = (which: 'x' | 'y', step: Step): NumberArray => takeRows(step.exercise[which], step.rows);

const scalingOf = (which: 'x' | 'y', name: string): Mistake[] =>
  scalings.flatMap((scaling) => {
    const constant = scaling.of(Float64Array.of(1, 2)).join() === scaling.of(Float64Array.of(3, 5)).join();
    return (constant ? sources.slice(0, 1) : sources).map(({ id, title, columns, batch }) => ({
      id: `${which}-${scaling.id}${id}`,
      title: `the ${name} are ${scaling.title}${title}`,
      explain: `The exercise's ${name} are to be used as they are.`,
      fix: `${which} = trace.${which}, without another scaling`,
      rules(right) {
        // Those of all rows are the same in each step.
        let ofData: ReturnType<typeof limitsOf> | null = null;
        return {
          ...right,
          [which](step: Step) {
            const values = right[which](step);
            if (batch) return scaledBy(values, limitsOf(scaling, values, columns));
            ofData ??= limitsOf(scaling, step.exercise[which], columns);
            return scaledBy(values, ofData);
          },
        };
      },
    }));
  });

/** Other values of the rows. */
const values: readonly {
  readonly id: string;
  readonly which: 'x' | 'y';
  readonly title: string;
  readonly applies?: (exercise: Exercise) => boolean;
  readonly of: (values: NumberArray) => NumberArray;
}[] = [
  {
    id: 'x-norm-1',
    which: 'x',
    title: 'the inputs of each row are divided by their norm',
    of: (rows) => {
      const [N, D] = rows.shape;
      const norms = Array.from({ length: N }, (_, n) =>
        Math.sqrt(rows.values.subarray(n * D, (n + 1) * D).reduce((sum, v) => sum + v * v, 0)),
      );
      return map(rows, (value, i) => value / norms[Math.floor(i / D)]);
    },
  },
  {
    id: 'x-reshaped',
    which: 'x',
    title: 'the inputs are reshaped where they should be transposed',
    applies: ({ x }) => x.shape[1] > 1,
    of: (rows) => reshape(transpose(rows), rows.shape),
  },
  {
    id: 'y-reshaped',
    which: 'y',
    title: 'the targets are reshaped where they should be transposed',
    applies: ({ y }) => y.shape[1] > 1,
    of: (rows) => reshape(transpose(rows), rows.shape),
  },
  {
    id: 'y-signs',
    which: 'y',
    title: 'the targets are -1 and 1, not 0 and 1',
    applies: ({ loss }) => losses[loss].task === 'classification',
    of: (rows) => map(rows, (value) => 2 * value - 1),
  },
  {
    id: 'y-other-class',
    which: 'y',
    title: 'the targets are 1 - y: the classes are exchanged',
    applies: ({ loss }) => losses[loss].task === 'classification',
    of: (rows) => map(rows, (value) => 1 - value),
  },
  {
    id: 'y-next-class',
    which: 'y',
    title: 'the classes are numbered from 1: each target has its 1 one column later',
    applies: ({ loss, y }) => losses[loss].task === 'classification' && y.shape[1] > 1,
    of: (rows) => shifted(rows, 1),
  },
  {
    id: 'y-class-before',
    which: 'y',
    title: 'each target has its 1 one column earlier',
    applies: ({ loss, y }) => losses[loss].task === 'classification' && y.shape[1] > 2,
    of: (rows) => shifted(rows, -1),
  },
];

/** Each row with its numbers moved by some columns, in a circle. */
function shifted(rows: NumberArray, by: number): NumberArray {
  const P = rows.shape[1];
  return map(rows, (_, i) => rows.values[i - (i % P) + (((i % P) - by + P) % P)]);
}

/** Rows of another batch for x or y alone. */
const otherRows: readonly {
  readonly id: string;
  readonly title: string;
  readonly fix: string;
  readonly rows: (step: Step) => readonly number[];
}[] = [
  {
    id: 'in-order',
    title: 'are in the order of the file, not in that of the batches',
    fix: 'x[rows] and y[rows], with the same rows',
    rows: ({ exercise, epoch, batch, rows }) => {
      const from = exercise.batches[epoch].slice(0, batch).reduce((sum, before) => sum + before.length, 0);
      return rows.map((_, n) => (from + n) % exercise.x.shape[0]);
    },
  },
  {
    id: 'first-rows',
    title: 'are always the first rows of the data',
    fix: 'x[rows] and y[rows], with the same rows',
    rows: ({ rows, exercise }) => rows.map((_, n) => n % exercise.x.shape[0]),
  },
  {
    id: 'sorted',
    title: 'are in the order of the file in each batch',
    fix: 'x[rows] and y[rows], with the same rows in the same order',
    rows: ({ rows }) => rows.toSorted((a, b) => a - b),
  },
  {
    id: 'reversed',
    title: 'are in the reverse order in each batch',
    fix: 'x[rows] and y[rows], with the same rows in the same order',
    rows: ({ rows }) => rows.toReversed(),
  },
  {
    id: 'next-row',
    title: 'are those of the row after: rows are counted from 0',
    fix: 'In Julia, rows .+ 1; in Python, rows as they are.',
    rows: ({ rows, exercise }) => rows.map((row) => (row + 1) % exercise.x.shape[0]),
  },
  {
    id: 'row-before',
    title: 'are those of the row before: rows are counted from 0',
    fix: 'In Julia, rows .+ 1; in Python, rows as they are.',
    rows: ({ rows, exercise }) => rows.map((row) => (row + exercise.x.shape[0] - 1) % exercise.x.shape[0]),
  },
  {
    id: 'first-batch',
    title: 'are those of the first batch of the epoch',
    fix: 'x[rows] and y[rows], with the rows of this step',
    rows: ({ exercise, epoch, rows }) => {
      const first = exercise.batches[epoch][0];
      return rows.map((_, n) => first[n % first.length]);
    },
  },
];

type Batches = Exercise['batches'];

/** Other batches than the given ones. */
const otherBatches: readonly {
  readonly id: string;
  readonly title: string;
  readonly fix: string;
  readonly batches: (batches: Batches, N: number) => Batches;
}[] = [
  {
    id: 'batches-in-order',
    title: 'the batches take the rows in the order of the file, not the given ones',
    fix: 'Use the rows of trace.epochs: for rows in epoch: x[rows], y[rows]',
    batches: (batches, N) =>
      batches.map((epoch) => {
        let next = 0;
        return epoch.map((rows) => rows.map(() => next++ % N));
      }),
  },
  {
    id: 'batches-sorted',
    title: 'the rows of each batch are in the order of the file, not in the given one',
    fix: 'x[rows], y[rows], without sorting rows',
    batches: (batches) => batches.map((epoch) => epoch.map((rows) => rows.toSorted((a, b) => a - b))),
  },
  {
    id: 'batches-first-of-epoch',
    title: 'every step of an epoch uses its first batch',
    fix: 'Take the rows of this step in each step.',
    batches: (batches) => batches.map((epoch) => epoch.map(() => epoch[0])),
  },
  {
    id: 'batches-first-of-run',
    title: 'every step uses the very first batch',
    fix: 'Take the rows of this step in each step.',
    batches: (batches) => batches.map((epoch) => epoch.map(() => batches[0][0])),
  },
  {
    id: 'batches-of-first-epoch',
    title: 'every epoch uses the batches of the first one',
    fix: 'Take the batches of this epoch: trace.epochs[epoch]',
    batches: (batches) => batches.map(() => batches[0]),
  },
  {
    id: 'batches-last-dropped',
    title: 'the last batch of each epoch is dropped',
    fix: 'Count all batches of an epoch, also the last one: for rows in epoch',
    batches: (batches) => batches.map((epoch) => epoch.slice(0, -1)),
  },
  {
    id: 'batches-small-dropped',
    title: 'batches with fewer rows are dropped',
    fix: 'Count all batches of an epoch, also the smaller last one: for rows in epoch',
    batches: (batches) => {
      const full = Math.max(...batches.flat().map((rows) => rows.length));
      return batches.map((epoch) => epoch.filter((rows) => rows.length === full));
    },
  },
  {
    id: 'batches-first-dropped',
    title: 'the first batch of each epoch is left out',
    fix: 'Start with the first batch: range(len(epoch)), not range(1, len(epoch))',
    batches: (batches) => batches.map((epoch) => epoch.slice(1)),
  },
  {
    id: 'batches-reversed',
    title: 'the batches of each epoch are taken from the last to the first',
    fix: 'Take the batches in their order.',
    batches: (batches) => batches.map((epoch) => epoch.toReversed()),
  },
  {
    id: 'batches-whole',
    title: 'every step uses all rows, not those of its batch',
    fix: 'x[rows], y[rows], with the rows of the step',
    batches: (batches, N) => {
      const all = Array.from({ length: N }, (_, row) => row);
      return batches.map((epoch) => epoch.map(() => all));
    },
  },
  {
    id: 'batches-one-epoch-one-step',
    title: 'every epoch is one step on all rows',
    fix: 'Each epoch has several steps, one for each batch: for rows in epoch',
    batches: (batches, N) => batches.map(() => [Array.from({ length: N }, (_, row) => row)]),
  },
  {
    id: 'batches-next-row',
    title: 'each batch has the rows after the given ones: rows are counted from 0',
    fix: 'In Julia, rows .+ 1; in Python, rows as they are.',
    batches: (batches, N) => batches.map((epoch) => epoch.map((rows) => rows.map((row) => (row + 1) % N))),
  },
  {
    id: 'batches-row-before',
    title: 'each batch has the rows before the given ones: rows are counted from 0',
    fix: 'In Julia, rows .+ 1; in Python, rows as they are.',
    batches: (batches, N) =>
      batches.map((epoch) => epoch.map((rows) => rows.map((row) => (row + N - 1) % N))),
  },
  {
    id: 'batches-last-row-dropped',
    title: 'the last row of each batch is left out',
    fix: 'A slice already excludes its end: x[start:stop], not x[start:stop - 1]',
    batches: (batches) => batches.map((epoch) => epoch.map((rows) => rows.slice(0, -1))),
  },
];

/** Mistakes in what a step is given: rows, inputs, targets. */
export const data: readonly MistakeKind[] = [
  ({ loss }) => [
    ...scalingOf('x', 'inputs'),
    ...(losses[loss].task === 'regression' ? scalingOf('y', 'targets') : []),
  ],
  (exercise) =>
    values
      .filter(({ applies }) => applies?.(exercise) ?? true)
      .map(({ id, which, title, of }) => ({
        id,
        title,
        explain: "The exercise's rows are to be used as they are.",
        fix: `${which} = trace.${which}`,
        rules: (right) => ({ ...right, [which]: (step: Step) => of(right[which](step)) }),
      })),
  () =>
    (['y', 'x'] as const).flatMap((which) =>
      otherRows.map(({ id, title, fix, rows }) => ({
        id: `${which}-${id}`,
        title: `the ${which === 'x' ? 'inputs' : 'targets'} ${title}, and do not belong to the ${which === 'x' ? 'targets' : 'inputs'}`,
        explain: 'Inputs and targets of a step are the rows of its batch, both in the same order.',
        fix,
        rules: (right) => ({
          ...right,
          [which]: (step: Step) => rowsOf(which, { ...step, rows: rows(step) }),
        }),
      })),
    ),
  (exercise) =>
    otherBatches
      .map(({ batches, ...about }) => ({ ...about, made: batches(exercise.batches, exercise.x.shape[0]) }))
      .filter(({ made }) => isUsable(made) && !areSame(made, exercise.batches))
      .map(({ id, title, fix, made }) => ({
        id,
        title,
        explain: 'The exercise lists the rows of every step, so that every program trains on the same ones.',
        fix,
        rules: (right) => ({ ...right, batches: () => batchesOf({ batches: made }) }),
      })),
];

const isUsable = (batches: Batches): boolean =>
  batches.flat().length > 0 && batches.flat().every((rows) => rows.length > 0);

const areSame = (some: Batches, others: Batches): boolean =>
  some.length === others.length &&
  some.every(
    (epoch, e) =>
      epoch.length === others[e].length &&
      epoch.every(
        (rows, b) =>
          rows === others[e][b] ||
          (rows.length === others[e][b].length && rows.every((row, n) => row === others[e][b][n])),
      ),
  );
