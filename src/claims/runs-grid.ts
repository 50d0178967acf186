import type { Settings } from '../experiment/options.ts';
import type { Grid } from './best-cell.ts';
import type { ConclusionClaim } from './claims.ts';
import type { Measure } from './domain.ts';
import { bind, combinationsOf } from './readings.ts';
import { commonRows } from './runs-common.ts';
import type { RunsFile } from './runs-file.ts';
import type { RunsPlan } from './runs-plan.ts';
import type { RunsTable } from './runs-table.ts';

/**
 * The grid of a claim about the best cell, for each combination of `for`, over the runs that have all of its cells; empty for
 * any other claim. Cells are told apart by the settings that claims name, as the grid's own selection need not name any.
 */
export async function runsGrids(
  claim: ConclusionClaim,
  plan: RunsPlan,
  table: RunsTable,
  measures: readonly Measure[],
  file: RunsFile,
): Promise<Grid[]> {
  const { grid, quantities } = claim;
  if (grid === undefined) return [];
  const grids: Grid[] = [];
  for (const values of combinationsOf(claim.for ?? {})) {
    const selection = plan.of(claim, bind(grid, values));
    const { rows, cells, cellOf } = await commonRows(
      claim,
      selection,
      table,
      plan,
      file,
      plan.settings.map((_, setting) => setting),
    );
    const complete = [...rows.values()].filter((own) => own.every((row) => cells.has(cellOf(row))));
    const groups = new Map(complete.flat().map((row) => [cellOf(row), row.group]));
    const whole = complete
      .map((own) => new Map(own.map((row) => [cellOf(row), row.value(selection.statistic)])))
      .filter((own) => ![...own.values()].some(Number.isNaN));
    const claimed = [...groups.values()].findIndex((group) =>
      table.takes(plan.of(claim, bind(quantities.cell, values)), group),
    );
    if (whole.length === 0 || claimed < 0) continue;
    grids.push({
      cells: [...groups.values()].map((group) => settingsOf(group, plan, table)),
      values: [...groups.keys()].map((cell) => whole.map((own) => own.get(cell)!)),
      claimed,
      better: grid.take === 'max' ? 'higher' : 'lower',
      scale: measures[selection.statistic].scale,
    });
  }
  return grids;
}

function settingsOf(group: number, plan: RunsPlan, table: RunsTable): Settings {
  const cell = table.cellOf(group);
  return Object.fromEntries(plan.settings.map(({ name }, place) => [name, cell[place]])) as Settings;
}
