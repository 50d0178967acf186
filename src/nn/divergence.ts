import type { Scores } from './evaluate.ts';
import type { Loss } from './losses.ts';
import type { Samples } from './samples.ts';

/** A loss this many times that of a guess is of no use: R2 is below -9999. */
const beyondUse = 1e4;
/** Training has made the loss worse if it is this many times the initial one. Wide networks may begin far above a guess. */
const grown = 100;

/** Whether training has diverged, by its losses after an epoch. */
export type HasDiverged = (
  losses: { readonly [Split in keyof Scores]: Pick<NonNullable<Scores[Split]>, 'loss'> },
) => boolean;

/** Whether a loss is not finite. */
export const isNotFinite: HasDiverged = ({ train, test, validation = train }) =>
  [train, test, validation].some(({ loss }) => !Number.isFinite(loss));

/**
 * Returns a test of divergence: a loss is not finite, or the training loss has grown beyond any use. That is to be more than
 * 10^4 times the loss of a guess that ignores the inputs, and more than 100 times the loss at the initial weights.
 *
 * Losses are means over rows without the penalty. A large test loss next to a small training loss is overfitting, which is
 * a result. `initialLoss` is called at most once, and only if a loss is that large, so that other trainings need not
 * evaluate their initial weights.
 */
export function divergenceTest(
  { guess }: Pick<Loss, 'guess'>,
  { targets, rows }: Pick<Samples, 'targets' | 'rows'>,
  initialLoss: () => number,
): HasDiverged {
  const guessed = guess(targets, rows);
  let limit: number | null = null;
  return (losses) => {
    if (isNotFinite(losses)) return true;
    if (losses.train.loss <= beyondUse * guessed) return false;
    limit ??= grown * initialLoss();
    return losses.train.loss > limit;
  };
}
