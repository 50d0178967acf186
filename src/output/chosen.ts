import type { ShownMetric } from '../experiment/define.ts';
import type { OptionName } from '../experiment/options.ts';
import { groupBy } from './group-by.ts';
import type { SummaryCell } from './summary.ts';

/**
 * Of the cells that differ only in one option, the one with the best mean of a metric: each optimiser at its own learning
 * rate. In the order of the cells. Cells of which a seed diverged or is missing are not chosen; nor are those that do not read the
 * option.
 */
export function chosenCells(
  cells: readonly SummaryCell[],
  chosen: OptionName,
  { name, best }: Pick<ShownMetric, 'name' | 'best'>,
): SummaryCell[] {
  const sign = best === 'max' ? -1 : 1;
  const badness = (cell: SummaryCell) => sign * (cell.statistics.get(name)?.mean ?? Number.NaN);
  const candidates = cells.filter(
    (cell) =>
      (cell.settings[chosen] ?? null) !== null &&
      cell.diverged === 0 &&
      cell.notRun === 0 &&
      !Number.isNaN(badness(cell)),
  );
  const groups = groupBy(candidates, ({ settings }) => JSON.stringify({ ...settings, [chosen]: null }));
  return [...groups.values()].map((members) =>
    members.reduce((first, cell) => (badness(cell) < badness(first) ? cell : first)),
  );
}
