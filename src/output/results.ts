import { createHash } from 'node:crypto';
import type { Plan } from '../experiment/plan.ts';
import { curvesTable } from './curves.ts';
import { datapackage } from './datapackage.ts';
import { type FormatName, formats } from './index.ts';
import { toJson } from './json.ts';
import { manifest, quickWarning, type RunFacts } from './manifest.ts';
import { summaryTable } from './summary.ts';
import type { Table } from './table.ts';
import { type Records, trialsTable } from './trials.ts';

/** The files that an experiment leaves, name to content: the tables, their description, and the manifest. */
export async function resultFiles(
  plan: Plan,
  records: Records,
  facts: RunFacts,
  formatNames: readonly FormatName[],
): Promise<Map<string, string>> {
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
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const formatName of formatNames) {
    const { extension, render } = formats[formatName];
    for (const table of tables) files.set(`${table.name}.${extension}`, await render(table));
  }
  if (!formatNames.includes('csv')) return files;
  const sizes = new Map(
    [...files].map(([file, text]) => [
      file,
      { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') },
    ]),
  );
  files.set('datapackage.json', toJson(datapackage(name, description, tables, sizes)));
  return files;
}

/** `grid-search ols` as grid-search-ols. */
export function folderName(experiment: string): string {
  return experiment.replaceAll(' ', '-');
}
