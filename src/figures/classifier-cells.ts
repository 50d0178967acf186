import { decidingMetric } from '../experiment/deciding.ts';
import { competes } from '../output/settings.ts';
import type { ClassifierSummary } from '../stats/classifier-summary.ts';
import { countStatus, type Group, groupSeeds, meanOf, type Results } from './results.ts';
import { palette } from './style.ts';

type Trials = Pick<Results, 'experiment' | 'trials'>;

/** The cells whose classifiers are drawn. */
export interface ClassifierCells {
  /** Those next to each other: all that finished if colours can tell them apart, else the best. */
  readonly compared: readonly Group[];
  /** The best by the metric that decides. A cell in which a seed diverged never is, nor is another library. */
  readonly best: Group;
}

/** Chooses them; null if no trial of ours finished. */
export function classifierCells({ experiment, trials }: Trials): ClassifierCells | null {
  const finished = groupSeeds(trials).filter((cell) => countStatus(cell.trials, 'done') > 0);
  const own = finished.filter((cell) => competes(cell, undefined));
  if (own.length === 0) return null;
  const { name, best: end } = decidingMetric(experiment);
  const sign = end === 'min' ? 1 : -1;
  const whole = own.filter((cell) => countStatus(cell.trials, 'diverged') === 0);
  const [best] = (whole.length > 0 ? whole : own).toSorted(
    (a, b) => sign * ((meanOf(a, name) ?? 0) - (meanOf(b, name) ?? 0)),
  );
  return { compared: finished.length <= palette.length ? finished : [best], best };
}

/** The places of the trials of cells that are drawn. */
export function drawnTrials({ experiment, trials }: Trials): number[] {
  const cells = classifierCells({ experiment, trials });
  if (cells === null) return [];
  const drawn = new Set([...cells.compared, cells.best].flatMap((cell) => cell.trials));
  return trials.flatMap((trial, index) => (drawn.has(trial) ? [index] : []));
}

/** The same trials with the classifiers of the cells that are drawn, one for each seed that finished. */
export function withClassifiers(
  { experiment, trials }: Trials,
  get: (index: number) => ClassifierSummary | null,
): Results['trials'] {
  const drawn = new Set(drawnTrials({ experiment, trials }));
  return trials.map((trial, index) => {
    const classifier = drawn.has(index) ? get(index) : null;
    return classifier === null ? trial : { ...trial, classifier };
  });
}

export function classifiersOf({ trials }: Group): ClassifierSummary[] {
  return trials.flatMap(({ classifier }) => classifier ?? []);
}
