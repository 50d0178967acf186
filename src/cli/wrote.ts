import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { counted } from '../errors.ts';
import { classifierTableNames } from '../output/classifier-tables.ts';
import { groupBy } from '../output/group-by.ts';
import { pageFile } from './page.ts';

/**
 * "wrote results/ffnn/: curves.csv, summary.csv, trials.csv, 2 figures"; the folders of a report are one line. Where that
 * is longer than `width`, the path is a line of its own, which can be copied whole.
 */
export async function wroteLines(folders: readonly string[], width: number): Promise<string[]> {
  const parents = groupBy(folders, dirname);
  const lines: string[] = [];
  for (const [parent, inside] of parents) {
    const [path, contents] =
      inside.length > 1
        ? [`${parent}/`, `${inside.length} folders, one for each experiment`]
        : [`${inside[0]}/`, await contentsOf(inside[0])];
    const line = contents === '' ? `wrote ${path}` : `wrote ${path}: ${contents}`;
    if (line.length <= width) lines.push(line);
    else lines.push(contents === '' ? 'wrote' : `wrote ${contents}, to`, path);
  }
  return lines;
}

async function contentsOf(folder: string): Promise<string> {
  const names: string[] = await readdir(folder).catch(() => []);
  const tables = names
    .filter((name) =>
      /^(?:trials|curves|summary|chosen|search|rounds|coefficients|predictions|fitted)\.(?!svg|png|pdf|vl)/.test(
        name,
      ),
    )
    .sort();
  const figures = names.filter((name) => name.endsWith('.svg')).length;
  const classes = classifierTableNames.filter((name) => names.includes(`${name}.csv`)).length;
  const page = names.includes(pageFile) ? [pageFile] : [];
  const models = names.filter((name) => /^model(?:-t[0-9a-f]{15})?\.json$/.test(name));
  return [
    ...tables,
    ...(classes === 0 ? [] : [counted(classes, 'table of the classes', 'tables of the classes')]),
    ...(figures === 0 ? [] : [counted(figures, 'figure')]),
    ...(models.length > 1 ? [counted(models.length, 'model')] : models),
    ...page,
  ].join(', ');
}
