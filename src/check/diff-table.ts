import type { Table, Value } from '../output/table.ts';
import type { Diff, Side } from './diff.ts';

/** The metrics of a diff as one table, with a row for each metric of each pair of cells. */
export function diffTable({ metrics }: Diff): Table {
  const number = (name: string, description: string) => ({ name, type: 'number', description }) as const;
  const count = (name: string, description: string) => ({ name, type: 'integer', description }) as const;
  const word = (name: string, description: string) => ({ name, type: 'string', description }) as const;
  const sideColumns = (side: 'a' | 'b') => [
    number(`${side}_mean`, `mean over the seeds of ${side.toUpperCase()}`),
    number(`${side}_std`, 'standard deviation over these seeds'),
    count(`${side}_seeds`, 'seeds that finished'),
    count(`${side}_diverged`, 'seeds that diverged'),
  ];
  return {
    name: 'diff',
    description: 'two runs side by side',
    columns: [
      word('metric', 'a column of trials.csv'),
      word('cell', 'the settings in which it differs from other cells'),
      ...sideColumns('a'),
      ...sideColumns('b'),
      number('difference', 'mean of B minus mean of A'),
      word('test', 'paired: runs of the same seeds; welch: of others; none: fewer than two of either'),
      count('runs', 'pairs, or runs of both'),
      number('p_value', 'two-sided, on the scale on which the metric is nearly normal'),
      number('adjusted_p_value', "adjusted for the metric's number of cells by Holm's procedure"),
      word('verdict', 'same, better, worse, moved, within seeds, one seed, no value'),
    ],
    primaryKey: [],
    rows: metrics.flatMap(({ name, cells }) =>
      cells.map((one): Value[] => [
        ...[name, one.cell],
        ...sideCells(one.a),
        ...sideCells(one.b),
        finite(one.difference),
        ...[one.test, one.runs, one.pValue, one.adjusted, one.verdict],
      ]),
    ),
  };
}

function sideCells({ mean, deviation, runs, diverged }: Side): Value[] {
  return [mean, deviation, runs, diverged];
}

/** The difference of two finite numbers may overflow. */
const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;
