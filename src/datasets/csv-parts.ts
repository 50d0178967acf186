import { quote, UserError } from '../errors.ts';
import { createColumnBuilder } from './column-builder.ts';
import { type CsvDialect, findDialect } from './csv-dialect.ts';
import { forEachRecord } from './csv-records.ts';
import { inWords, noRows, otherNames, ragged, startOf } from './csv-table.ts';
import { type CellRules, cellRemedy } from './number-like.ts';
import type { RawTable } from './raw-table.ts';
import { checkColumnCount } from './table-file.ts';
import { type Encoding, encodingOf, NotEncoded, textOf } from './table-text.ts';
import { uniqueNames } from './unique-names.ts';

/** A file of CSV whose columns are known, and whose rows are read a part at a time. */
export interface CsvParts {
  /** The names of its columns, made up if it has none. */
  readonly names: readonly string[];
  readonly hasNames: boolean;
  /**
   * Calls `visit` with one part after another: at least `leastRows` rows, except for the last, and only the columns in `kinds`.
   * Errors: UserError that names the file, the line and, for text among numbers, the column.
   */
  forEach(
    kinds: ReadonlyMap<string, 'numbers' | 'text'>,
    leastRows: number,
    visit: (part: RawTable) => Promise<void>,
  ): Promise<void>;
}

/** Opens a table of comma-separated values, read as in `readCsvTable`. Errors: as there. */
export async function openCsvParts(path: string, start: Uint8Array, rules: CellRules): Promise<CsvParts> {
  try {
    const encoding = await encodingThatFits(path, encodingOf(start));
    const dialect = await findDialect((await startOf(path, encoding)).text);
    if (dialect.names !== null && dialect.names.length !== dialect.columns)
      throw otherNames(path, dialect.names, dialect.columns);
    checkColumnCount(path, dialect.columns);
    const { names } = uniqueNames(dialect.names ?? Array(dialect.columns).fill(''));
    return {
      names,
      hasNames: dialect.names !== null,
      async forEach(kinds, leastRows, visit) {
        try {
          await readParts({ path, encoding, dialect, names, rules }, kinds, leastRows, visit);
        } catch (error) {
          throw inWords(path, error);
        }
      },
    };
  } catch (error) {
    throw inWords(path, error);
  }
}

/** Decodes the whole file once, so that no part is read in an encoding that a later one does not have. */
async function encodingThatFits(path: string, likely: Encoding): Promise<Encoding> {
  try {
    for await (const _ of textOf(path, likely, null));
    return likely;
  } catch (error) {
    if (error instanceof NotEncoded) return 'windows-1252';
    throw error;
  }
}

interface CsvFile {
  readonly path: string;
  readonly encoding: Encoding;
  readonly dialect: CsvDialect;
  readonly names: readonly string[];
  readonly rules: CellRules;
}

async function readParts(
  { path, encoding, dialect, names, rules }: CsvFile,
  kinds: ReadonlyMap<string, 'numbers' | 'text'>,
  leastRows: number,
  visit: (part: RawTable) => Promise<void>,
): Promise<void> {
  const { columns, endsWithSeparator, form } = dialect;
  const used = names.flatMap((name, place) => {
    const kind = kinds.get(name);
    return kind === undefined ? [] : [{ name, place, isText: kind === 'text' }];
  });
  const builders = () => used.map(({ isText }) => createColumnBuilder(rules.decimalComma, isText, leastRows));
  let part = builders();
  let lines: number[] = [];
  let [toSkip, isEmpty] = [dialect.skipped, true];
  const flush = async () => {
    const [own, rows] = [part, lines.length];
    const table = {
      rows,
      columns: used.map(({ name }, index) => own[index].column(name, rows)),
      sha256: '',
      lines: Int32Array.from(lines),
      notes: [],
    };
    part = builders();
    lines = [];
    await visit(table);
  };
  const pieces = async function* () {
    for await (const text of textOf(path, encoding, null)) {
      if (lines.length >= leastRows) await flush();
      yield text;
    }
  };
  await forEachRecord(pieces(), form, (cells, line) => {
    if (toSkip > 0) {
      toSkip--;
      return;
    }
    const isEnded = endsWithSeparator && cells.length === columns + 1 && cells[columns].trim() === '';
    if (cells.length !== columns && !isEnded) throw ragged(path, cells, columns, line);
    isEmpty = false;
    used.forEach(({ name, place, isText }, index) => {
      part[index].add(cells[place], lines.length);
      if (!isText && part[index].isMixed) throw textAmongNumbers(path, line, name, cells[place], rules);
    });
    lines.push(line);
  });
  if (isEmpty) throw noRows(path);
  if (lines.length > 0) await flush();
}

function textAmongNumbers(
  path: string,
  line: number,
  name: string,
  cell: string,
  rules: CellRules,
): UserError {
  const text = cell.trim();
  return new UserError({
    what: `line ${line} of ${path}: column ${quote(name)} has text among numbers`,
    expected: rules.decimalComma ? 'a number such as 3,14' : 'a number such as 3.14',
    received: text,
    remedy: cellRemedy(text, name, rules),
  });
}
