import { publishedOf } from '../claims/published.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import type { Plan } from '../experiment/plan.ts';
import { type FigureFormat, figureFiles } from '../figures/files.ts';
import { type Figure, figuresOf } from '../figures/index.ts';
import { mostWhileRunning, whyNotDrawn } from '../figures/limits.ts';
import type { Classifiers } from '../output/classifiers.ts';
import type { Predictions } from '../output/predicted.ts';
import { addToRunFolder } from '../output/run-folder.ts';
import type { Records } from '../store/store.ts';

/** The files of a plan's figures, with the report's numbers next to ours. */
export async function drawPlan(
  plan: Plan,
  records: Records,
  classifiers: Classifiers | null,
  predictions: Predictions,
): Promise<Map<string, string | Buffer>> {
  const published = await publishedOf(plan.experiment.name);
  return figureFiles(figuresOf(plan, records, { published, classifiers, predictions }));
}

/** Why a run, whose results go to `out`, does not draw its figures itself, nor on its page; null if it draws them. */
export function whyUndrawn({ experiment, cells, search }: Plan, out: string): string | null {
  const why = whyNotDrawn(experiment, cells, { isSearch: search !== undefined });
  if (search !== undefined) return why;
  if (why !== null) return `${why}; fys-nn plot ${shellQuoted(out)} draws some of them`;
  if (cells.length <= mostWhileRunning) return null;
  return `no figures yet, because there are more than ${mostWhileRunning} trials: fys-nn plot ${shellQuoted(out)} draws them`;
}

/** Writes figures to a folder next to those that are there, such as those with other axes. */
export async function writeFigures(
  folder: string,
  figures: readonly Figure[],
  formats?: readonly FigureFormat[],
): Promise<void> {
  await addToRunFolder(folder, await figureFiles(figures, formats));
}
