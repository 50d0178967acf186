import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import type * as Zod from 'zod';
import { UserError } from '../errors.ts';
import { readCsvParts } from '../files/csv.ts';
import { sizeAndTime } from '../files/directories.ts';
import { codeOf, reasonOf } from '../files/errno.ts';
import { readJsonFile } from '../files/regular-file.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import { readManifest } from './earlier-run.ts';
import type { Column } from './table.ts';

/** A table as read from CSV: every cell is text; cells of number columns have been checked. */
export interface StoredTable {
  readonly columns: readonly StoredColumn[];
  /** Names of the columns that identify a row; if empty, rows are identified by their order. */
  readonly primaryKey: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The name of its data package, which is that of the experiment. */
  readonly package?: string | undefined;
  /** The digest that the data package gives. */
  readonly sha256?: string | undefined;
  /** The seeds of the run, sorted, and its data as in the column `data`, by its manifest. */
  readonly seeds?: string | undefined;
  readonly data?: string | undefined;
}

export interface StoredColumn {
  readonly name: string;
  readonly type: Column['type'];
  /** Texts that mean a missing value. */
  readonly missing: ReadonlySet<string>;
}

/** The size of all tables of a folder together. Two folders of the maximum size fit into Node's default memory. */
interface Size {
  bytes: number;
  rows: number;
  cells: number;
}

const maximum: Readonly<Size> = { bytes: 2 ** 28, rows: 3_000_000, cells: 24_000_000 };
/** The largest datapackage.json, in bytes. */
const largestPackage = 16 * 2 ** 20;

/**
 * Every table of a folder of results, by the path of its CSV in the folder: `ffnn/trials.csv`.
 *
 * The tables are those named in the `datapackage.json` of the folder and of its subfolders. A table whose file does not
 * exist is left out. Folders whose name begins with a dot (the trial store) are skipped.
 *
 * Rows that equal those of the same place in `like` are those of `like`: the tables of two runs then take the memory of one.
 *
 * Throws UserError if the folder has no data package, if a data package or a table is malformed, and if the tables are
 * larger than `limit`.
 */
export async function readTables(
  folder: string,
  limit = maximum,
  like: ReadonlyMap<string, StoredTable> = new Map(),
): Promise<Map<string, StoredTable>> {
  const packages = await findPackages(folder);
  if (packages.length === 0) {
    if ((await readManifest(folder)) !== null) throw withoutCsv(folder);
    throw notResults(folder, 'no datapackage.json in it or in its subfolders');
  }
  const schema = await packageSchema();
  const tables = new Map<string, StoredTable>();
  const addSize = createSizeCounter(folder, limit);
  for (const file of packages) {
    const descriptor = await readPackage(file, schema);
    const ofRun = runFacts(await readManifest(dirname(file)));
    for (const resource of descriptor.resources) {
      const path = normalize(join(file, '..', resource.path));
      if (isAbsolute(resource.path) || relative(folder, path).startsWith('..')) {
        throw malformed(file, `the path ${resource.path} leads out of the folder`);
      }
      const name = relative(folder, path).split(sep).join('/');
      if (tables.has(name)) throw malformed(file, `the path ${resource.path} is named twice`);
      const table = await readStored(path, resource.schema, addSize, like.get(name)?.rows ?? []);
      const sha256 = resource.hash?.replace(/^sha256:/, '');
      if (table !== null) tables.set(name, { ...table, ...ofRun, package: descriptor.name, sha256 });
    }
  }
  return tables;
}

/** Adds up the size of what is read. Throws as soon as the size exceeds the limit. */
function createSizeCounter(folder: string, limit: Size): (added: Partial<Size>) => void {
  const size: Size = { bytes: 0, rows: 0, cells: 0 };
  return (added) => {
    for (const what of ['bytes', 'rows', 'cells'] as const) {
      size[what] += added[what] ?? 0;
      if (size[what] > limit[what]) throw tooLarge(folder, limit, `at least ${size[what]} ${what}`);
    }
  };
}

async function findPackages(folder: string): Promise<string[]> {
  let entries: import('node:fs').Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw notResults(folder, reasonOf(error));
  }
  const names = entries.map(({ name }) => name).sort();
  const found = names.includes('datapackage.json') ? [join(folder, 'datapackage.json')] : [];
  for (const name of names) {
    const isFolder = entries.some((entry) => entry.name === name && entry.isDirectory());
    if (isFolder && !name.startsWith('.')) found.push(...(await findPackages(join(folder, name))));
  }
  return found;
}

type Package = Zod.infer<Awaited<ReturnType<typeof packageSchema>>>;

/** The parts of a data package that are read; it may have more. */
async function packageSchema() {
  const { z } = await import('zod');
  const missing = z.array(
    z.union([z.string(), z.object({ value: z.string() }).transform(({ value }) => value)]),
  );
  const field = z.object({
    name: z.string(),
    type: z.enum(['string', 'integer', 'number', 'boolean']),
    missingValues: missing.optional(),
  });
  const schema = z.object({
    fields: z.array(field).min(1).max(10_000),
    missingValues: missing.default(['']),
    primaryKey: z.array(z.string()).max(100).default([]),
  });
  const resource = z.object({ path: z.string().min(1), hash: z.string().optional(), schema });
  return z.object({ name: z.string().optional(), resources: z.array(resource).max(1000) });
}

async function readPackage(
  file: string,
  schema: Awaited<ReturnType<typeof packageSchema>>,
): Promise<Package> {
  let json: unknown;
  try {
    json = await readJsonFile(file, largestPackage);
  } catch (error) {
    throw malformed(file, reasonOf(error));
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw malformed(file, `${path.join('.')} is not ${plainIssue(message)}`);
  }
  return parsed.data;
}

/** What a manifest says of all tables of its folder. It may have been edited. Version 0.1.0 has no names of data. */
function runFacts(manifest: Readonly<Record<string, unknown>> | null): Pick<StoredTable, 'seeds' | 'data'> {
  const { seed } = (manifest?.settings ?? {}) as { readonly seed?: unknown };
  const listed: readonly unknown[] = Array.isArray(manifest?.data) ? manifest.data : [];
  const names = listed.flatMap((entry) => {
    const { name, dataset, sha256 } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof name === 'string') return [name];
    if (typeof sha256 === 'string') return [`sha256:${sha256.slice(0, 12)}`];
    return typeof dataset === 'string' ? [dataset] : [];
  });
  return {
    seeds: Array.isArray(seed) ? sortedText(seed.map(String)) : undefined,
    data: names.length > 0 ? sortedText(names) : undefined,
  };
}

/** The distinct texts, sorted and joined. */
export function sortedText(texts: Iterable<string>): string {
  return [...new Set(texts)].sort().join(', ');
}

/** null if the file does not exist. */
async function readStored(
  path: string,
  schema: Package['resources'][number]['schema'],
  addSize: (added: Partial<Size>) => void,
  like: StoredTable['rows'],
): Promise<StoredTable | null> {
  const columns = schema.fields.map(({ name, type, missingValues }) => ({
    name,
    type,
    missing: new Set(missingValues ?? schema.missingValues),
  }));
  const names = columns.map(({ name }) => name);
  const unknown = schema.primaryKey.find((name) => !names.includes(name));
  if (unknown !== undefined) throw malformed(path, `the primary key ${unknown} is not a column`);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw malformed(path, `the column ${twice} is named twice`);
  try {
    addSize({ bytes: (await sizeAndTime(path)).size });
    const rows: (readonly string[])[] = [];
    let above: readonly string[] = names;
    for await (const records of readRows(path, columns)) {
      for (const cells of records) {
        addSize({ rows: 1, cells: cells.length });
        const other = like[rows.length];
        const isKnown = other !== undefined && areEqual(cells, other);
        above = isKnown ? other : keptCells(cells, above);
        rows.push(above);
      }
    }
    return { columns, primaryKey: schema.primaryKey, rows };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error instanceof UserError ? error : malformed(path, reasonOf(error));
  }
}

function areEqual(row: readonly string[], other: readonly string[]): boolean {
  return row.length === other.length && row.every((cell, column) => cell === other[column]);
}

/** The shortest text that is not copied when it is cut out of a longer one, and keeps that in memory. */
const shortestPart = 13;

/** Most cells equal the one above them; sharing the string saves memory. Others must not keep the text of the whole file. */
function keptCells(cells: readonly string[], above: readonly string[]): string[] {
  return cells.map((cell, column) => {
    if (cell === above[column]) return above[column];
    return cell.length < shortestPart ? cell : Buffer.from(cell).toString();
  });
}

/** The records after the header, many at once; each is checked. */
async function* readRows(path: string, columns: readonly StoredColumn[]): AsyncGenerator<string[][]> {
  const names = columns.map(({ name }) => name);
  let record = 0;
  for await (const records of readCsvParts(path)) {
    const isFirst = record === 0;
    for (const cells of records) {
      record++;
      if (record === 1) checkHeader(path, cells, names);
      else checkRow(path, record, cells, columns);
    }
    yield isFirst ? records.slice(1) : records;
  }
  if (record === 0) checkHeader(path, [], names);
}

function checkHeader(path: string, header: readonly string[], names: readonly string[]): void {
  if (header.join('\n') === names.join('\n')) return;
  throw malformed(path, 'the header does not have the columns that datapackage.json names');
}

/** Checks the cells of a record. Records are counted from 1, and the header is the first. */
function checkRow(
  path: string,
  record: number,
  row: readonly string[],
  columns: readonly StoredColumn[],
): void {
  if (row.length !== columns.length) {
    throw malformed(path, `record ${record} has ${row.length} cells, the header ${columns.length}`);
  }
  for (const [index, { name, type, missing }] of columns.entries()) {
    const cell = row[index];
    if ((type !== 'number' && type !== 'integer') || missing.has(cell)) continue;
    if (cell.trim() === '' || !Number.isFinite(Number(cell))) {
      throw malformed(path, `record ${record}, ${name}: ${JSON.stringify(cell)} is not a number`);
    }
  }
}

function withoutCsv(folder: string): UserError {
  return new UserError({
    what: `the run in ${folder} wrote no CSV files, which are what is compared`,
    expected: 'tables and a datapackage.json',
    received: 'only a manifest.json',
    remedy: 'run the experiment again with {format} csv: trials in the store are not computed twice',
  });
}

function notResults(folder: string, problem: string): UserError {
  return new UserError({
    what: `${folder} is not a folder of results: ${problem}`,
    expected: 'a folder that a run of fys-nn wrote, with tables and a datapackage.json',
    received: folder,
    remedy: 'name results/, one of its folders, or a copy of one',
  });
}

function tooLarge(folder: string, { bytes, rows, cells }: Size, received: string): UserError {
  return new UserError({
    what: `${folder} is too large to compare`,
    expected: `at most ${bytes} bytes, ${rows} rows and ${cells} cells in all its tables`,
    received,
    remedy: 'compare the folders of single experiments, or runs of fewer epochs',
  });
}

function malformed(file: string, received: string): UserError {
  return new UserError({
    what: `${file} cannot be read`,
    expected: 'an unchanged file that a run of fys-nn wrote',
    received,
    remedy: 'run the experiment again, or use another copy of its folder',
  });
}
