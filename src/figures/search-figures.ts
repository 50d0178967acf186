import { bestSoFarFigure } from './best-so-far.ts';
import type { Figure } from './figure.ts';
import type { Look } from './look.ts';
import { parallelFigure } from './parallel-coordinates.ts';
import type { Results } from './results.ts';
import { searchedOf } from './searched.ts';

/** Parallel coordinates of the settings, and the best value so far; nothing if no setting has a value. */
export function searchFigures(results: Results, look: Look): Figure[] {
  const searched = searchedOf(results);
  if (searched === null || searched.ranked.length === 0) return [];
  return [parallelFigure(searched, look), bestSoFarFigure(searched, look)];
}
