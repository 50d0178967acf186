import { counted, UserError } from '../errors.ts';
import type { DataFacts, Sources } from './dataset.ts';
import { renamed } from './label-names.ts';
import { knownTable, rememberTable } from './loaded-tables.ts';
import type { RawTable } from './raw-table.ts';
import { isMostlyZero } from './sparse.ts';
import { defaultTableChoices, type TableChoices } from './table-choices.ts';
import { type ChosenColumns, chooseColumns, listed } from './table-columns.ts';
import { type TableConfig, type TableDataset, tableDataset } from './table-dataset.ts';
import { readTable } from './table-formats.ts';

/** A table that a user chose, as it is in its file and as models are trained on it. */
export interface ResolvedTable {
  readonly raw: RawTable;
  readonly columns: ChosenColumns;
  readonly config: TableConfig;
  readonly dataset: TableDataset;
  /** What was found out, inferred and left out, one sentence without a full stop each. */
  readonly notes: readonly string[];
}

/** Reads the table that a user chose and decides what its columns are for. Errors: UserError for what cannot be used. */
export async function resolveTable({ dataDir, table: given }: Sources): Promise<ResolvedTable> {
  const path = pathFor(dataDir);
  const choices: TableChoices = { ...defaultTableChoices, ...given };
  const raw = await readTable(path, choices);
  const columns = chooseColumns(raw, choices, path);
  const config = configOf(raw, columns, choices);
  const dataset = knownTable(config) ?? rememberTable(tableDataset(raw, config, path));
  const [taskNote, ...columnNotes] = columns.notes;
  const { classNames } = dataset;
  const withClasses = classNames === undefined ? taskNote : `${taskNote}: ${listed(classNames)}`;
  return {
    ...{ raw, columns, config, dataset },
    notes: [...raw.notes, withClasses, ...columnNotes, ...notesOf(dataset)],
  };
}

function configOf(
  raw: RawTable,
  chosen: ChosenColumns,
  { missing, decimalComma }: TableChoices,
): TableConfig {
  const { target, task, features, categorical } = chosen;
  const areAll = features.length === raw.columns.length - 1;
  return {
    dataset: 'table',
    sha256: raw.sha256,
    target,
    task,
    ...(areAll ? {} : { features }),
    ...(categorical.length === 0 ? {} : { categorical }),
    missing,
    decimalComma,
  };
}

/** Reads the rows that a config describes. Errors: UserError if the file is another one by now. */
export async function loadTable(config: TableConfig, place: string | null): Promise<TableDataset> {
  const path = pathFor(place);
  const raw = await readTable(path, config);
  if (raw.sha256 === config.sha256) return rememberTable(tableDataset(raw, config, path));
  throw new UserError({
    what: `${path} is not the table that the trial was planned with`,
    expected: `contents with SHA-256 ${config.sha256}`,
    received: raw.sha256,
    remedy: 'do not change the file while trials run; then start again',
  });
}

/** What a plan needs to know of a table. `names`: what the user calls the classes. */
export function factsOf(dataset: TableDataset, names: readonly string[] | null): DataFacts {
  const { rows, columns, classes, canonicalTrainRows, largest, featureNames, targetName, classNames } =
    dataset;
  return {
    ...{ rows, columns, classes, canonicalTrainRows, largest, featureNames, targetName },
    labels: classes,
    sparse: isMostlyZero(dataset),
    ...(classNames === undefined
      ? {}
      : { classNames: names === null ? classNames : renamed(classNames, names) }),
  };
}

/** What users may want to know of the rows, beside what was done about missing values. */
function notesOf(dataset: TableDataset): string[] {
  const { inputColumns, rows, columns, notes } = dataset;
  const categories = inputColumns.filter(({ levels }) => levels !== null);
  const constant = constantNames(dataset);
  const few = fewRows(dataset);
  return [
    ...notes,
    ...(categories.length === 0
      ? []
      : [
          `categories become inputs of 0 and 1: ${listed(
            categories.map(({ name, levels }) => `${name} (${counted(levels!.length, 'level')})`),
          )}`,
        ]),
    ...(constant.length === 0
      ? []
      : [`${listed(constant)} ${constant.length === 1 ? 'is' : 'are'} the same in all rows`]),
    ...few,
    ...(columns > rows
      ? [
          `there are more inputs (${columns}) than rows (${rows}): without a penalty, no linear model is the only best one`,
        ]
      : []),
  ];
}

function constantNames({ inputs, rows, columns, featureNames }: TableDataset): string[] {
  return featureNames.filter((_, d) => {
    for (let n = 1; n < rows; n++) if (!Object.is(inputs[n * columns + d], inputs[d])) return false;
    return true;
  });
}

/** Classes of which only one row exists, which is in the training rows or in the test rows. */
function fewRows({ classNames, targets }: TableDataset): string[] {
  if (classNames === undefined) return [];
  const counts = new Int32Array(classNames.length);
  for (const label of targets) counts[label]++;
  const single = classNames.filter((_, label) => counts[label] === 1);
  return single.length === 0
    ? []
    : [`${listed(single)} ${single.length === 1 ? 'is a class' : 'are classes'} of one row`];
}

function pathFor(path: string | null): string {
  if (path !== null) return path;
  throw new UserError({
    what: 'the path of the table is not known',
    expected: 'the path of a file',
    remedy: 'give it with {dataDir}',
  });
}
