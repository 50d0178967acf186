import { losses } from '../../nn/losses.ts';
import type { Exercise } from '../../trace/exercise.ts';
import { map, type NumberArray, reshape, takeRows, transpose } from '../../trace/number-array.ts';
import type { Step } from '../../trace/rules.ts';
import { batches } from './batches.ts';
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
  batches,
];
