import type { ShownMetric } from '../experiment/define.ts';
import type { Plan } from '../experiment/plan.ts';
import { competingMean } from '../output/search-table.ts';
import type { SummaryCell } from '../output/summary.ts';
import { deviationText, digitsText } from './number-text.ts';

/**
 * The `count` best cells by the mean of a metric, best first. Equal cells keep their order. Cells without a mean, and those
 * of which a seed diverged, are never among them; nor are those that are there for comparison.
 */
export function bestOf(
  cells: Iterable<SummaryCell>,
  { name, best }: ShownMetric,
  count: number,
  search: Plan['search'],
): SummaryCell[] {
  const sign = best === 'max' ? -1 : 1;
  const found: { cell: SummaryCell; value: number }[] = [];
  for (const cell of cells) {
    const mean = competingMean(cell, name, search);
    if (mean === null) continue;
    const value = sign * mean;
    const place = found.findIndex((other) => value < other.value);
    found.splice(place < 0 ? found.length : place, 0, { cell, value });
    if (found.length > count) found.pop();
  }
  return found.map(({ cell }) => cell);
}

/** The mean over the seeds with its standard deviation: "0.0531±0.0012", "diverged", "3/20 div", "not run", "-". */
export function statisticText(cell: SummaryCell, name: string): string {
  const seeds = cell.cells.length;
  if (cell.diverged > 0) return seeds === 1 ? 'diverged' : `${cell.diverged}/${seeds} div`;
  const { mean = null, standardDeviation = null } = cell.statistics.get(name) ?? {};
  if (mean === null) return cell.notRun > 0 ? 'not run' : '-';
  // An epoch is counted, not measured.
  if (standardDeviation === null && name === 'best_epoch') return String(mean);
  return standardDeviation === null ? digitsText(mean, 3) : deviationText(mean, standardDeviation, 3);
}
