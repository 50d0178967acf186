import { readdir } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import type * as Zod from 'zod';
import { UserError } from '../errors.ts';
import { readCsv } from '../files/csv.ts';
import { sizeAndTime } from '../files/directories.ts';
import { codeOf, reasonOf } from '../files/errno.ts';
import { readJsonFile } from '../files/regular-file.ts';
import type { Column } from './table.ts';

/** A table as its CSV has it: every cell is text, numbers are known to be numbers. */
export interface StoredTable {
  readonly columns: readonly StoredColumn[];
  /** Names of the columns that tell each row from every other; empty: their order does. */
  readonly primaryKey: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface StoredColumn {
  readonly name: string;
  readonly type: Column['type'];
  /** Texts that stand for a value that is not there. */
  readonly missing: ReadonlySet<string>;
}

/** Of all tables of a folder together; two folders of this size fit into what Node takes by default. */
interface Size {
  bytes: number;
  rows: number;
  cells: number;
}

const most: Readonly<Size> = { bytes: 2 ** 28, rows: 3_000_000, cells: 24_000_000 };
/** Of a datapackage.json, in bytes. */
const largestPackage = 16 * 2 ** 20;

/**
 * Every table of a folder of results, by the path of its CSV in the folder: `ffnn/trials.csv`.
 *
 * The tables are those that the `datapackage.json` of the folder and of its subfolders name. A table whose file is not
 * there is left out. Folders whose name begins with a dot (the store of trials) are passed over.
 *
 * Throws UserError where the folder has no data package, where a data package or a table is malformed, and where the
 * tables are larger than `limit`.
 */
export async function readTables(folder: string, limit = most): Promise<Map<string, StoredTable>> {
  const packages = await findPackages(folder);
  if (packages.length === 0) throw notResults(folder, 'no datapackage.json in it or in its subfolders');
  const schema = await packageSchema();
  const tables = new Map<string, StoredTable>();
  const take = createRoom(folder, limit);
  for (const file of packages) {
    const descriptor = await readPackage(file, schema);
    for (const resource of descriptor.resources) {
      const path = normalize(join(file, '..', resource.path));
      if (isAbsolute(resource.path) || relative(folder, path).startsWith('..')) {
        throw malformed(file, `the path ${resource.path} leads out of the folder`);
      }
      const name = relative(folder, path).split(sep).join('/');
      if (tables.has(name)) throw malformed(file, `the path ${resource.path} is named twice`);
      const table = await readStored(path, resource.schema, take);
      if (table !== null) tables.set(name, table);
    }
  }
  return tables;
}

/** Counts what is read. Errors: more than the limit, as soon as that is known. */
function createRoom(folder: string, limit: Size): (added: Partial<Size>) => void {
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

/** What is read of a data package; it may hold more. */
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
  return z.object({ resources: z.array(z.object({ path: z.string().min(1), schema })).max(1000) });
}

async function readPackage(
  file: string,
  schema: Awaited<ReturnType<typeof packageSchema>>,
): Promise<Package> {
  let json: unknown;
  try {
    json = await readJsonFile(file, largestPackage);
  } catch (error) {
    throw malformed(file, (error as Error).message);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw malformed(file, `${path.join('.')}: ${message}`);
  }
  return parsed.data;
}

/** null where the file is not there. */
async function readStored(
  path: string,
  schema: Package['resources'][number]['schema'],
  take: (added: Partial<Size>) => void,
): Promise<StoredTable | null> {
  const columns = schema.fields.map(({ name, type, missingValues }) => ({
    name,
    type,
    missing: new Set(missingValues ?? schema.missingValues),
  }));
  const names = columns.map(({ name }) => name);
  const unknown = schema.primaryKey.find((name) => !names.includes(name));
  if (unknown !== undefined) throw malformed(path, `the primary key ${unknown} is no column`);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw malformed(path, `the column ${twice} is named twice`);
  try {
    take({ bytes: (await sizeAndTime(path)).size });
    const rows = [];
    for await (const row of readRows(path, columns)) {
      take({ rows: 1, cells: row.length });
      rows.push(row);
    }
    return { columns, primaryKey: schema.primaryKey, rows };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error instanceof UserError ? error : malformed(path, (error as Error).message);
  }
}

async function* readRows(path: string, columns: readonly StoredColumn[]): AsyncGenerator<readonly string[]> {
  let above: readonly string[] = columns.map(({ name }) => name);
  const records = readCsv(path);
  checkHeader(path, (await records.next()).value ?? [], above);
  let record = 1;
  for await (const cells of records) {
    checkRow(path, ++record, cells, columns);
    // A cell like the one above it, as most are, takes no memory of its own.
    above = cells.map((cell, column) => (cell === above[column] ? above[column] : cell));
    yield above;
  }
}

function checkHeader(path: string, header: readonly string[], names: readonly string[]): void {
  if (header.join('\n') === names.join('\n')) return;
  throw malformed(path, 'the header has not the columns that datapackage.json names');
}

/** The header is the first record. */
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
      throw malformed(path, `record ${record}, ${name}: ${JSON.stringify(cell)} is no number`);
    }
  }
}

function notResults(folder: string, received: string): UserError {
  return new UserError({
    what: `${folder} is no folder of results`,
    expected: 'a folder that a run of fys-nn wrote: tables, and a datapackage.json that describes them',
    received,
    remedy: 'name results/, a folder in it, or a copy of one',
  });
}

function tooLarge(folder: string, { bytes, rows, cells }: Size, received: string): UserError {
  return new UserError({
    what: `${folder} is too large to be compared`,
    expected: `at most ${bytes} bytes, ${rows} rows and ${cells} cells in all its tables`,
    received,
    remedy: 'compare the folders of single experiments, or runs of fewer epochs',
  });
}

function malformed(file: string, received: string): UserError {
  return new UserError({
    what: `${file} cannot be read`,
    expected: 'the file as a run of fys-nn wrote it',
    received,
    remedy: 'run the experiment again, or take another copy of its folder',
  });
}
