import type { ShownMetric } from '../experiment/define.ts';
import { type OptionName, optionTitle, type Settings } from '../experiment/options.ts';
import { arrangeGrid, findByLine } from './grid.ts';
import { groupBy } from './group-by.ts';
import type { ReaderColumn, ReaderNumber, ReaderTable } from './reader-table.ts';
import { kindOf } from './settings.ts';
import type { SummaryCell } from './summary.ts';

interface GridOf {
  readonly cells: readonly SummaryCell[];
  /** Whether a cell is in the grid. Closed forms and other libraries are outside. */
  readonly inside: (settings: Settings) => boolean;
  readonly rows: OptionName;
  readonly columns: OptionName;
  readonly varied: readonly OptionName[];
  readonly metrics: readonly ShownMetric[];
  readonly shown: (cell: SummaryCell | undefined, metric: string) => string | ReaderNumber;
}

/** The report's layout of a grid: one block per metric, one option in rows and one in columns, what is outside the grid next to it. */
export function gridLayout({
  cells,
  inside,
  rows,
  columns,
  varied,
  metrics,
  shown,
}: GridOf): Pick<ReaderTable, 'columns' | 'rows'> {
  const excluded: readonly OptionName[] = ['solver', 'reference', rows, columns];
  const keys = [...varied.filter((name) => !excluded.includes(name)), rows];
  const grid = arrangeGrid(
    cells.filter(({ settings }) => inside(settings)),
    keys,
    columns,
  );
  const outside = [
    ...groupBy(
      cells.filter(({ settings }) => !inside(settings)),
      ({ settings }) => JSON.stringify([kindOf(settings), settings[columns] ?? null]),
    ).values(),
  ].map((alike) => ({ settings: alike[0].settings, find: findByLine(alike, keys) }));
  return {
    columns: [
      ...keys.map(
        (name): ReaderColumn => ({
          heading: optionTitle(name),
          group: null,
          kind: 'word',
          names: true,
        }),
      ),
      ...grid.columns.map((tick) => numberColumn(String(tick), optionTitle(columns))),
      ...outside.map(({ settings }) => {
        const tick = settings[columns] ?? null;
        const kind = kindOf(settings);
        return tick === null
          ? numberColumn(kind, null)
          : numberColumn(String(tick), `${kind}, ${optionTitle(columns)}`);
      }),
    ],
    rows: metrics.flatMap(({ name, title }) =>
      grid.lines.map(({ settings, cells: own }) => ({
        block: title,
        cells: [
          ...keys.map((key) => String(settings[key] ?? '')),
          ...grid.columns.map((tick) => shown(own.get(tick), name)),
          ...outside.map(({ find }) => shown(find(settings), name)),
        ],
      })),
    ),
  };
}

function numberColumn(heading: string, group: string | null): ReaderColumn {
  return { heading, group, kind: 'number', names: false };
}
