import type { ErrorParts } from '../errors.ts';
import type { Interval } from '../stats/interval.ts';
import { canonicalCell, cellValue, decimalSign } from './runs-cells.ts';
import { type RunsFile, readingRuns, rowError, runRows, runsError } from './runs-file.ts';
import type { Statistic } from './runs-measures.ts';
import type { RunsPlan, Selection, WantedSetting } from './runs-plan.ts';

/** The rows of a file of runs that claims use. */
export interface RunsTable {
  /** All runs in the file, in order. */
  readonly seeds: readonly string[];
  /** Rows in the file. */
  readonly rows: number;
  /** The rows that a selection takes, by the place of their seed in `seeds`. */
  rowsOf(selection: Selection): ReadonlyMap<number, readonly UsedRow[]>;
  /** The values of the settings of a group of rows, and whether a selection takes it. */
  cellOf(group: number): readonly string[];
  takes(selection: Selection, group: number): boolean;
  /** The lowest and the highest number of each statistic, in the order of the plan. */
  readonly ranges: readonly Interval[];
  /** The values of a setting among all rows, for messages. */
  valuesOf(setting: number): readonly string[];
}

export interface UsedRow {
  /** Its number among all records of the file. */
  readonly record: number;
  /** Rows with the same settings that claims select by. */
  readonly group: number;
  /** The same and all cells that no claim names: rows of a seed with the same are one run. */
  readonly cell: number;
  /** Of a statistic, by its place in the plan: NaN if the run was not made, infinite if it diverged. */
  value(place: number): number;
}

/** The rows with the same values of the settings that claims select by. */
interface Group {
  readonly cell: readonly string[];
  readonly used: boolean;
  /** Its rows as seed, record, rest and values, one after the other: a million rows fit. */
  readonly data: number[];
}

/** What is wrong with a row. */
class RowProblem extends Error {
  readonly parts: ErrorParts;
  constructor(parts: ErrorParts) {
    super(parts.what);
    this.parts = parts;
  }
}

/**
 * Reads a file of runs, keeping the rows that the plan selects.
 *
 * Errors: UserError naming the line, for a ragged row, a row without a seed, and a cell that is not what it should be.
 */
export async function readRuns(file: RunsFile, plan: RunsPlan): Promise<RunsTable> {
  // By the settings as they are written, and as they are meant: 0.1 and 1e-1 are one group.
  const written = new Map<string, Group>();
  const groups = new Map<string, Group>();
  const seeds = new Map<string, number>();
  const seedOf = memoized((text) => {
    const seed = canonicalCell(text, file.delimiter);
    if (!seeds.has(seed)) seeds.set(seed, seeds.size);
    return seeds.get(seed)!;
  });
  const rest = restOf(file, plan);
  const ranges = plan.statistics.map(() => ({
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
  }));
  const groupOf = (row: readonly string[]) => {
    const key = plan.settings.map(({ column }) => row[column]).join('\0');
    const known = written.get(key);
    if (known !== undefined) return known;
    const cell = plan.settings.map(({ column }) => canonicalCell(row[column], file.delimiter));
    const used = plan.selections.some((selection) => takes(selection, cell));
    const meant = cell.join('\0');
    const group = groups.get(meant) ?? { cell, used, data: [] };
    written.set(key, group);
    groups.set(meant, group);
    return group;
  };
  const signs = decimalSigns(file);
  const take = (record: number, row: readonly string[]) => {
    if (row[file.seed].trim() === '') {
      throw new RowProblem({
        what: `has no ${file.names[file.seed]}`,
        expected: 'the number or the name of the run',
        received: '',
      });
    }
    const seed = seedOf(row[file.seed]);
    const { used, data } = groupOf(row);
    if (!used) return;
    data.push(seed, record, rest(row));
    for (const [place, statistic] of plan.statistics.entries()) {
      const value = numberOf(file, row, statistic);
      signs(row[statistic.column]);
      data.push(value);
      if (!Number.isFinite(value)) continue;
      const range = ranges[place];
      if (value < range.low) range.low = value;
      if (value > range.high) range.high = value;
    }
  };
  let rows = 0;
  await readingRuns(file.path, async () => {
    for await (const { record, row } of runRows(file)) {
      rows++;
      try {
        take(record, row);
      } catch (error) {
        throw error instanceof RowProblem ? await rowError(file, record, error.parts) : error;
      }
    }
  });
  if (rows === 0) throw runsError(file.path, { what: 'has no row below its names of columns' });
  // In an order that does not depend on that of the rows.
  const all = [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  const order = sortedSeeds([...seeds.keys()]);
  const placeOf = new Map(order.map((seed, place) => [seeds.get(seed)!, place]));
  return {
    seeds: order,
    rows,
    rowsOf: (selection) => {
      const bySeed = new Map<number, UsedRow[]>();
      for (const [group, { used, cell, data }] of all.entries()) {
        if (!used || !takes(selection, cell)) continue;
        for (let at = 0; at < data.length; at += 3 + plan.statistics.length) {
          const seed = placeOf.get(data[at])!;
          const row = new StoredRow(data, at, group);
          const others = bySeed.get(seed);
          if (others === undefined) bySeed.set(seed, [row]);
          else others.push(row);
        }
      }
      return bySeed;
    },
    cellOf: (group) => all[group].cell,
    takes: (selection, group) => takes(selection, all[group].cell),
    ranges,
    valuesOf: (setting) => sortedSeeds([...new Set(all.map(({ cell }) => cell[setting]))]),
  };
}

/** A row in the numbers of its group. There may be a million. */
class StoredRow implements UsedRow {
  readonly #data: readonly number[];
  readonly #at: number;
  readonly group: number;

  constructor(data: readonly number[], at: number, group: number) {
    this.#data = data;
    this.#at = at;
    this.group = group;
  }

  get record(): number {
    return this.#data[this.#at + 1];
  }

  get cell(): number {
    return this.group * 2 ** 32 + this.#data[this.#at + 2];
  }

  value(place: number): number {
    return this.#data[this.#at + 3 + place];
  }
}

function takes({ wanted, except }: Selection, cell: readonly string[]): boolean {
  const has = ({ setting, values }: WantedSetting) => values.has(cell[setting]);
  return wanted.every(has) && (except.length === 0 || !except.every(has));
}

/** Numbers by size, then names. */
function sortedSeeds(seeds: readonly string[]): string[] {
  const rank = (seed: string) => (Number.isNaN(Number(seed)) ? Number.POSITIVE_INFINITY : Number(seed));
  return [...seeds].sort((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    return first === second ? (a < b ? -1 : a > b ? 1 : 0) : first - second;
  });
}

function numberOf(
  file: RunsFile,
  row: readonly string[],
  { name, column, worst, measure, stated }: Statistic,
): number {
  const ended = endOf(file, row);
  const value = ended ?? cellValue(row[column], file.delimiter);
  if (value === 'missing') return Number.NaN;
  if (typeof value === 'object') {
    throw new RowProblem({
      what: `has no number in column ${name}`,
      expected: 'a number, diverged, or an empty cell',
      received: row[column],
      remedy: value.wrong,
    });
  }
  if (typeof value === 'number' && Number.isFinite(value)) {
    if (!stated || (value >= measure!.domain.low && value <= measure!.domain.high)) return value;
    throw new RowProblem({
      what: `has a number in column ${name} that it cannot have by "metrics" in the file of claims`,
      expected: `a number from ${measure!.domain.low} to ${measure!.domain.high}`,
      received: row[column],
      remedy: 'correct the cell, or the scale and the bounds of this metric',
    });
  }
  if (worst !== null) return worst;
  if (typeof value === 'number') return value;
  throw new RowProblem({
    what: `is of a run that diverged, and whether a low or a high ${name} is better is not known`,
    expected: 'the better direction of this column',
    remedy: `add "metrics": {${JSON.stringify(name)}: {"better": "lower"}} to the file of claims`,
  });
}

/** How a run ended by its column status; undefined: as its numbers say. */
function endOf(file: RunsFile, row: readonly string[]): 'missing' | 'diverged' | undefined {
  if (file.status === undefined) return undefined;
  const word = row[file.status].trim().toLowerCase();
  const end = ends.get(word);
  if (end !== undefined) return end === 'done' ? undefined : end;
  throw new RowProblem({
    what: 'has another word in column status',
    expected: [...ends.keys()].filter((known) => known !== '').join(', '),
    received: row[file.status],
    remedy: 'use one of these words, or rename the column if it is about something else',
  });
}

const ends = new Map<string, 'done' | 'missing' | 'diverged'>([
  ['', 'done'],
  ['done', 'done'],
  ['ok', 'done'],
  ['finished', 'done'],
  ['completed', 'done'],
  ['diverged', 'diverged'],
  ['not run', 'missing'],
  ['failed', 'missing'],
]);

/** Refuses decimal commas and decimal points in one file. */
function decimalSigns(file: RunsFile): (text: string) => void {
  let first: ',' | '.' | null = null;
  return (text) => {
    if (file.delimiter === ',') return;
    const sign = decimalSign(text);
    if (sign === null || sign === first) return;
    if (first === null) {
      first = sign;
      return;
    }
    throw new RowProblem({
      what: `has a decimal ${sign === ',' ? 'comma' : 'point'}, and other lines have decimal ${sign === ',' ? 'points' : 'commas'}`,
      expected: 'one decimal sign in the whole file',
      received: text,
      remedy: 'write all numbers with a decimal point',
    });
  };
}

/** A hash of the cells that are neither a seed, a status, nor named by a claim (FNV-1a of 32 bits). */
function restOf(file: RunsFile, plan: RunsPlan): (row: readonly string[]) => number {
  const named = new Set([
    file.seed,
    file.status,
    ...[...plan.settings, ...plan.statistics].map(({ column }) => column),
  ]);
  const columns = file.names.flatMap((name, column) => (name === '' || named.has(column) ? [] : column));
  return (row) => {
    let hash = 0x811c9dc5;
    for (const column of columns) {
      const text = row[column];
      for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
      hash = Math.imul(hash ^ 0x1f, 0x01000193);
    }
    return hash >>> 0;
  };
}

/** Remembers what a function gave for a text. Tables repeat few texts many times. */
function memoized<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = compute(text);
    if (known.size >= 100_000) known.clear();
    known.set(text, value);
    return value;
  };
}
