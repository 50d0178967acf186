import { exitCodes, UserError } from '../errors.ts';
import type { StoredTable } from '../output/read-tables.ts';
import { checkToleranceColumns, isSameDecimal, isWithin, type Tolerances } from './tolerance.ts';

/** Something of the baseline that is not the same now. */
export interface Difference {
  /** Path of the CSV in the folder. */
  readonly file: string;
  /** "trial=0a1b, epoch=3"; null: the whole file, or the whole column. */
  readonly row: string | null;
  /** null: the whole row. */
  readonly column: string | null;
  readonly baseline: string | number | null;
  readonly now: string | number | null;
  /** now - baseline, of two numbers. */
  readonly difference: number | null;
  readonly verdict: 'contradicted' | 'not run';
}

/** How the rows of one file of the baseline fare. */
export interface FileCheck {
  readonly file: string;
  readonly rows: number;
  readonly holds: number;
  readonly contradicted: number;
  readonly notRun: number;
}

export interface Check {
  readonly files: readonly FileCheck[];
  /** What does not hold, in the order of the baseline. */
  readonly differences: readonly Difference[];
  /** What is there now and not in the baseline. */
  readonly notes: readonly string[];
}

type Tables = ReadonlyMap<string, StoredTable>;

/** More say nothing that these do not say, and fill the memory. */
const mostDifferences = 250_000;

/**
 * Compares the tables of two folders of results row by row; what the baseline has counts.
 *
 * Rows are matched by primary key, numbers compared within their tolerance, all else exactly. A number or text that moved
 * is `contradicted`. What is missing now, a file, a column, a row or a number (`not run`), is `not run`, and so is a mean
 * over fewer finished trials: missing is never a pass.
 *
 * Throws UserError where the folders have no table in common, one is of quick runs and the other of full ones, or of
 * another variant, where a key stands twice in a table, where a tolerance names no column, and where more numbers have
 * moved than can be told.
 */
export function checkTables(baseline: Tables, now: Tables, tolerances: Tolerances): Check {
  const common = [...baseline.keys()].filter((file) => now.has(file));
  if (common.length === 0) throw nothingInCommon(baseline, now);
  const known = [...baseline.values()].flatMap(({ columns }) => columns.map(({ name }) => name));
  checkToleranceColumns(tolerances, new Set(known));
  for (const file of common) checkSameRun(file, baseline.get(file)!, now.get(file)!);
  let room = mostDifferences;
  const checked = [...baseline].map(([file, table]) => {
    const found = checkTable(file, table, now.get(file) ?? null, tolerances, room);
    room -= found.differences.length;
    return found;
  });
  const extra = [...now.keys()].filter((file) => !baseline.has(file));
  return {
    files: checked.map(({ counts }) => counts),
    differences: checked.flatMap(({ differences }) => differences),
    notes: [
      ...checked.flatMap(({ notes }) => notes),
      ...extra.map((file) => `${file}: the baseline does not have this file`),
    ],
  };
}

interface TableCheck {
  readonly counts: FileCheck;
  readonly differences: readonly Difference[];
  readonly notes: readonly string[];
}

function checkTable(
  file: string,
  baseline: StoredTable,
  now: StoredTable | null,
  tolerances: Tolerances,
  room: number,
): TableCheck {
  const total = baseline.rows.length;
  if (now === null) {
    return {
      counts: { file, rows: total, holds: 0, contradicted: 0, notRun: total },
      differences: [missing(file, null, null, 'file missing')],
      notes: [],
    };
  }
  const pairs = columnPairs(baseline, now);
  const absent = pairs.filter(({ nowIndex }) => nowIndex === -1);
  const differences = absent.map(({ name }) => missing(file, null, name, 'column missing'));
  const lostKey = absent.find(({ name }) => baseline.primaryKey.includes(name));
  if (lostKey !== undefined) {
    const counts = { file, rows: total, holds: 0, contradicted: 0, notRun: total };
    return { counts, differences, notes: [] }; // without it no row can be found
  }
  const current = rowsByKey(`${file} now`, now, baseline.primaryKey);
  const expected = keysOf(baseline, baseline.primaryKey);
  const taken = new Uint8Array(now.rows.length);
  const lost = new Set<string>();
  const counts = { holds: 0, contradicted: 0, notRun: 0 };
  for (const [index, cells] of baseline.rows.entries()) {
    const key = expected.key(cells, index);
    const place = current.get(key);
    if (place === undefined ? lost.has(key) : taken[place] === 1) {
      throw duplicate(`${file} of the baseline`, expected.name(cells, index));
    }
    if (place === undefined) lost.add(key);
    else taken[place] = 1;
    const moved =
      place === undefined
        ? [missing(file, expected.name(cells, index), null, 'row missing')]
        : compareRow(file, () => expected.name(cells, index), pairs, cells, now.rows[place], tolerances);
    differences.push(...moved);
    if (differences.length > room) throw tooManyDifferences(file, differences);
    if (moved.some(({ verdict }) => verdict === 'contradicted')) counts.contradicted++;
    else if (moved.length > 0 || absent.length > 0) counts.notRun++;
    else counts.holds++;
  }
  const newRows = now.rows.length - (total - lost.size);
  const known = new Set(pairs.map(({ name }) => name));
  const newColumns = now.columns.filter(({ name }) => !known.has(name));
  return {
    counts: { file, rows: total, ...counts },
    differences,
    notes: [
      ...newColumns.map(({ name }) => `${file}: the baseline does not have the column ${name}`),
      ...(newRows > 0 ? [`${file}: the baseline does not have ${newRows} of the rows`] : []),
    ],
  };
}

/** A column of the baseline, and where it stands in both tables (-1: not there now). */
interface ColumnPair {
  readonly name: string;
  readonly index: number;
  readonly nowIndex: number;
  readonly isNumber: (baseline: string, now: string) => boolean;
  readonly isInteger: boolean;
}

function columnPairs(baseline: StoredTable, now: StoredTable): ColumnPair[] {
  const places = new Map(now.columns.map(({ name }, index) => [name, index]));
  return baseline.columns.map((column, index) => {
    const nowIndex = places.get(column.name) ?? -1;
    const other = now.columns[nowIndex];
    const numeric = [column, other].every((one) => one?.type === 'number' || one?.type === 'integer');
    return {
      name: column.name,
      index,
      nowIndex,
      isNumber: (a, b) => numeric && !column.missing.has(a) && !other.missing.has(b),
      isInteger: column.type === 'integer',
    };
  });
}

function compareRow(
  file: string,
  rowName: () => string,
  pairs: readonly ColumnPair[],
  baseline: readonly string[],
  now: readonly string[],
  { all, columns }: Tolerances,
): Difference[] {
  const exact = { kind: 'rel', size: 0 } as const;
  const present = pairs.filter(({ nowIndex }) => nowIndex !== -1);
  const differences = present.flatMap(({ name, index, nowIndex, isNumber, isInteger }): Difference[] => {
    const [a, b] = [baseline[index], now[nowIndex]];
    if (a === b && a !== 'not run') return [];
    const place = { file, row: rowName(), column: name };
    if (a === 'not run' || b === 'not run') {
      return [{ ...place, baseline: a, now: b, difference: null, verdict: 'not run' }];
    }
    if (!isNumber(a, b)) {
      return a === b ? [] : [{ ...place, baseline: a, now: b, difference: null, verdict: 'contradicted' }];
    }
    const [x, y] = [Number(a), Number(b)];
    const tolerance = columns.get(name) ?? (isInteger ? exact : all); // counts and epochs are exact unless named
    if (isWithin(tolerance, x, y)) {
      // Float64 holds both as one number, the texts do not: only a tolerance makes them one.
      if (tolerance.size > 0 || isSameDecimal(a, b)) return [];
      return [{ ...place, baseline: a, now: b, difference: null, verdict: 'contradicted' }];
    }
    return [{ ...place, baseline: x, now: y, difference: y - x, verdict: 'contradicted' }];
  });
  // A summary of fewer trials than before is incomplete, not other.
  const lost = differences.some(({ column, difference }) => column === 'not_run' && difference! > 0);
  return lost ? differences.map((one) => ({ ...one, verdict: 'not run' })) : differences;
}

/** What the key columns hold tells a row from every other; where there is no key its number does. */
function keysOf({ columns }: StoredTable, primaryKey: readonly string[]) {
  const indices = primaryKey.map((key) => columns.findIndex((column) => column.name === key));
  const none = indices.length === 0;
  return {
    key: (cells: readonly string[], index: number): string =>
      none ? String(index) : JSON.stringify(indices.map((column) => cells[column])),
    /** "trial=0a1b, epoch=3" */
    name: (cells: readonly string[], index: number): string =>
      none ? `row ${index + 1}` : primaryKey.map((column, k) => `${column}=${cells[indices[k]]}`).join(', '),
  };
}

/** Where each key stands. */
function rowsByKey(title: string, table: StoredTable, primaryKey: readonly string[]): Map<string, number> {
  const { key, name } = keysOf(table, primaryKey);
  const byKey = new Map<string, number>();
  for (const [index, cells] of table.rows.entries()) {
    if (byKey.size === byKey.set(key(cells, index), index).size) throw duplicate(title, name(cells, index));
  }
  return byKey;
}

function missing(file: string, row: string | null, column: string | null, what: string): Difference {
  return { file, row, column, baseline: null, now: what, difference: null, verdict: 'not run' };
}

/** Quick runs, and other readings of the report, have other numbers by intention. */
function checkSameRun(file: string, baseline: StoredTable, now: StoredTable): void {
  for (const column of ['run', 'variant']) {
    const [before, after] = [valuesOf(baseline, column), valuesOf(now, column)];
    if (before === null || after === null || before === after) continue;
    throw new UserError({
      what: `${file}: the baseline is another kind of run`,
      expected: `${column}: ${before}, as in the baseline`,
      received: `${column}: ${after}`,
      remedy: 'compare runs of one kind: --quick and --variant as for the baseline',
    });
  }
}

/** The values of a column, each once; null where there are none. */
function valuesOf({ columns, rows }: StoredTable, name: string): string | null {
  const index = columns.findIndex((column) => column.name === name);
  const values = new Set(index === -1 ? [] : rows.map((row) => row[index]));
  return values.size === 0 ? null : [...values].sort().join(', ');
}

function nothingInCommon(baseline: Tables, now: Tables): UserError {
  const some = (tables: Tables) => [...tables.keys()].slice(0, 3).join(', ') || 'no tables';
  return new UserError({
    what: 'the two folders have no table in common',
    expected: `${some(baseline)}, as in the baseline`,
    received: some(now),
    remedy: 'name two folders of the same level: both results/, or both of one experiment',
  });
}

/** The exit status stays what these differences alone make it. */
function tooManyDifferences(file: string, differences: readonly Difference[]): UserError {
  const moved = differences.some(({ verdict }) => verdict === 'contradicted');
  return new UserError(
    {
      what: `${file} and the files before it are not as in the baseline in very many places`,
      expected: `at most ${mostDifferences} differences`,
      received: 'more than that',
      remedy: 'compare runs of the same settings, or give a --tolerance',
    },
    moved ? exitCodes.contradicted : exitCodes.incomplete,
  );
}

function duplicate(name: string, key: string): UserError {
  return new UserError({
    what: `${name} has two rows of one key`,
    expected: 'each primary key once',
    received: key,
    remedy: 'run the experiment again, or take another copy of its folder',
  });
}
