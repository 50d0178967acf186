import { UserError } from '../errors.ts';
import { columnName, olderNames, optionNames, presentName } from '../experiment/options.ts';
import type { StoredTable } from '../output/read-tables.ts';

/** The settings of trials, by which a row is found in another folder, whatever its id and place are there. */
const settingNames: ReadonlySet<string> = new Set([
  ...['run', 'variant', 'data', ...Object.keys(olderNames)],
  ...optionNames.map(columnName),
]);

/** A table with the settings of an experiment in the columns that they have now. */
export function withPresentNames(table: StoredTable): StoredTable {
  if (!isOfTrials(table) && !isOfCells(table)) return table;
  const columns = table.columns.map((column) => ({ ...column, name: presentName(column.name) }));
  return { ...table, columns, primaryKey: table.primaryKey.map(presentName) };
}

/** The parts of a key that differ between rows: "learning_rate=0.1". */
export type Parts = readonly (readonly [column: string, value: string])[];

type Row = StoredTable['rows'][number];

/** What identifies a row. Its parts are needed of few rows, and would fill the memory if they were kept of all. */
interface Naming {
  readonly keyOf: (cells: Row, index: number) => string;
  readonly partsOf: (cells: Row, index: number) => Parts;
}

/** How the rows of a table are found in another folder. */
export interface Keys {
  /** The key of each row, in order. */
  readonly keys: readonly string[];
  /** The parts of the key of a row. */
  readonly parts: (index: number) => Parts;
  /** Columns that are not compared: ids, which differ between versions of the program. */
  readonly ignored: ReadonlySet<string>;
}

export interface KeyedTables {
  readonly baseline: Keys;
  readonly now: Keys;
}

/** The tables of a folder's trials, for tables whose rows name a trial. */
export interface TrialsTables {
  readonly baseline: StoredTable | undefined;
  readonly now: StoredTable | undefined;
}

/**
 * The keys of a table and of its baseline: settings where the rows are trials or cells, the settings of its trial where a
 * row names one, and the primary key elsewhere. null if the table now lacks a column of the key.
 *
 * Errors: rows that have the same settings, because a folder has an option that the other lacks.
 */
export function keysOf(
  file: string,
  baseline: StoredTable,
  now: StoredTable,
  trials: TrialsTables,
): KeyedTables | null {
  if (isOfTrials(baseline)) {
    const columns = sharedSettings(baseline, now);
    return bySettings(file, baseline, now, columns, new Set(['trial']));
  }
  if (isOfCells(baseline)) return bySettings(file, baseline, now, sharedSettings(baseline, now), new Set());
  if (baseline.primaryKey.some((name) => placeOf(now, name) === -1)) return null;
  const { baseline: before, now: after } = trials;
  const named = baseline.primaryKey.includes('trial') && before !== undefined && after !== undefined;
  if (named && isOfTrials(before)) {
    const columns = sharedSettings(before, after);
    const rest = baseline.primaryKey.filter((name) => name !== 'trial');
    const varied = variedColumns(before, columns);
    const telling = tellingColumns(before, after, columns, varied);
    const byId = {
      before: settingsById(before, telling, varied),
      after: settingsById(after, telling, varied),
    };
    const keys = (table: StoredTable, own: StoredTable): Keys => {
      const [first, second] = own === before ? [byId.before, byId.after] : [byId.after, byId.before];
      // A row that trials.csv has lost may still be in that of the other folder.
      const settings = { get: (id: string) => first.get(id) ?? second.get(id) };
      const trial = placeOf(table, 'trial');
      const others = rest.map((name) => [name, placeOf(table, name)] as const);
      return keysBy(table, new Set(['trial']), {
        keyOf: (cells) =>
          [settings.get(cells[trial])?.key ?? cells[trial], ...others.map(([, place]) => cells[place])].join(
            ' ',
          ),
        partsOf: (cells) => [
          ...(settings.get(cells[trial])?.parts() ?? [['trial', cells[trial]] as const]),
          ...others.map(([name, place]) => [name, cells[place]] as const),
        ],
      });
    };
    return { baseline: keys(baseline, before), now: keys(now, after) };
  }
  const plain = (table: StoredTable): Keys =>
    keysBy(table, new Set(), plainNaming(table, baseline.primaryKey));
  return { baseline: plain(baseline), now: plain(now) };
}

function keysBy({ rows }: StoredTable, ignored: Keys['ignored'], { keyOf, partsOf }: Naming): Keys {
  return { keys: rows.map(keyOf), parts: (index) => partsOf(rows[index], index), ignored };
}

const placeOf = ({ columns }: StoredTable, name: string): number =>
  columns.findIndex((column) => column.name === name);

const hasSettings = ({ columns }: StoredTable): boolean =>
  columns.some(({ name }) => name !== 'run' && name !== 'variant' && settingNames.has(name));

/** trials.csv: one row per trial, with its settings. */
function isOfTrials(table: StoredTable): boolean {
  return table.primaryKey.join() === 'trial' && hasSettings(table);
}

/** summary.csv: one row per combination of settings. */
function isOfCells({ primaryKey }: StoredTable): boolean {
  return primaryKey.length > 0 && primaryKey.every((name) => settingNames.has(name));
}

function sharedSettings(baseline: StoredTable, now: StoredTable): string[] {
  const names = baseline.columns.map(({ name }) => name);
  return names.filter((name) => settingNames.has(name) && placeOf(now, name) !== -1);
}

function bySettings(
  file: string,
  baseline: StoredTable,
  now: StoredTable,
  columns: readonly string[],
  ignored: ReadonlySet<string>,
): KeyedTables {
  const varied = variedColumns(baseline, columns);
  const telling = tellingColumns(baseline, now, columns, varied);
  const keys = (table: StoredTable) => keysBy(table, ignored, namingBySettings(table, telling, varied));
  const found = { baseline: keys(baseline), now: keys(now) };
  for (const [which, { keys, parts }, other] of [
    ['the baseline', found.baseline, now],
    ['the results now', found.now, baseline],
  ] as const) {
    const seen = new Set<string>();
    const twice = keys.findIndex((key) => seen.size === seen.add(key).size);
    if (twice !== -1)
      throw ambiguous(file, which, parts(twice), which === 'the baseline' ? baseline : now, other);
  }
  return found;
}

/** The columns with several values, or the seed, so that every row has a name. */
function variedColumns(table: StoredTable, columns: readonly string[]): ReadonlySet<string> {
  const varied = differingColumns(table, columns, table);
  return varied.length > 0
    ? new Set(varied)
    : new Set(columns.filter((name) => name === 'seed' || name === 'epochs'));
}

/** The columns in which some rows of the two tables differ, and those that name rows: all others have one value. */
function tellingColumns(
  baseline: StoredTable,
  now: StoredTable,
  columns: readonly string[],
  varied: ReadonlySet<string>,
): string[] {
  const differing = new Set(differingColumns(now, columns, baseline.rows.length > 0 ? baseline : now));
  return columns.filter((name) => varied.has(name) || differing.has(name));
}

/** The columns in which some row of a table differs from the first row of `other`; the rows are read once. */
function differingColumns(table: StoredTable, columns: readonly string[], other: StoredTable): string[] {
  const [first = []] = other.rows;
  const places = columns.map((name) => ({
    ...{ name, place: placeOf(table, name) },
    value: first[placeOf(other, name)],
  }));
  let alike = places;
  for (const cells of table.rows) {
    if (alike.some(({ place, value }) => cells[place] !== value))
      alike = alike.filter(({ place, value }) => cells[place] === value);
  }
  return places.filter((one) => !alike.includes(one)).map(({ name }) => name);
}

/** What identifies a row by its settings. */
function namingBySettings(
  table: StoredTable,
  columns: readonly string[],
  varied: ReadonlySet<string>,
): Naming {
  const own = columns.map((name) => ({ name, place: placeOf(table, name) }));
  const naming = own.filter(({ name }) => varied.has(name));
  return {
    keyOf: (cells) => JSON.stringify(own.map(({ place }) => canonical(cells[place]))),
    partsOf: (cells) =>
      naming
        .map(({ name, place }) => [name, canonical(cells[place])] as const)
        .filter(([, value]) => value !== ''),
  };
}

function settingsById(
  table: StoredTable,
  columns: readonly string[],
  varied: ReadonlySet<string>,
): { get(id: string): { readonly key: string; readonly parts: () => Parts } | undefined } {
  const trial = placeOf(table, 'trial');
  const { keyOf, partsOf } = namingBySettings(table, columns, varied);
  const rows = new Map(table.rows.map((cells) => [cells[trial], cells]));
  let last: { readonly id: string; readonly key: string; readonly parts: () => Parts } | null = null;
  return {
    get(id) {
      // The rows of a trial follow one another.
      if (last?.id === id) return last;
      const cells = rows.get(id);
      if (cells === undefined) return undefined;
      last = { id, key: keyOf(cells, 0), parts: () => partsOf(cells, 0) };
      return last;
    },
  };
}

/** A number however it is written: 1e-3 is 0.001. */
function canonical(text: string): string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : text;
}

function plainNaming(table: StoredTable, primaryKey: readonly string[]): Naming {
  const indices = primaryKey.map((name) => placeOf(table, name));
  if (primaryKey.length === 0)
    return {
      keyOf: (_cells, index) => String(index),
      partsOf: (_cells, index) => [['row', String(index + 1)]],
    };
  return {
    keyOf: (cells) => JSON.stringify(indices.map((column) => cells[column])),
    partsOf: (cells) => primaryKey.map((name, k) => [name, cells[indices[k]]] as const),
  };
}

function ambiguous(
  file: string,
  which: string,
  parts: Parts,
  own: StoredTable,
  other: StoredTable,
): UserError {
  const missing = own.columns.flatMap(({ name }) =>
    settingNames.has(name) && placeOf(other, name) === -1 ? name : [],
  );
  return new UserError({
    what: `${file}: two rows of ${which} have the same settings, so it is not known which to compare`,
    expected:
      missing.length === 0
        ? 'each combination of settings once'
        : `one value of ${missing.join(', ')}, which the other folder lacks`,
    received: parts.map(([name, value]) => `${name}=${value}`).join(', '),
    remedy: 'compare runs of the same settings, made by versions that have the same options',
  });
}
