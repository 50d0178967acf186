import { metrics } from '../stats/metrics.ts';
import type { Scores } from './evaluate.ts';
import type { Loss } from './losses.ts';
import type { LayerWeights } from './network.ts';

/** The best epoch so far: its number from 1, its value (higher is better), and the weights at its end. */
export interface BestEpoch {
  readonly epoch: number;
  readonly value: number;
  readonly weights: readonly LayerWeights[];
}

/** Keeps the weights of the best epoch of a training run, and ends the run when it no longer improves. */
export interface EarlyStopping {
  /** Takes the scores of an epoch (from 1). `weights` copies the weights at its end if they are needed. */
  add(epoch: number, scores: Scores, weights: () => readonly LayerWeights[]): void;
  /** Whether the last `patience` epochs had no better value than the best one. */
  ends(): boolean;
  best(): BestEpoch | null;
}

/**
 * Early stopping (L. Prechelt, Early stopping - but when?, 1998): training ends after `patience` epochs without a
 * better value, and the weights of the best epoch are its result.
 *
 * The value is that of the loss's `selects`, on the validation rows if there are any, else on the test rows. The first
 * of equally good epochs is the best. `from` is the state of an interrupted run: its last evaluated epoch, from 1,
 * and its best one.
 */
export function createEarlyStopping(
  patience: number,
  { metric, selects }: Pick<Loss, 'metric' | 'selects'>,
  from: { readonly epoch: number; readonly best: BestEpoch | null } | null,
): EarlyStopping {
  const sign = metrics[selects].better === 'lower' ? -1 : 1;
  let best = from?.best ?? null;
  let last = from?.epoch ?? 0;
  return {
    add(epoch, { validation, test }, weights) {
      last = epoch;
      const { loss, second } = validation ?? test;
      const value = sign * (selects === metric ? loss : second!);
      if (best === null || value > best.value) best = { epoch, value, weights: weights() };
    },
    ends: () => best !== null && last - best.epoch >= patience,
    best: () => best,
  };
}
