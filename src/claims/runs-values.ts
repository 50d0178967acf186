import type { UserError } from '../errors.ts';
import { mean } from '../stats/describe.ts';
import type { RunsFile } from './runs-file.ts';
import { lineOf, runRows, runsError } from './runs-file.ts';
import type { RunsPlan, Selection } from './runs-plan.ts';
import type { RunsTable, UsedRow } from './runs-table.ts';

/** The values of a quantity, by the place of the seed in the table; seeds without one are left out. */
export type ValuesBySeed = ReadonlyMap<number, number>;

/**
 * Computes a quantity from the rows of each run. A run is left out if one of its cells is empty or missing: the lowest of
 * fifteen cells is not comparable with that of sixteen.
 *
 * Errors: UserError if a run has several rows where one number is needed, or the same row twice.
 */
export async function valuesOf(
  id: string,
  selection: Selection,
  table: RunsTable,
  plan: RunsPlan,
  file: RunsFile,
): Promise<ValuesBySeed> {
  const { take = 'only' } = selection.quantity;
  const rows = table.rowsOf(selection);
  const values = new Map<number, number>();
  const bySeed: (readonly UsedRow[])[] = [];
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    while (end < rows.length && rows[end].seed === rows[start].seed) end++;
    bySeed.push(rows.slice(start, end));
    start = end;
  }
  const most = bySeed.reduce((count, { length }) => Math.max(count, length), 0);
  for (const own of bySeed) {
    const twice = take === 'only' ? own.slice(0, 2) : sameTwice(own);
    if (twice.length === 2) throw await repeated(id, twice as [UsedRow, UsedRow], table, plan, file);
    if (own.length < most) continue;
    const value = valueIn(selection, own);
    if (!Number.isNaN(value)) values.set(own[0].seed, value);
  }
  return values;
}

/** NaN if a number is missing. */
function valueIn(
  { quantity: { take = 'only' }, statistic, by }: Selection,
  rows: readonly UsedRow[],
): number {
  const numbers = rows.map(({ values }) => values[by]);
  if (numbers.some(Number.isNaN)) return Number.NaN;
  if (take === 'only') return numbers[0];
  if (take === 'mean') return mean(numbers);
  const best = numbers.reduce(take === 'min' ? (a, b) => Math.min(a, b) : (a, b) => Math.max(a, b));
  return rows[numbers.indexOf(best)].values[statistic];
}

/** Two rows of one seed that no setting tells apart. */
function sameTwice(rows: readonly UsedRow[]): UsedRow[] {
  const seen = new Map<string, UsedRow>();
  for (const row of rows) {
    const key = `${row.group} ${row.rest}`;
    const earlier = seen.get(key);
    if (earlier !== undefined) return [earlier, row];
    seen.set(key, row);
  }
  return [];
}

/** The error of two rows where one is needed: they are one run, or a setting tells them apart that the claim does not. */
async function repeated(
  id: string,
  rows: readonly [UsedRow, UsedRow],
  table: RunsTable,
  plan: RunsPlan,
  file: RunsFile,
): Promise<UserError> {
  const cells: string[][] = [];
  for await (const { record, row } of runRows(file)) {
    if (rows.some((one) => one.record === record)) cells.push(row);
    if (cells.length === 2) break;
  }
  const [first, second] = cells;
  const lines = await Promise.all(rows.map(({ record }) => lineOf(file, record)));
  const where = `lines ${lines[0]} and ${lines[1]}`;
  const seed = `${file.names[file.seed]} ${table.seeds[rows[0].seed]}`;
  const measured = plan.statistics.map(({ column }) => column);
  const differing = file.names.flatMap((name, column) => {
    const isSetting = name !== '' && ![file.seed, file.status, ...measured].includes(column);
    return isSetting && first[column].trim() !== second[column].trim() ? column : [];
  });
  if (differing.length === 0) {
    return runsError(file.path, {
      what: `${where} give the same cell of ${seed} twice`,
      expected: 'one row for each seed and cell',
      received: second.join(file.delimiter),
      remedy: 'remove one of them, or add a column that says how they differ',
    });
  }
  const name = file.names[differing[0]];
  const [one, other] = [first[differing[0]], second[differing[0]]];
  return runsError(file.path, {
    what: `claim ${id} selects both ${where} for ${seed}, which differ in ${differing.map((column) => file.names[column]).join(', ')}`,
    expected: 'one row for each seed, or "take": "min", "max" or "mean"',
    received: `${name} ${one} and ${other}`,
    remedy: `add to its "select" ${JSON.stringify(name)}: ${JSON.stringify(one)}`,
  });
}
