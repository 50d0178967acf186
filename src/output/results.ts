import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Plan } from '../experiment/plan.ts';
import { curvesTable } from './curves.ts';
import { datapackage, type FileFacts } from './datapackage.ts';
import { type FormatName, formats } from './index.ts';
import { toJson } from './json.ts';
import { manifest, quickWarning, type RunFacts } from './manifest.ts';
import { summaryTable } from './summary.ts';
import type { Table } from './table.ts';
import { type Records, trialsTable } from './trials.ts';
import type { FileContent } from './write.ts';

/** The files that an experiment leaves, name to content: the tables, their description, and the manifest. */
export async function resultFiles(
  plan: Plan,
  records: Records,
  facts: RunFacts,
  formatNames: readonly FormatName[],
): Promise<Map<string, FileContent>> {
  const tables = [trialsTable(plan, records), curvesTable(plan, records), summaryTable(plan, records)];
  const { title, figure } = plan.experiment;
  const description = `${title} (${figure})${plan.quick ? `. ${quickWarning}` : ''}`;
  const files = await tableFiles(folderName(plan.experiment.name), description, tables, formatNames);
  files.set('manifest.json', toJson(await manifest(plan, records, facts)));
  return files;
}

/** The tables in the given formats, with the data package that describes those in CSV. */
export async function tableFiles(
  name: string,
  description: string,
  tables: readonly Table[],
  formatNames: readonly FormatName[] = ['csv'],
): Promise<Map<string, FileContent>> {
  const files = new Map<string, FileContent>();
  for (const formatName of formatNames) {
    const { extension, render } = formats[formatName];
    for (const table of tables) files.set(`${table.name}.${extension}`, () => render(table));
  }
  if (!formatNames.includes('csv')) return files;
  const sizes = new Map<string, FileFacts>();
  for (const table of tables) {
    const pieces = formats.csv.render(table);
    sizes.set(`${table.name}.${formats.csv.extension}`, await factsOf(pieces));
  }
  files.set('datapackage.json', toJson(datapackage(name, description, tables, sizes)));
  return files;
}

async function factsOf(pieces: AsyncIterable<string>): Promise<FileFacts> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += Buffer.byteLength(piece);
    // Nothing here waits for the system: without this a large table would not let Ctrl-C have its turn.
    await setImmediate();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** `grid-search ols` as grid-search-ols. */
export function folderName(experiment: string): string {
  return experiment.replaceAll(' ', '-');
}
