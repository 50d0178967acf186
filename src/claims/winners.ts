import type { Cell } from '../experiment/cells.ts';
import type { Experiment, ShownMetric } from '../experiment/define.ts';
import type { OptionName, Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { groupBy } from '../output/group-by.ts';
import type { Records } from '../output/trials-table.ts';
import { lossesOnScale, notBest } from '../stats/best-cells.ts';
import { mean } from '../stats/describe.ts';
import { metricColumn, metricOf } from '../trial/metrics.ts';

/** One cell of a grid over the seeds: how often it is the best, and whether it is tied with the best. */
export interface GridCell {
  readonly settings: Readonly<Partial<Record<OptionName, Setting>>>;
  readonly mean: number;
  /** Seeds in which it is the best cell. */
  readonly wins: number;
  /** Probability that equal cells would differ as much, among all of the grid; null for the cell with the best mean. */
  readonly p: number | null;
  /** Whether it may be the best: it has the best mean, or none is better beyond what equal cells would show. */
  readonly tied: boolean;
}

/** The cells of a grid under the report's program, and how often each wins. */
export interface GridWinners {
  readonly experiment: string;
  readonly metric: string;
  /** Settings that distinguish this grid from the experiment's other grids, such as schedule decay. */
  readonly slice: Readonly<Partial<Record<OptionName, Setting>>>;
  readonly seeds: number;
  /** The best mean first. */
  readonly cells: readonly GridCell[];
}

/** Counts, for each grid of a plan and each metric shown, the seeds in which each cell wins. */
export async function winnersOf(plan: Plan, records: Records, level: number): Promise<GridWinners[]> {
  const { experiment } = plan;
  const { rows, columns, metrics } = experiment.layout;
  if (rows === null || columns === null) return [];
  const sliced = slicesOf(experiment, rows, columns);
  const grids = groupBy(
    plan.cells.filter(({ settings }) => settings[rows] !== null && settings[columns] !== null),
    (cell) => JSON.stringify(pick(cell, sliced)),
  );
  const winners: GridWinners[] = [];
  for (const cells of grids.values()) {
    for (const metric of metrics.filter(({ best }) => best !== null)) {
      const grid = await gridWinners(cells, metric, [rows, columns], records, level);
      if (grid === null) continue;
      winners.push({
        experiment: experiment.name,
        metric: metric.name,
        slice: pick(cells[0], sliced),
        ...grid,
      });
    }
  }
  return winners;
}

/** Ranks the cells of one grid; null if a record is missing, because an incomplete grid has no winner. */
async function gridWinners(
  cells: readonly Cell[],
  { name, best }: ShownMetric,
  axes: readonly OptionName[],
  records: Records,
  level: number,
): Promise<Omit<GridWinners, 'experiment' | 'metric' | 'slice'> | null> {
  const sign = best === 'max' ? -1 : 1;
  const byCell = [...groupBy(cells, (cell) => JSON.stringify(pick(cell, axes))).values()];
  const losses = byCell.map((members) => members.map((cell) => sign * lossOf(cell, name, sign, records)));
  if (losses.some((seeds) => seeds.some(Number.isNaN))) return null;
  const seeds = losses[0].length;
  const means = losses.map(mean);
  const bestCell = means.indexOf(Math.min(...means));
  const better = best === 'max' ? 'higher' : 'lower';
  const p = notBest(lossesOnScale(losses, metricColumn(name).scale, better));
  const winner = Array.from({ length: seeds }, (_, seed) => {
    const column = losses.map((own) => own[seed]);
    const least = Math.min(...column);
    return Number.isFinite(least) ? column.indexOf(least) : null; // if all cells diverge, none is the best
  });
  const found = byCell.map((members, cell) => ({
    settings: pick(members[0], axes),
    mean: sign * means[cell],
    wins: winner.filter((one) => one === cell).length,
    p: cell === bestCell ? null : p[cell],
    tied: p[cell] > 1 - level,
  }));
  const order = found.map((_, cell) => cell).sort((a, b) => means[a] - means[b]);
  return { seeds, cells: order.map((cell) => found[cell]) };
}

/** The loss of a cell's run: NaN without a record, infinite if the run diverged. */
function lossOf({ trial }: Cell, metric: string, sign: number, records: Records): number {
  const record = records.get(trial.id);
  if (record === undefined) return Number.NaN;
  return metricOf(record, metric) ?? sign * Number.POSITIVE_INFINITY;
}

/** The swept options that distinguish grids: not the rows, the columns, the seed, the solver or the reference. */
function slicesOf({ settings }: Experiment, rows: OptionName, columns: OptionName): OptionName[] {
  return (Object.keys(settings) as OptionName[]).filter(
    (name) => settings[name]!.length > 1 && ![rows, columns, 'seed', 'solver', 'reference'].includes(name),
  );
}

function pick({ settings }: Cell, names: readonly OptionName[]): Partial<Record<OptionName, Setting>> {
  return Object.fromEntries(names.map((name) => [name, settings[name]!]));
}
