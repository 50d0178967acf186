import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { describePlan } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import type { FileContent } from '../files/write-files.ts';
import { chosenOption, chosenTable } from './chosen.ts';
import { classifierTableNames, tablesOfClassifiers } from './classifier-tables.ts';
import type { Classifiers } from './classifiers.ts';
import { coefficientsTable, keepsCoefficients } from './coefficients-table.ts';
import { curvesTable } from './curves-table.ts';
import { datapackage, type FileFacts } from './datapackage.ts';
import { folderName } from './folder-name.ts';
import { type FormatName, formats } from './formats.ts';
import { toJson } from './json.ts';
import { quickWarning } from './manifest.ts';
import type { Predictions } from './predicted.ts';
import { predictionTables } from './predictions-table.ts';
import { reportTable } from './report-table.ts';
import { roundsTable } from './rounds-table.ts';
import { searchTable } from './search-table.ts';
import { summaryTable } from './summary.ts';
import type { Table } from './table.ts';
import { type Records, trialsTable } from './trials-table.ts';

/** The tables of an experiment and their description, by name, with those of its classifiers; for people, the report's table. */
export function resultFiles(
  plan: Plan,
  records: Records,
  formatNames: readonly FormatName[],
  classifiers: Classifiers | null = null,
  predictions: Predictions = [],
): Map<string, FileContent> {
  const tables = [
    ...[trialsTable(plan, records), curvesTable(plan, records), summaryTable(plan, records)],
    ...[chosenTable(plan, records) ?? []].flat(),
    ...(plan.stopping === undefined ? [] : [roundsTable(plan, plan.stopping)]),
    ...[searchTable(plan, records) ?? []].flat(),
    ...(keepsCoefficients(plan) ? [coefficientsTable(plan, records)] : []),
    ...(classifiers === null ? [] : tablesOfClassifiers(plan, classifiers)),
    ...predictionTables(plan, predictions),
  ];
  const { title, context } = describePlan(plan);
  const description = `${title} (${context})${plan.quick ? `. ${quickWarning}` : ''}`;
  const forPrograms = formatNames.filter((name) => formats[name].forPrograms);
  const files = tableFiles(folderName(plan.experiment.name), description, tables, forPrograms);
  for (const name of formatNames.filter((one) => !formats[one].forPrograms)) {
    const { extension, render } = formats[name];
    files.set(`table.${extension}`, async function* () {
      yield* render(await reportTable(plan, records));
    });
  }
  return files;
}

/** The names of those files. */
export function resultNames(plan: Plan, formatNames: readonly FormatName[]): string[] {
  const forPrograms = formatNames.filter((name) => formats[name].forPrograms);
  const forPeople = formatNames.filter((name) => !formats[name].forPrograms);
  return [
    ...tableNames(
      [
        ...['trials', 'curves', 'summary'],
        ...(chosenOption(plan) === null ? [] : ['chosen']),
        ...(plan.rule === undefined ? [] : ['rounds']),
        ...(plan.search === undefined ? [] : ['search']),
        ...(keepsCoefficients(plan) ? ['coefficients'] : []),
        ...(plan.experiment.task === 'classification' ? classifierTableNames : []),
      ],
      forPrograms,
    ),
    ...forPeople.map((name) => `table.${formats[name].extension}`),
  ];
}

/** The names of the files of tables, with those of the data package. */
export function tableNames(
  tables: readonly string[],
  formatNames: readonly FormatName[] = ['csv'],
): string[] {
  const files = formatNames.flatMap((name) => tables.map((table) => `${table}.${formats[name].extension}`));
  return formatNames.includes('csv') ? [...files, 'datapackage.json'] : files;
}

/** The tables in the given formats, then the data package that describes the CSV files. Write them in this order. */
export function tableFiles(
  name: string,
  description: string,
  tables: readonly Table[],
  formatNames: readonly FormatName[] = ['csv'],
): Map<string, FileContent> {
  const files = new Map<string, FileContent>();
  const written = new Map<string, FileFacts>();
  for (const formatName of formatNames) {
    const { extension, render } = formats[formatName];
    for (const table of tables) {
      const file = `${table.name}.${extension}`;
      files.set(file, () => withFacts(render(table), (facts) => written.set(file, facts)));
    }
  }
  if (!formatNames.includes('csv')) return files;
  // The data package is last, because it needs the size and digest of the tables.
  files.set('datapackage.json', async function* () {
    yield toJson(datapackage(name, description, tables, written));
  });
  return files;
}

/** Passes on the pieces of a file, and calls `report` with the size and digest at the end. */
export async function* withFacts(
  pieces: AsyncIterable<string>,
  report: (facts: FileFacts) => void,
): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += Buffer.byteLength(piece);
    yield piece;
    // Records are read synchronously, so Ctrl-C is let through between the pieces.
    await setImmediate();
  }
  report({ bytes, sha256: hash.digest('hex') });
}
