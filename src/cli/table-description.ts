import { chooseData } from '../datasets/data-choice.ts';
import type { Sources } from '../datasets/dataset.ts';
import { resolveTable } from '../datasets/resolve-table.ts';
import type { TableChoices } from '../datasets/table-choices.ts';
import { tableBytes } from '../datasets/table-file.ts';
import { formatOf, readTable, tableStart } from '../datasets/table-formats.ts';
import { type ColumnSummary, summariesOf } from '../datasets/table-summary.ts';
import { counted, printable, UserError } from '../errors.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import { tableWords } from '../experiment/train.ts';
import { messageOf, withFlags } from './flags.ts';
import { digitsText } from './number-text.ts';
import { screenOf } from './screen.ts';
import { renderTable } from './text-table.ts';

/** What is said of a table, as --json has it. */
interface TableDescription {
  readonly file: string;
  readonly format: string;
  readonly sha256: string;
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
  readonly notes: readonly string[];
  /** Bytes of the table in memory. */
  readonly bytes: number;
  /** What `train` would do; null if no target is known. */
  readonly train: TrainDescription | { readonly error: string } | null;
}

interface TrainDescription {
  readonly command: string;
  readonly target: string;
  readonly task: string;
  readonly classes: readonly { readonly name: string; readonly rows: number }[] | null;
  readonly rows: number;
  readonly inputs: readonly string[];
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  readonly notes: readonly string[];
  /** Bytes of the inputs in memory, next to those of the table. */
  readonly bytes: number;
}

/** Reads a table and says what it holds, with the choices that `train` would have. Errors: UserError for what is no table. */
export async function describedTable(file: string, chosen: Partial<TableChoices>): Promise<TableDescription> {
  const { dataset, sources } = await chooseData({ data: file, table: chosen });
  const path = sources.dataDir;
  if (dataset !== 'table' || path === null) throw notATable(file);
  const choices = sources.table!;
  const table = await readTable(path, choices);
  const { rows, sha256, notes } = table;
  const columns = summariesOf(table);
  return {
    file,
    format: table.separator === '\t' ? 'TSV' : formatOf(await tableStart(path)).title,
    ...{ sha256, rows, columns, notes: [...notes, ...countNotes(columns, rows, choices)].map(withFlags) },
    bytes: tableBytes(rows, table.columns.length),
    train:
      choices.target === null && table.target === undefined
        ? null
        : await trainOf(file, chosen, sources, new Set(notes)).catch((error: unknown) => {
            if (error instanceof UserError) return { error: messageOf(error) };
            throw error;
          }),
  };
}

/** Names columns that may number the rows: whole numbers in steps of 1, each of them once. */
function countNotes(columns: readonly ColumnSummary[], rows: number, choices: TableChoices): string[] {
  if (choices.features !== null) return [];
  const known = [choices.target, choices.id, ...choices.drop];
  return columns
    .filter(
      (column) =>
        column.type === 'integer' &&
        rows > 2 &&
        column.distinct === rows &&
        column.highest! - column.lowest! === rows - 1 &&
        !known.includes(column.name),
    )
    .slice(0, 3)
    .map(
      ({ name }) =>
        `${printable(name)} has each of ${rows} whole numbers once: if it only identifies the rows, leave it out with {id} ${shellQuoted(name)}`,
    );
}

async function trainOf(
  file: string,
  choices: Partial<TableChoices>,
  sources: Sources,
  said: ReadonlySet<string>,
): Promise<TrainDescription> {
  const { columns, dataset, notes } = await resolveTable(sources);
  const { classNames, targets } = dataset;
  const counts = new Int32Array(dataset.classes);
  if (classNames !== undefined) for (const label of targets) counts[label]++;
  const words = ['fys-nn train --data', shellQuoted(file), ...tableWords({ data: file, table: choices })];
  return {
    command: words.join(' '),
    ...{ target: columns.target, task: dataset.task, rows: dataset.rows },
    classes: classNames?.map((name, label) => ({ name, rows: counts[label] })) ?? null,
    inputs: dataset.featureNames,
    leftOut: columns.leftOut,
    notes: notes.filter((note) => !said.has(note)).map(withFlags),
    bytes: 8 * dataset.rows * dataset.columns,
  };
}

function notATable(file: string): UserError {
  return new UserError({
    what: `${printable(file)} is not a table`,
    expected: 'a file of CSV, TSV, npz or Parquet, or a built-in table',
    received: file,
    remedy: 'see fys-nn data list for the data that are not tables',
  });
}

/** The same for people; null: with every column. */
export function describedTableText(description: TableDescription, mostColumns: number | null): string[] {
  const { file, format, rows, columns, notes, bytes, train } = description;
  const { color, width } = screenOf(process.stdout);
  const shown = columns.slice(0, mostColumns ?? columns.length);
  const rest = columns.length - shown.length;
  const table = renderTable(
    ['column', 'type', 'missing', 'distinct', 'lowest', 'mean', 'highest'],
    shown.map(cellsOf),
    { color, width, align: ['left', 'left', 'right', 'right', 'right', 'right', 'right'] },
  );
  const texts = shown.filter((column) => column.type === 'text');
  return [
    `${printable(file)}: ${format}, ${counted(rows, 'row')}, ${counted(columns.length, 'column')}, ${bytesText(bytes)} in memory`,
    ...notes.map((note) => `  ${printable(note)}`),
    '',
    ...table.split('\n'),
    ...(rest > 0
      ? [`and ${counted(rest, 'more column')}: --all shows ${rest === 1 ? 'it' : 'them'}`, totalsOf(columns)]
      : []),
    ...(texts.length === 0 ? [] : ['', ...texts.map((column) => levelsLine(column, width))]),
    '',
    ...trainLines(columns, train, width),
  ];
}

function cellsOf(column: ColumnSummary): string[] {
  const start = [column.name, column.type, String(column.missing), String(column.distinct)];
  if (column.type === 'text') return [...start, '', '', ''];
  const { lowest, mean, highest } = column;
  const text = (value: number | null) => (value === null ? '' : numberText(value));
  return [...start, text(lowest), mean === null ? '' : digitsText(mean, 4), text(highest)];
}

function numberText(value: number): string {
  const exact = String(value);
  return exact.length <= 8 ? exact : digitsText(value, 4);
}

/** "port: S 644, C 168, Q 77", as much of it as fits in a line. */
function levelsLine(column: ColumnSummary, width: number): string {
  if (column.type !== 'text') return '';
  let line = `${printable(column.name)}:`;
  for (const [place, { text, rows }] of column.levels.entries()) {
    const next = `${place === 0 ? ' ' : ', '}${printable(text.replace(/\r\n|\n|\r/g, '⏎'))} ${rows}`;
    const left = column.levels.length - place;
    const room = left === 1 ? width : width - ', and 1000 more'.length;
    if (line.length + next.length > room && place > 0) return `${line}, and ${left} more`;
    line += next.length > width ? `${next.slice(0, width - line.length - 20)}…` : next;
  }
  return line;
}

function totalsOf(columns: readonly ColumnSummary[]): string {
  const count = (matches: (column: ColumnSummary) => boolean) => columns.filter(matches).length;
  const parts = [
    `${count(({ type }) => type !== 'text')} of numbers`,
    `${count(({ type }) => type === 'text')} of text`,
    `${count(({ missing }) => missing > 0)} with missing values`,
    `${count(({ distinct }) => distinct === 1)} with one value only`,
  ];
  return `all columns: ${parts.join(', ')}`;
}

function trainLines(
  columns: readonly ColumnSummary[],
  train: TableDescription['train'],
  width: number,
): string[] {
  if (train === null) {
    const last = columns.at(-1)!.name;
    return [
      `what train would do with it: add --target and a column, for example --target ${shellQuoted(last)}`,
    ];
  }
  if ('error' in train)
    return ['train would refuse it:', ...train.error.split('\n').map((line) => `  ${line}`)];
  const { target, task, classes, rows, inputs, notes, bytes } = train;
  const kind = classes?.length === 2 ? 'binary classification' : task;
  return [
    train.command,
    `  ${kind}, ${counted(rows, 'row')}, ${counted(inputs.length, 'input')}, ${bytesText(bytes)} for the inputs`,
    ...notes.map((note) => `  ${printable(note)}`),
    ...(classes === null
      ? []
      : [
          `  ${levelsLine({ name: `rows of the classes of ${target}`, type: 'text', missing: 0, distinct: classes.length, levels: classes.map(({ name, rows }) => ({ text: name, rows })) }, width - 2)}`,
        ]),
  ];
}

/** "160 B", "1.5 MiB" */
function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 2 ** (10 * power)).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB'][power]}`;
}
