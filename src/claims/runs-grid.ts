import type { Settings } from '../experiment/options.ts';
import type { Grid } from './best-cell.ts';
import type { ConclusionClaim } from './claims.ts';
import type { Measure } from './domain.ts';
import { bind, combinationsOf } from './readings.ts';
import type { RunsPlan } from './runs-plan.ts';
import type { RunsTable, UsedRow } from './runs-table.ts';

/**
 * The grid of a claim about the best cell, for each combination of `for`, over the runs that have all of its cells; empty for
 * any other claim. Cells are told apart by the settings that claims name or, if these give a run several rows, by all others
 * too.
 */
export function runsGrids(
  claim: ConclusionClaim,
  plan: RunsPlan,
  table: RunsTable,
  measures: readonly Measure[],
): Grid[] {
  const { grid, quantities } = claim;
  if (grid === undefined) return [];
  return combinationsOf(claim.for ?? {}).flatMap((values) => {
    const selection = plan.of(claim, bind(grid, values));
    const bySeed = [...table.rowsOf(selection).values()];
    const isOwn = bySeed.every((rows) => new Set(rows.map(({ group }) => group)).size === rows.length);
    const cellOf = (row: UsedRow) => (isOwn ? row.group : row.cell);
    const groups = new Map(bySeed.flat().map((row) => [cellOf(row), row.group]));
    const whole = bySeed
      .map((rows) => new Map(rows.map((row) => [cellOf(row), row.value(selection.statistic)])))
      .filter((own) => own.size === groups.size && ![...own.values()].some(Number.isNaN));
    const claimed = [...groups.values()].findIndex((group) =>
      table.takes(plan.of(claim, bind(quantities.cell, values)), group),
    );
    if (whole.length === 0 || claimed < 0) return [];
    return {
      cells: [...groups.values()].map((group) => settingsOf(group, plan, table)),
      values: [...groups.keys()].map((cell) => whole.map((own) => own.get(cell)!)),
      claimed,
      better: grid.take === 'max' ? 'higher' : 'lower',
      scale: measures[selection.statistic].scale,
    };
  });
}

function settingsOf(group: number, plan: RunsPlan, table: RunsTable): Settings {
  const cell = table.cellOf(group);
  return Object.fromEntries(plan.settings.map(({ name }, place) => [name, cell[place]])) as Settings;
}
