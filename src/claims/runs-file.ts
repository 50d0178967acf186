import { basename } from 'node:path';
import { type ErrorParts, UserError } from '../errors.ts';
import { type Delimiter, delimiterOf, NotCsv, readCsv } from '../files/csv.ts';
import { digestOfFile } from '../files/digest.ts';
import { reasonOf } from '../files/errno.ts';

/** A file of runs that any program made, and what its first line says. */
export interface RunsFile {
  readonly path: string;
  readonly sha256: string;
  readonly delimiter: Delimiter;
  /** The columns, in order; '' for one without a name, such as row numbers. */
  readonly names: readonly string[];
  /** The column that names the run. */
  readonly seed: number;
  /** The columns that say how a run ended, and to which experiment it belongs; undefined: there is none. */
  readonly status: number | undefined;
  readonly experiment: number | undefined;
}

/** The names of the column that tells runs apart: the first of them that there is. */
const seedNames = ['seed', 'run'];

/** Opens a file of runs. Errors: UserError for what is not a table with a column of seeds. */
export async function openRuns(path: string): Promise<RunsFile> {
  return await readingRuns(path, async () => {
    const delimiter = await delimiterOf(path);
    let header: string[] | undefined;
    for await (const record of readCsv(path, { delimiter })) {
      header = record;
      break;
    }
    const names = (header ?? []).map((name) => name.trim());
    if (names.every((name) => name === '')) throw runsError(path, { what: 'is empty' });
    const twice = names.find((name, index) => name !== '' && names.indexOf(name) < index);
    if (twice !== undefined) {
      throw runsError(path, {
        what: 'has two columns of the same name in line 1',
        expected: 'a name of its own for every column',
        received: twice,
      });
    }
    const indexOf = (wanted: string) => {
      const index = names.findIndex((name) => name.toLowerCase() === wanted);
      return index < 0 ? undefined : index;
    };
    const seed = seedNames.map(indexOf).find((index) => index !== undefined);
    if (seed === undefined) {
      throw runsError(path, {
        what: 'has no column that tells runs apart',
        expected: `a column ${seedNames.join(' or ')}, with one value per run`,
        received: names.join(delimiter),
      });
    }
    const sha256 = await digestOfFile(path);
    return {
      ...{ path, sha256, delimiter, names, seed },
      ...{ status: indexOf('status'), experiment: indexOf('experiment') },
    };
  });
}

/** Yields the rows of a file of runs, each with its number among all records; empty rows are left out. */
export async function* runRows(file: RunsFile): AsyncGenerator<{ record: number; row: string[] }> {
  let record = 0;
  for await (const row of readCsv(file.path, { delimiter: file.delimiter })) {
    record++;
    if (record === 1 || row.every((cell) => cell.trim() === '')) continue;
    if (row.length !== file.names.length) {
      throw await rowError(file, record, {
        what: `${row.length < file.names.length ? 'has too few cells' : 'has too many cells'}`,
        expected: `${file.names.length} cells, as in line 1`,
        received: `${row.length} cells`,
        remedy: 'a cell with a comma, a quote or a line break needs quotes around it',
      });
    }
    yield { record, row };
  }
}

/** Runs `read` with every reason for which a file cannot be read as an error that names it. */
export async function readingRuns<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const isNotCsv = error instanceof NotCsv;
    const reason = isNotCsv ? error.message : reasonOf(error);
    const remedy = isNotCsv && error.remedy !== undefined ? { remedy: error.remedy } : {};
    throw runsError(path, { what: `cannot be read: ${reason}`, ...remedy });
  }
}

/** An error in a row, which is named by its line. */
export async function rowError(file: RunsFile, record: number, parts: ErrorParts): Promise<UserError> {
  const line = await lineOf(file, record);
  return runsError(file.path, { ...parts, what: `line ${line} ${parts.what}` });
}

export function runsError(path: string, parts: ErrorParts): UserError {
  return new UserError({
    expected: 'one row for each seed and cell: a seed, settings, and numbers',
    remedy: 'docs/judging.md describes the file, under "Runs of another program"',
    ...parts,
    what: `the runs cannot be used: ${basename(path) === path ? path : `${path},`} ${parts.what}`,
  });
}

/** The line at which a record starts: cells in quotes may have line breaks. */
export async function lineOf({ path, delimiter }: RunsFile, wanted: number): Promise<number> {
  let [record, line] = [0, 1];
  for await (const row of readCsv(path, { delimiter })) {
    record++;
    if (record === wanted) break;
    line += 1 + row.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
  }
  return line;
}
