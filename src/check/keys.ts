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

/** What identifies a row of a table. */
export interface Place {
  readonly key: string;
  /** The parts of the key that differ between rows: "learning_rate=0.1". */
  readonly parts: readonly (readonly [column: string, value: string])[];
}

/** How the rows of a table are found in another folder. */
export interface Keys {
  /** The place of each row, in order. */
  readonly places: readonly Place[];
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
    const telling = tellingColumns(before, after, columns);
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
      return {
        ignored: new Set(['trial']),
        places: table.rows.map((cells) => {
          const id = cells[trial];
          const found = settings.get(id) ?? { key: id, parts: [['trial', id] as const] };
          const parts = others.map(([name, place]) => [name, cells[place]] as const);
          return {
            key: `${found.key} ${parts.map(([, value]) => value).join(' ')}`,
            parts: [...found.parts, ...parts],
          };
        }),
      };
    };
    return { baseline: keys(baseline, before), now: keys(now, after) };
  }
  const plain = (table: StoredTable): Keys => ({
    ignored: new Set(),
    places: plainPlaces(table, baseline.primaryKey),
  });
  return { baseline: plain(baseline), now: plain(now) };
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
  const telling = tellingColumns(baseline, now, columns);
  const keys = (table: StoredTable): Keys => ({
    ignored,
    places: table.rows.map(createPlaces(table, telling, varied)),
  });
  const found = { baseline: keys(baseline), now: keys(now) };
  for (const [which, { places }, other] of [
    ['the baseline', found.baseline, now],
    ['the results now', found.now, baseline],
  ] as const) {
    const seen = new Set<string>();
    const twice = places.find(({ key }) => seen.size === seen.add(key).size);
    if (twice !== undefined)
      throw ambiguous(file, which, twice, which === 'the baseline' ? baseline : now, other);
  }
  return found;
}

/** The columns with several values, or the seed, so that every row has a name. */
function variedColumns(table: StoredTable, columns: readonly string[]): ReadonlySet<string> {
  const varied = columns.filter((name) => {
    const place = placeOf(table, name);
    return table.rows.some((cells) => cells[place] !== table.rows[0][place]);
  });
  return new Set(varied.length > 0 ? varied : columns.filter((name) => name === 'seed' || name === 'epochs'));
}

/** The columns in which some rows of the two tables differ, and those that name rows: all others have one value. */
function tellingColumns(baseline: StoredTable, now: StoredTable, columns: readonly string[]): string[] {
  const varied = variedColumns(baseline, columns);
  return columns.filter((name) => {
    const [before, after] = [placeOf(baseline, name), placeOf(now, name)];
    const first = (baseline.rows[0] ?? now.rows[0])?.[baseline.rows.length > 0 ? before : after];
    return varied.has(name) || now.rows.some((cells) => cells[after] !== first);
  });
}

/** Returns the function that gives the place of a row by its settings. */
function createPlaces(
  table: StoredTable,
  columns: readonly string[],
  varied: ReadonlySet<string>,
): (cells: readonly string[]) => Place {
  const own = columns.map((name) => ({ name, place: placeOf(table, name), names: varied.has(name) }));
  return (cells) => {
    const values = own.map(({ place }) => canonical(cells[place]));
    const parts: Place['parts'][number][] = [];
    for (const [index, { name, names }] of own.entries()) {
      if (names && values[index] !== '') parts.push([name, values[index]]);
    }
    return { key: JSON.stringify(values), parts };
  };
}

function settingsById(
  table: StoredTable,
  columns: readonly string[],
  varied: ReadonlySet<string>,
): ReadonlyMap<string, Place> {
  const trial = placeOf(table, 'trial');
  const placeOfRow = createPlaces(table, columns, varied);
  return new Map(table.rows.map((cells) => [cells[trial], placeOfRow(cells)]));
}

/** A number however it is written: 1e-3 is 0.001. */
function canonical(text: string): string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : text;
}

function plainPlaces(table: StoredTable, primaryKey: readonly string[]): Place[] {
  const indices = primaryKey.map((name) => placeOf(table, name));
  return table.rows.map((cells, index) => {
    if (primaryKey.length === 0) return { key: String(index), parts: [['row', String(index + 1)]] };
    return {
      key: JSON.stringify(indices.map((column) => cells[column])),
      parts: primaryKey.map((name, k) => [name, cells[indices[k]]] as const),
    };
  });
}

function ambiguous(
  file: string,
  which: string,
  { parts }: Place,
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
