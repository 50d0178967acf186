import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { publishedOf } from '../claims/published.ts';
import type { Plan } from '../experiment/plan.ts';
import { type FigureFormat, figureFiles, figureFormats } from '../figures/files.ts';
import { type Figure, figuresOf } from '../figures/index.ts';
import { removeFile } from '../files/retry-while-busy.ts';
import { writeFiles } from '../files/write-files.ts';
import type { Records } from '../store/store.ts';

/** Draws a plan's figures, with the report's numbers next to ours, and writes them to its folder. */
export async function drawPlan(folder: string, plan: Plan, records: Records): Promise<void> {
  const published = await publishedOf(plan.experiment.name);
  await writeFigures(folder, figuresOf(plan, records, { published }));
}

/** Writes figures to a folder and removes figures of an earlier run that this run does not have. */
export async function writeFigures(
  folder: string,
  figures: readonly Figure[],
  formats?: readonly FigureFormat[],
): Promise<void> {
  await addFigures(folder, figures, formats);
  const names = new Set(figures.map(({ name }) => name));
  const entries = await readdir(folder, { withFileTypes: true });
  // Runs write no folders, so a folder with such a name is the user's.
  const old = new Set(entries.flatMap((entry) => (entry.isDirectory() ? [] : entry.name)));
  for (const file of old) {
    const name = /^(heat-maps|curves|published.*)\.vl\.json$/.exec(file)?.[1];
    if (name === undefined || names.has(name)) continue;
    for (const ending of Object.values(figureFormats)) {
      const path = `${name}.${ending}`;
      if (old.has(path)) await removeFile(join(folder, path));
    }
  }
}

/** Writes figures to a folder next to those that are there. */
export async function addFigures(
  folder: string,
  figures: readonly Figure[],
  formats?: readonly FigureFormat[],
): Promise<void> {
  await writeFiles(folder, await figureFiles(figures, formats));
}
