import { decidingMetric, decidingWords } from '../experiment/deciding.ts';
import { optionsOf, type ShownMetric } from '../experiment/define.ts';
import type { OptionName } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { isCrossed } from '../experiment/search.ts';
import {
  competes,
  dataCell,
  dataColumn,
  runCells,
  runColumns,
  settingCells,
  settingColumns,
  variedOptions,
} from './settings.ts';
import { dataOf, type SummaryCell, statusOf, summaryCells, withStopped } from './summary.ts';
import { type Column, rowsOf, type Table, type Value } from './table.ts';
import type { Records } from './trials-table.ts';

/** One setting of a search, its seeds taken together. */
export interface TriedSetting {
  /** Its place in the order in which settings were drawn, from 1. */
  readonly number: number;
  readonly cell: SummaryCell;
  /** 1 for the best; null for what cannot be the best. */
  readonly rank: number | null;
  /** The best value among this setting and those before it; null if there is none yet. */
  readonly bestSoFar: number | null;
}

/**
 * The mean by which a cell competes with others; null if it does not: a seed diverged, none finished, or it is there for comparison.
 */
export function competingMean(cell: SummaryCell, metric: string, search: Plan['search']): number | null {
  if (cell.diverged > 0 || !competes(cell, search)) return null;
  return cell.statistics.get(metric)?.mean ?? null;
}

/** The settings of a search in the order of the draws, without the cells that are there for comparison. */
export function triedSettings(
  cells: readonly SummaryCell[],
  { name, best }: ShownMetric,
  search: Plan['search'],
): TriedSetting[] {
  const sign = best === 'max' ? -1 : 1;
  const all = cells
    .filter((cell) => competes(cell, search))
    .map((cell) => ({ cell, value: competingMean(cell, name, search) }));
  const ranked = all.filter(({ value }) => value !== null).sort((a, b) => sign * (a.value! - b.value!));
  const ranks = new Map(ranked.map(({ cell }, index) => [cell, index + 1]));
  let bestSoFar: number | null = null;
  return all.map(({ cell, value }, index) => {
    if (value !== null && (bestSoFar === null || sign * value < sign * bestSoFar)) bestSoFar = value;
    return { number: index + 1, cell, rank: ranks.get(cell) ?? null, bestSoFar };
  });
}

/** The options in which the settings of a search may differ: those searched, and those that each setting is run with. */
export function searchedOptions(plan: Plan): OptionName[] {
  const searched = Object.keys(plan.search?.space ?? {});
  const varied = variedOptions(plan);
  return optionsOf(plan.experiment).filter(
    (name) => searched.includes(name) || (isCrossed(name) && varied.includes(name)),
  );
}

/** search.csv: one row per setting of a search, in the order of the draws, with what it is ranked by; null if nothing was searched. */
export function searchTable(plan: Plan, records: Records): Table | null {
  if (plan.search === undefined) return null;
  const deciding = decidingMetric(plan.experiment);
  const { layout } = plan.experiment;
  const names = searchedOptions(plan);
  const metrics = [deciding, ...layout.metrics.filter(({ name }) => name !== deciding.name)];
  const by = decidingWords(layout, deciding);
  const { method, trials } = plan.search;
  return {
    name: 'search',
    description: `One row per setting that the search (${method}, ${trials}) tried, in the order of the draws, ranked by ${by}`,
    columns: [
      ...runColumns,
      dataColumn,
      { name: 'number', type: 'integer', description: 'place in the order of the draws, from 1' },
      ...settingColumns(names),
      {
        name: 'status',
        type: 'string',
        description: 'done: at least one seed finished; diverged; stopped: early, as in rounds.csv; not run',
      },
      {
        name: 'seeds',
        type: 'integer',
        description:
          'trials that finished, over which the means are taken; if the setting was stopped, those of its last round, as the next two',
      },
      { name: 'diverged', type: 'integer', description: 'trials that diverged' },
      { name: 'not_run', type: 'integer', description: 'trials without a record' },
      { name: 'decided_by', type: 'string', description: 'the metric by which settings are ranked' },
      {
        name: 'rank',
        type: 'integer',
        description: '1 is the best; empty for settings that were stopped, or of which a seed diverged',
      },
      { name: 'best_so_far', type: 'number', description: `best ${by} of this setting and those before it` },
      ...metrics.flatMap(({ name, title }): Column[] => [
        { name: `${name}_mean`, type: 'number', description: `${title}: mean over the seeds` },
        { name: `${name}_std`, type: 'number', description: `${title}: standard deviation over the seeds` },
      ]),
    ],
    primaryKey: ['number'],
    rows: {
      *[Symbol.iterator]() {
        const tried = triedSettings(
          withStopped([...summaryCells(plan, records)], plan),
          deciding,
          plan.search,
        );
        yield* rowsOf(tried, ({ number, cell, rank, bestSoFar }): Value[] => [
          ...runCells(plan),
          dataCell(dataOf(cell)),
          number,
          ...settingCells(names, cell.settings),
          cell.stopped !== undefined ? 'stopped' : statusOf(cell),
          cell.done,
          cell.diverged,
          cell.notRun,
          deciding.name,
          rank,
          bestSoFar,
          ...metrics.flatMap(({ name }): Value[] => {
            const { mean = null, standardDeviation = null } = cell.statistics.get(name) ?? {};
            return [mean, standardDeviation];
          }),
        ]);
      },
    },
  };
}
