import type { UserError } from '../errors.ts';
import { mean } from '../stats/describe.ts';
import { type Claim, nameOf } from './claims.ts';
import { type CommonRows, commonRows } from './runs-common.ts';
import type { RunsFile } from './runs-file.ts';
import { lineOf, runRows, runsError } from './runs-file.ts';
import type { RunsPlan, Selection } from './runs-plan.ts';
import type { RunsTable, UsedRow } from './runs-table.ts';

/** The values of a quantity, by the place of the seed in the table; seeds without one are left out. */
export type ValuesBySeed = ReadonlyMap<number, number>;

/** The values of a quantity, and the rows that they are computed from. */
export interface QuantityRuns {
  readonly values: ValuesBySeed;
  readonly common: CommonRows;
}

/**
 * Computes a quantity from the rows of each run that has the cells of most runs (`commonRows`). A run is left out if one of
 * its cells is empty.
 *
 * Errors: UserError if a run has several rows where one number is needed, or the same row twice, or if runs differ in cells.
 */
export async function valuesOf(
  claim: Claim,
  selection: Selection,
  table: RunsTable,
  plan: RunsPlan,
  file: RunsFile,
): Promise<QuantityRuns> {
  const { take = 'only' } = selection.quantity;
  for (const [seed, rows] of table.rowsOf(selection)) {
    const twice = take === 'only' ? rows : sameCell(rows);
    if (twice.length > 1) throw await repeated(claim, seed, twice, table, plan, file);
  }
  const common = await commonRows(claim, selection, table, plan, file);
  const values = new Map<number, number>();
  for (let seed = 0; seed < table.seeds.length; seed++) {
    const rows = common.rows.get(seed);
    if (rows === undefined || rows.length === 0) continue;
    const value = valueIn(selection, rows);
    if (!Number.isNaN(value)) values.set(seed, value);
  }
  return { values, common };
}

/** NaN if a number is missing. It does not depend on the order of the rows. */
function valueIn(
  { quantity: { take = 'only' }, statistic, by }: Selection,
  rows: readonly UsedRow[],
): number {
  const compared = Float64Array.from(rows, (row) => row.value(by)).sort();
  // The sort puts NaN last.
  if (Number.isNaN(compared[compared.length - 1])) return Number.NaN;
  if (take === 'mean') return mean(compared);
  const best = take === 'max' ? compared[compared.length - 1] : compared[0];
  if (by === statistic) return best;
  const read = rows.filter((row) => row.value(by) === best).map((row) => row.value(statistic));
  return read.some(Number.isNaN) ? Number.NaN : read.reduce((least, value) => Math.min(least, value));
}

/** Two rows of one seed that nothing tells apart. */
function sameCell(rows: readonly UsedRow[]): UsedRow[] {
  const seen = new Map<number, UsedRow>();
  for (const row of rows) {
    const earlier = seen.get(row.cell);
    if (earlier !== undefined) return [earlier, row];
    seen.set(row.cell, row);
  }
  return [];
}

/** The error of two rows where one is needed: they are one run, or a setting tells them apart that the claim does not. */
async function repeated(
  claim: Claim,
  seed: number,
  rows: readonly UsedRow[],
  table: RunsTable,
  plan: RunsPlan,
  file: RunsFile,
): Promise<UserError> {
  const records = rows.map(({ record }) => record).sort((a, b) => a - b);
  const cells: string[][] = [];
  for await (const { record, row } of runRows(file)) {
    if (record === records[cells.length]) cells.push(row);
    if (cells.length === 2) break;
  }
  const [first, second] = cells;
  const lines = [await lineOf(file, records[0]), await lineOf(file, records[1])];
  const where = `lines ${lines[0]} and ${lines[1]}`;
  const run = `${file.names[file.seed]} ${table.seeds[seed]}`;
  const measured = plan.statistics.map(({ column }) => column);
  const differing = file.names.flatMap((name, column) => {
    const isSetting = name !== '' && ![file.seed, file.status, ...measured].includes(column);
    return isSetting && first[column].trim() !== second[column].trim() ? column : [];
  });
  if (differing.length === 0) {
    return runsError(file.path, {
      what: `${where} give the same cell of ${run} twice`,
      expected: 'one row for each seed and cell',
      received: second.join(file.delimiter),
      remedy: 'remove one of them, or add a column that says how they differ',
    });
  }
  const name = file.names[differing[0]];
  const [one, other] = [first[differing[0]], second[differing[0]]];
  return runsError(file.path, {
    what: `does not fit the claims: ${nameOf(claim)} selects both ${where} for ${run}, which differ in ${differing.map((column) => file.names[column]).join(', ')}`,
    expected: 'one row for each seed, or "take": "min", "max" or "mean"',
    received: `${name} ${one} and ${other}`,
    remedy: `add to its "select" ${JSON.stringify(name)}: ${JSON.stringify(one)}`,
  });
}
