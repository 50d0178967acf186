import type { ClassifierSummary } from '../stats/classifier-summary.ts';
import { countStatus, type Group, groupSeeds, meanOf, type Results } from './results.ts';
import { palette } from './style.ts';

/** The cells whose classifiers are drawn. */
export interface ClassifierCells {
  /** Those next to each other: all that finished if colours can tell them apart, else the best. */
  readonly compared: readonly Group[];
  /** The best by its accuracy, on validation rows where there are any; a cell in which a seed diverged never is. */
  readonly best: Group;
}

/** Chooses them; null if no trial finished. */
export function classifierCells(results: Pick<Results, 'trials'>): ClassifierCells | null {
  const finished = groupSeeds(results.trials).filter(({ trials }) => countStatus(trials, 'done') > 0);
  if (finished.length === 0) return null;
  const metric = selecting(finished);
  const whole = finished.filter(({ trials }) => countStatus(trials, 'diverged') === 0);
  const [best] = (whole.length > 0 ? whole : finished).toSorted(
    (a, b) => (meanOf(b, metric) ?? 0) - (meanOf(a, metric) ?? 0),
  );
  return { compared: finished.length <= palette.length ? finished : [best], best };
}

/** The metric by which cells are compared. */
export function selecting(cells: readonly Group[]): 'validation_accuracy' | 'test_accuracy' {
  const has = (name: string) => cells.every((cell) => meanOf(cell, name) !== null);
  return has('validation_accuracy') ? 'validation_accuracy' : 'test_accuracy';
}

/** The places of the trials of cells that are drawn. */
export function drawnTrials(trials: Results['trials']): number[] {
  const cells = classifierCells({ trials });
  if (cells === null) return [];
  const drawn = new Set([...cells.compared, cells.best].flatMap((cell) => cell.trials));
  return trials.flatMap((trial, index) => (drawn.has(trial) ? [index] : []));
}

/** The same trials with the classifiers of the cells that are drawn, one for each seed that finished. */
export function withClassifiers(
  trials: Results['trials'],
  get: (index: number) => ClassifierSummary | null,
): Results['trials'] {
  const drawn = new Set(drawnTrials(trials));
  return trials.map((trial, index) => {
    const classifier = drawn.has(index) ? get(index) : null;
    return classifier === null ? trial : { ...trial, classifier };
  });
}

export function classifiersOf({ trials }: Group): ClassifierSummary[] {
  return trials.flatMap(({ classifier }) => classifier ?? []);
}
