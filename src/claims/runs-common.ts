import { type Claim, nameOf } from './claims.ts';
import { type RunsFile, runRows, runsError } from './runs-file.ts';
import type { RunsPlan, Selection } from './runs-plan.ts';
import type { RunsTable, UsedRow } from './runs-table.ts';

/** The rows that a claim compares, by the place of their seed: the same cells in every run. */
export interface CommonRows {
  readonly rows: ReadonlyMap<number, readonly UsedRow[]>;
  /** The cells that most runs have. */
  readonly cells: ReadonlySet<Cell>;
  readonly cellOf: (row: UsedRow) => Cell;
  /** All runs with a row of the claim. */
  readonly runs: number;
  /** A row of each cell that is left out because few runs have it, and the places of their seeds. */
  readonly strays: readonly { readonly row: UsedRow; readonly seeds: readonly number[] }[];
}

type Cell = string | number;

/** A cell that most runs lack is left out if no more than this part of them has it. */
const few = 1 / 4;

/**
 * Takes the cells that more than half of the runs have, and the runs that have all of them: the lowest of fifteen cells is not
 * comparable with that of sixteen others. Cells are told apart by the `named` settings or, if these give a run several rows,
 * by all columns that are no number of a claim. Such a column may as well name the computer of a run: a run that
 * shares no cell with the others is then compared if it has as many.
 *
 * Errors: UserError for a cell that neither most runs have nor few.
 */
export async function commonRows(
  claim: Claim,
  selection: Selection,
  table: RunsTable,
  plan: RunsPlan,
  file: RunsFile,
  named = [...selection.wanted, ...selection.except].map(({ setting }) => setting),
): Promise<CommonRows> {
  const bySeed = table.rowsOf(selection);
  // A group may have a million rows.
  const known = new Map<number, string>();
  const ownCell = ({ group }: UsedRow) => {
    const cell = known.get(group) ?? named.map((setting) => table.cellOf(group)[setting]).join('\0');
    known.set(group, cell);
    return cell;
  };
  const isNamed =
    (selection.quantity.take ?? 'only') === 'only' ||
    [...bySeed.values()].every((rows) => new Set(rows.map(ownCell)).size === rows.length);
  const cellOf = isNamed ? ownCell : (row: UsedRow) => row.cell;
  const holders = new Map<Cell, { row: UsedRow; seeds: number[] }>();
  for (const [seed, rows] of bySeed) {
    for (const row of rows) {
      const holder = holders.get(cellOf(row));
      if (holder === undefined) holders.set(cellOf(row), { row, seeds: [seed] });
      else if (holder.seeds[holder.seeds.length - 1] !== seed) holder.seeds.push(seed);
    }
  }
  const isCommon = ({ seeds }: { seeds: readonly number[] }) => seeds.length > bySeed.size / 2;
  const cells = new Set([...holders].flatMap(([cell, holder]) => (isCommon(holder) ? cell : [])));
  const isOther = (rows: readonly UsedRow[]) => !isNamed && rows.every((row) => !cells.has(cellOf(row)));
  const size = cells.size > 0 ? cells.size : usualSize([...bySeed.values()]);
  const others = new Set([...bySeed].flatMap(([seed, rows]) => (isOther(rows) ? seed : [])));
  const strays = [...holders.values()].filter(
    (holder) => !isCommon(holder) && holder.seeds.some((seed) => !others.has(seed)),
  );
  const between = strays.find(({ seeds }) => seeds.length > few * bySeed.size);
  if (between !== undefined) {
    throw runsError(file.path, {
      what: `does not fit the claims: ${nameOf(claim)} would compare different cells: ${await strayText(between, bySeed.size, table, plan, file)}`,
      expected: 'the same cells in every run',
      remedy: 'add the cells that all runs have to its "select", or make the missing runs',
    });
  }
  const rows = new Map<number, readonly UsedRow[]>();
  for (const [seed, all] of bySeed) {
    const own = others.has(seed) ? all : all.filter((row) => cells.has(cellOf(row)));
    if (own.length >= size) rows.set(seed, own);
  }
  return { rows, cells, cellOf, runs: bySeed.size, strays };
}

/** "cell 7 is in 1 of 20 runs only: seed 3". */
export async function strayText(
  { row, seeds }: CommonRows['strays'][number],
  runs: number,
  table: RunsTable,
  plan: RunsPlan,
  file: RunsFile,
): Promise<string> {
  const measured = [file.seed, file.status, ...plan.statistics.map(({ column }) => column)];
  let cell = '';
  for await (const { record, row: texts } of runRows(file)) {
    if (record !== row.record) continue;
    cell = file.names
      .flatMap((name, column) =>
        name === '' || measured.includes(column) ? [] : `${name} ${texts[column].trim()}`,
      )
      .join(', ');
    break;
  }
  const named = seeds.slice(0, mostNamed).map((seed) => table.seeds[seed]);
  const more = seeds.length > mostNamed ? `, and ${seeds.length - mostNamed} more` : '';
  return `only ${seeds.length} of ${runs} runs ${seeds.length === 1 ? 'has' : 'have'} the cell ${cell} (${file.names[file.seed]} ${named.join(', ')}${more})`;
}

/** Seeds that a message names, at most. */
const mostNamed = 5;

/** The number of rows that most runs have; of several, the largest. */
function usualSize(runs: readonly (readonly UsedRow[])[]): number {
  const counts = new Map<number, number>();
  for (const { length } of runs) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts].reduce(
    (best, one) => (one[1] > best[1] || (one[1] === best[1] && one[0] > best[0]) ? one : best),
    [0, 0],
  )[0];
}
