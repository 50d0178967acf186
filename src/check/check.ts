import { exitCodes, UserError } from '../errors.ts';
import { type StoredTable, sortedText } from '../output/read-tables.ts';
import { type Keys, keysOf, type Parts, type TrialsTables, withPresentNames } from './keys.ts';
import { checkToleranceColumns, isSameDecimal, isWithin, type Tolerances } from './tolerance.ts';

/** Something in the baseline that is different now. */
export interface Difference {
  /** Path of the CSV in the folder. */
  readonly file: string;
  /** "learning_rate=0.1, epoch=3"; null means the whole file or the whole column. */
  readonly row: string | null;
  /** The same by column; empty for the whole file or the whole column. */
  readonly parts: Parts;
  /** null means the whole row. */
  readonly column: string | null;
  readonly baseline: string | number | null;
  readonly now: string | number | null;
  /** now - baseline, of two numbers. */
  readonly difference: number | null;
  readonly verdict: 'contradicted' | 'not run';
}

/** How many rows of a file of the baseline hold, are contradicted, or are missing. */
export interface FileCheck {
  readonly file: string;
  readonly rows: number;
  readonly holds: number;
  readonly contradicted: number;
  readonly notRun: number;
  /** The columns that tell rows apart, and how many values each has in the baseline. */
  readonly varied: ReadonlyMap<string, number>;
}

export interface Check {
  readonly files: readonly FileCheck[];
  /** Everything that does not hold, in the order of the baseline. */
  readonly differences: readonly Difference[];
  /** What exists now but not in the baseline. */
  readonly notes: readonly string[];
}

type Tables = ReadonlyMap<string, StoredTable>;

/** More differences would fill the memory and tell the reader nothing new. */
const mostDifferences = 250_000;

/**
 * Compares the tables of two folders of results row by row. Everything in the baseline is checked.
 *
 * Rows are matched by their settings (`keysOf`), so that ids and the order of rows may differ. Numbers are compared within their tolerance, everything else exactly. A number or text
 * that has changed is `contradicted`. A file, column, row or number that is missing now is `not run`, and so is a mean over
 * fewer finished trials: a missing value never passes.
 *
 * Throws UserError if the folders have no table in common, if they are of different experiments, runs (quick or full),
 * variants or data, if a
 * key appears twice in a table, if a tolerance names no column, and if there are more differences than can be listed.
 */
export function checkTables(before: Tables, after: Tables, tolerances: Tolerances): Check {
  const [baseline, now] = [before, after].map(
    (tables) => new Map(Array.from(tables, ([file, table]) => [file, withPresentNames(table)] as const)),
  );
  const common = [...baseline.keys()].filter((file) => now.has(file));
  if (common.length === 0) throw nothingInCommon(baseline, now);
  const known = [...baseline.values()].flatMap(({ columns }) => columns.map(({ name }) => name));
  checkToleranceColumns(tolerances, new Set(known));
  for (const file of common) checkSameRun(file, baseline.get(file)!, now.get(file)!);
  let remaining = mostDifferences;
  const checked = [...baseline].map(([file, table]) => {
    const ofTrials = file.replace(/[^/]*$/, 'trials.csv');
    const trials = { baseline: baseline.get(ofTrials), now: now.get(ofTrials) };
    const found = checkTable(file, table, now.get(file) ?? null, trials, tolerances, remaining);
    remaining -= found.differences.length;
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
  trials: TrialsTables,
  tolerances: Tolerances,
  remaining: number,
): TableCheck {
  const total = baseline.rows.length;
  const lost = { file, rows: total, holds: 0, contradicted: 0, notRun: total, varied: new Map() };
  if (now === null)
    return { counts: lost, differences: [missing(file, null, null, 'file missing')], notes: [] };
  if (haveOtherSeeds(baseline, now, trials)) {
    const what = `the seeds differ: ${file.replace(/^.*\//, '')} is not compared`;
    return { counts: lost, differences: [missing(file, null, null, what)], notes: [] };
  }
  const keys = keysOf(file, baseline, now, trials);
  const pairs = columnPairs(baseline, now).filter(({ name }) => keys?.baseline.ignored.has(name) !== true);
  const absent = pairs.filter(({ nowIndex }) => nowIndex === -1);
  const differences = absent.map(({ name }) => missing(file, null, name, 'column missing'));
  if (keys === null) return { counts: lost, differences, notes: [] }; // without the key, no row can be matched
  const present = pairs.filter(({ nowIndex }) => nowIndex !== -1);
  const current = placesByKey(`${file} now`, keys.now);
  const matched = new Uint8Array(now.rows.length);
  const missingKeys = new Set<string>();
  const counts = { holds: 0, contradicted: 0, notRun: 0 };
  for (const [index, cells] of baseline.rows.entries()) {
    const key = keys.baseline.keys[index];
    const place = current.get(key);
    const own = () => keys.baseline.parts(index);
    if (place === undefined ? missingKeys.has(key) : matched[place] === 1) {
      throw duplicate(`${file} of the baseline`, rowName(own()));
    }
    if (place === undefined) missingKeys.add(key);
    else matched[place] = 1;
    const moved =
      place === undefined
        ? [missing(file, own(), null, 'row missing')]
        : compareRow(file, own, present, cells, now.rows[place], tolerances);
    differences.push(...moved);
    if (differences.length > remaining) throw tooManyDifferences(file, differences);
    if (moved.some(({ verdict }) => verdict === 'contradicted')) counts.contradicted++;
    else if (moved.length > 0 || absent.length > 0) counts.notRun++;
    else counts.holds++;
  }
  const newRows = now.rows.length - (total - missingKeys.size);
  const known = new Set(baseline.columns.map(({ name }) => name));
  const newColumns = now.columns.filter(({ name }) => !known.has(name));
  return {
    counts: { file, rows: total, ...counts, varied: valueCounts(keys.baseline) },
    differences,
    notes: [
      ...(newColumns.length > 0 ? [`${file}: the baseline does not have ${columnsText(newColumns)}`] : []),
      ...(newRows > 0 ? [`${file}: the baseline does not have ${newRows} of the rows`] : []),
    ],
  };
}

/** "the column loss", "34 of the columns". */
function columnsText(columns: StoredTable['columns']): string {
  return columns.length === 1 ? `the column ${columns[0].name}` : `${columns.length} of the columns`;
}

/** Whether the rows are statistics over seeds, and over other seeds than in the baseline: such numbers differ by design. */
function haveOtherSeeds(baseline: StoredTable, now: StoredTable, trials: TrialsTables): boolean {
  if (valuesOf(baseline, 'seeds') === null || valuesOf(now, 'seeds') === null) return false;
  const seedsOf = (table: StoredTable, own: StoredTable | undefined) =>
    table.seeds ?? (own === undefined ? null : valuesOf(own, 'seed'));
  const [before, after] = [seedsOf(baseline, trials.baseline), seedsOf(now, trials.now)];
  return before !== null && after !== null && before !== after;
}

/** A column of the baseline, with its index in both tables; -1 if it is missing now. */
interface ColumnPair {
  readonly name: string;
  readonly index: number;
  readonly nowIndex: number;
  readonly isNumber: (baseline: string, now: string) => boolean;
  readonly isInteger: boolean;
  /** Whether it is a number column in either. */
  readonly isNumeric: boolean;
}

function columnPairs(baseline: StoredTable, now: StoredTable): ColumnPair[] {
  const places = new Map(now.columns.map(({ name }, index) => [name, index]));
  return baseline.columns.map((column, index) => {
    const nowIndex = places.get(column.name) ?? -1;
    const other = now.columns[nowIndex];
    const isOfNumbers = (one: StoredTable['columns'][number] | undefined) =>
      one?.type === 'number' || one?.type === 'integer';
    const numeric = isOfNumbers(column) && isOfNumbers(other);
    return {
      name: column.name,
      index,
      nowIndex,
      isNumber: (a, b) => numeric && a !== '' && b !== '' && !column.missing.has(a) && !other.missing.has(b),
      isInteger: column.type === 'integer',
      isNumeric: isOfNumbers(column) || isOfNumbers(other),
    };
  });
}

function compareRow(
  file: string,
  partsOfRow: () => Parts,
  pairs: readonly ColumnPair[],
  baseline: readonly string[],
  now: readonly string[],
  { all, columns }: Tolerances,
): Difference[] {
  const present = pairs.filter(
    ({ index, nowIndex }) => baseline[index] !== now[nowIndex] || baseline[index] === 'not run',
  );
  if (present.length === 0) return [];
  const exact = { kind: 'rel', size: 0 } as const;
  const parts = partsOfRow();
  const place = (column: string) => ({ file, row: rowName(parts), parts, column });
  const status = present.find(({ name }) => name === 'status');
  if (status !== undefined) {
    const [a, b] = [baseline[status.index], now[status.nowIndex]];
    // A trial that was not run has no numbers to compare.
    if (a === 'not run' || b === 'not run') {
      return [{ ...place('status'), baseline: a, now: b, difference: null, verdict: 'not run' }];
    }
  }
  const differences = present.flatMap(
    ({ name, index, nowIndex, isNumber, isInteger, isNumeric }): Difference[] => {
      const [a, b] = [baseline[index], now[nowIndex]].map((cell) => (isNumeric ? withoutWord(cell) : cell));
      if (a === b && a !== 'not run') return [];
      if (a === 'not run' || b === 'not run') {
        return [{ ...place(name), baseline: a, now: b, difference: null, verdict: 'not run' }];
      }
      if (!isNumber(a, b)) {
        return [{ ...place(name), baseline: a, now: b, difference: null, verdict: 'contradicted' }];
      }
      const [x, y] = [Number(a), Number(b)];
      const tolerance = columns.get(name) ?? (isInteger ? exact : all); // counts and epochs are exact unless named
      if (isWithin(tolerance, x, y)) {
        // Two different decimals may be the same float64. They count as equal only within a tolerance.
        if (tolerance.size > 0 || isSameDecimal(a, b)) return [];
        return [{ ...place(name), baseline: a, now: b, difference: null, verdict: 'contradicted' }];
      }
      return [{ ...place(name), baseline: x, now: y, difference: y - x, verdict: 'contradicted' }];
    },
  );
  // A summary of fewer trials than before is incomplete, not contradicted.
  const lost = differences.some(({ column, difference }) => column === 'not_run' && difference! > 0);
  return lost ? differences.map((one) => ({ ...one, verdict: 'not run' })) : differences;
}

/** Versions before the column `status` wrote "diverged" where now the cell is empty. */
const withoutWord = (cell: string): string => (cell === 'diverged' ? '' : cell);

/** "learning_rate=0.1, epoch=3" */
function rowName(parts: Parts): string {
  const text = parts.map(([column, value]) => `${column}=${value}`).join(', ');
  return text.replace(/^row=/, 'row ') || 'the only row';
}

/** The index of each row by its key. */
function placesByKey(title: string, { keys, parts }: Keys): Map<string, number> {
  const byKey = new Map<string, number>();
  for (const [index, key] of keys.entries()) {
    if (byKey.size === byKey.set(key, index).size) throw duplicate(title, rowName(parts(index)));
  }
  return byKey;
}

/** How many values each column of the keys has. */
function valueCounts({ keys, parts }: Keys): Map<string, number> {
  const values = new Map<string, Set<string>>();
  for (const index of keys.keys()) {
    for (const [column, value] of parts(index)) {
      const own = values.get(column) ?? new Set();
      values.set(column, own.add(value));
    }
  }
  return new Map([...values].map(([column, own]) => [column, own.size]));
}

function missing(file: string, parts: Parts | null, column: string | null, what: string): Difference {
  const row = parts === null ? null : rowName(parts);
  return {
    file,
    row,
    parts: parts ?? [],
    column,
    baseline: null,
    now: what,
    difference: null,
    verdict: 'not run',
  };
}

/** Refuses to compare different experiments, quick with full runs, variants, or data: their numbers differ by design. */
function checkSameRun(file: string, baseline: StoredTable, now: StoredTable): void {
  if (baseline.package !== now.package && baseline.package !== undefined && now.package !== undefined) {
    throw new UserError({
      what: `${file}: the two folders are of different experiments`,
      expected: `${baseline.package}, as in the baseline`,
      received: now.package,
      remedy: 'name two folders of one experiment, or two folders that contain several',
    });
  }
  for (const column of ['run', 'variant', 'data']) {
    const [before, after] = [baseline, now].map(
      (table) => valuesOf(table, column) ?? (column === 'data' ? (table.data ?? null) : null),
    );
    if (before === null || after === null || before === after) continue;
    throw new UserError({
      what: `${file}: the baseline is a different kind of run`,
      expected: `${column}: ${before}, as in the baseline`,
      received: `${column}: ${after}`,
      remedy: 'compare runs of one kind: --quick, --variant and --data-dir as for the baseline',
    });
  }
}

/** The distinct values of a column, sorted and joined; null if there are none. */
function valuesOf({ columns, rows }: StoredTable, name: string): string | null {
  const index = columns.findIndex((column) => column.name === name);
  const values = new Set(index === -1 ? [] : rows.map((row) => row[index]));
  return values.size === 0 ? null : sortedText(values);
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

/** An error with the exit status that these differences alone would give. */
function tooManyDifferences(file: string, differences: readonly Difference[]): UserError {
  const moved = differences.some(({ verdict }) => verdict === 'contradicted');
  return new UserError(
    {
      what: `${file} and the files before it differ from the baseline in too many places`,
      expected: `at most ${mostDifferences} differences`,
      received: 'more than that',
      remedy: 'compare runs of the same settings, or give a --tolerance',
    },
    moved ? exitCodes.contradicted : exitCodes.incomplete,
  );
}

function duplicate(name: string, key: string): UserError {
  return new UserError({
    what: `${name} has two rows with the same key`,
    expected: 'each primary key once',
    received: key,
    remedy: 'run the experiment again, or use another copy of its folder',
  });
}
