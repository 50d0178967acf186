import { bestSoFarFigure } from './best-so-far.ts';
import type { Figure } from './figure.ts';
import type { Look } from './look.ts';
import { parallelFigure } from './parallel-coordinates.ts';
import type { Results } from './results.ts';
import { differInEpochs, searchedOf } from './searched.ts';

/**
 * Parallel coordinates of the settings, and the best value so far; nothing if no setting has a value. Values after different numbers
 * of epochs have no best.
 */
export function searchFigures(results: Results, look: Look): Figure[] {
  const searched = searchedOf(results);
  if (searched === null || searched.ranked.length === 0) return [];
  const parallel = parallelFigure(searched, look);
  return differInEpochs(searched) ? [parallel] : [parallel, bestSoFarFigure(searched, look)];
}
