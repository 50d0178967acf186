import type { Exercise } from '../../trace/exercise.ts';
import { batchesOf } from '../../trace/quantities.ts';
import type { MistakeKind } from './mistake.ts';

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

/** Mistakes in which rows each step takes. */
export const batches: MistakeKind = (exercise) =>
  otherBatches
    .map(({ batches, ...about }) => ({ ...about, made: batches(exercise.batches, exercise.x.shape[0]) }))
    .filter(({ made }) => isUsable(made) && !areSame(made, exercise.batches))
    .map(({ id, title, fix, made }) => ({
      id,
      title,
      explain: 'The exercise lists the rows of every step, so that every program trains on the same ones.',
      fix,
      rules: (right) => ({ ...right, batches: () => batchesOf({ batches: made }) }),
    }));

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
