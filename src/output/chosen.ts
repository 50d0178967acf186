import { decidingMetric, decidingWords } from '../experiment/deciding.ts';
import type { ShownMetric } from '../experiment/define.ts';
import { type OptionName, optionTitle, type Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { groupBy } from './group-by.ts';
import { variedOptions } from './settings.ts';
import { cellsTable, type SummaryCell, summaryCells } from './summary.ts';
import type { Table } from './table.ts';
import type { Records } from './trials-table.ts';

/** The option whose best value is chosen; null if none is, or if it is the only one that varies. */
export function chosenOption(plan: Plan): OptionName | null {
  const { chosen } = plan.experiment.layout;
  const varied = variedOptions(plan);
  return chosen !== null && varied.includes(chosen) && varied.length > 1 ? chosen : null;
}

/** "Each at its own best learning rate, by validation MSE". */
export function chosenTitle(plan: Plan, chosen: OptionName): string {
  const { layout } = plan.experiment;
  return `Each at its own best ${optionTitle(chosen)}, by ${decidingWords(layout, decidingMetric(plan.experiment))}`;
}

/**
 * How many of the chosen cells have the smallest or the largest value that was tried, in a sentence: a value beyond it may be
 * better. Null if none has, and for words.
 */
export function edgeNote(
  chosenCells: readonly SummaryCell[],
  tried: readonly Setting[],
  chosen: OptionName,
): string | null {
  if (tried.length < 2 || !tried.every((value) => typeof value === 'number')) return null;
  const edges = [Math.min(...tried), Math.max(...tried)];
  const count = chosenCells.filter(({ settings }) => edges.includes(settings[chosen] as number)).length;
  if (count === 0) return null;
  const who = chosenCells.length === 1 ? 'It is' : `${count} of ${chosenCells.length} are`;
  return `${who} at the edge of what was tried: a ${optionTitle(chosen)} beyond it may be better.`;
}

/** chosen.csv: the rows of summary.csv at the best value of the option that is chosen; null if none is. */
export function chosenTable(plan: Plan, records: Records): Table | null {
  const chosen = chosenOption(plan);
  if (chosen === null) return null;
  const cells = {
    *[Symbol.iterator]() {
      yield* chosenCells(summaryCells(plan, records), chosen, decidingMetric(plan.experiment));
    },
  };
  return { name: 'chosen', description: chosenTitle(plan, chosen), ...cellsTable(plan, cells) };
}

/**
 * Of the cells that differ only in one option, the one with the best mean of a metric: each optimiser at its own learning
 * rate. In the order of the cells. Cells of which a seed diverged or is missing are not chosen; nor are those that do not read the
 * option.
 */
export function chosenCells(
  cells: Iterable<SummaryCell>,
  chosen: OptionName,
  { name, best }: Pick<ShownMetric, 'name' | 'best'>,
): SummaryCell[] {
  const sign = best === 'max' ? -1 : 1;
  const badness = (cell: SummaryCell) => sign * (cell.statistics.get(name)?.mean ?? Number.NaN);
  const candidates = [...cells].filter(
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
