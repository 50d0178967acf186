import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { counted } from '../errors.ts';
import { groupBy } from '../output/group-by.ts';

/** "wrote results/ffnn/: curves.csv, summary.csv, trials.csv, 2 figures"; the folders of a report are one line. */
export async function wroteLines(folders: readonly string[]): Promise<string[]> {
  const parents = groupBy(folders, dirname);
  const lines: string[] = [];
  for (const [parent, inside] of parents) {
    if (inside.length > 1) lines.push(`wrote ${parent}/: ${inside.length} folders, one for each experiment`);
    else lines.push(`wrote ${inside[0]}/${await contentsOf(inside[0])}`);
  }
  return lines;
}

async function contentsOf(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const tables = names.filter((name) => /^(?:trials|curves|summary)\.(?!svg|png|pdf|vl)/.test(name)).sort();
  const figures = names.filter((name) => name.endsWith('.svg')).length;
  const parts = [...tables, ...(figures === 0 ? [] : [counted(figures, 'figure')])];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}
