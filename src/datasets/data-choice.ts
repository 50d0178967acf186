import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { printable, UserError } from '../errors.ts';
import { codeOf, reasonOf } from '../files/errno.ts';
import { didYouMean } from '../math/nearest.ts';
import type { Setting } from '../parsing/option.ts';
import { type BuiltIn, builtInPath, builtIns } from './built-in.ts';
import { datasetOfFile } from './data-file.ts';
import type { Sources } from './dataset.ts';
import { nameOfPath } from './image-names.ts';
import { type DatasetName, datasetEntry } from './index.ts';
import { checkLabel } from './label.ts';
import { defaultTableChoices, type TableChoices } from './table-choices.ts';

/** What a user says of the data to train on. */
export interface DataChoice {
  /** The name of built-in data, or the path of a file or a folder. */
  readonly data: string;
  readonly dataName?: string | null;
  readonly labelNames?: readonly string[] | null;
  /** What the user says of a table, over what is known of a built-in one. */
  readonly table?: Partial<TableChoices>;
}

/** Data that exist, and how to get at them. */
export interface ChosenData {
  readonly dataset: DatasetName;
  readonly sources: Sources;
  /** The settings that built-in data have if the user gives no others. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** What to call the data in names of folders and experiments. */
  readonly name: string;
}

/** Finds what a user calls data: built-in data by name, otherwise a folder of images or a file. Errors: there is none. */
export async function chooseData({
  data,
  dataName = null,
  labelNames = null,
  table = {},
}: DataChoice): Promise<ChosenData> {
  const builtIn: BuiltIn | undefined = Object.hasOwn(builtIns, data)
    ? builtIns[data as keyof typeof builtIns]
    : undefined;
  if (dataName !== null) checkLabel(dataName);
  const sources = (dataDir: string | null): Sources => ({
    dataDir,
    ...(dataName === null ? {} : { dataName }),
    ...(labelNames === null ? {} : { labelNames }),
    table: { ...defaultTableChoices, ...builtIn?.table, ...table },
  });
  if (builtIn !== undefined) {
    const { dataset, file, settings = {} } = builtIn;
    checkTable(table, dataset, data);
    return { dataset, sources: sources(file === undefined ? null : builtInPath(file)), settings, name: data };
  }
  const kind = await kindOf(data);
  const dataset = kind === 'folder' ? 'images' : await datasetOfFile(data);
  checkTable(table, dataset, data);
  return { dataset, sources: sources(data), settings: {}, name: dataName ?? plainName(data) };
}

/** Refuses what is said of a table where there is none. */
function checkTable(table: Partial<TableChoices>, dataset: DatasetName, data: string): void {
  const [said] = Object.keys(table);
  if (said === undefined || dataset === 'table') return;
  const isFormula = said === 'target' && !datasetEntry(dataset).fromFiles;
  throw new UserError({
    what: `{${said}} is for tables, which ${data} is not`,
    expected: 'a table (CSV, npz, Parquet) or built-in data that are one',
    received: data,
    remedy: isFormula ? 'give the function to learn with {formula}' : `leave out {${said}}`,
  });
}

async function kindOf(path: string): Promise<'folder' | 'file'> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if ('isDirectory' in found) return found.isDirectory() ? 'folder' : 'file';
  const names = Object.keys(builtIns);
  const isMissing = codeOf(found) === 'ENOENT';
  throw new UserError({
    what: isMissing
      ? `there are no data ${JSON.stringify(path)}: neither built in, nor a file or a folder here`
      : `the data cannot be read: ${reasonOf(found)}`,
    expected: `${names.join(', ')}, the path of a table (CSV, npz, Parquet), a terrain (GeoTIFF) or a folder with images`,
    received: path,
    remedy: (isMissing ? didYouMean(path, names) : undefined) ?? 'check the path',
  });
}

/** houses for ../data/houses.csv.gz */
function plainName(path: string): string {
  const name = printable(nameOfPath(resolve(path)));
  return name.replace(/^\.+/, '').replace(/(\.[A-Za-z0-9]{1,8}){1,2}$/, '') || 'data';
}
