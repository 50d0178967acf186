import { scale } from '../../trace/number-array.ts';
import { crossEntropyDelta, safeguarded, squaredError } from './cross-entropy.ts';
import { huberSlope } from './huber.ts';
import { inLossAndError } from './in-loss-and-error.ts';
import { errorFix, errorName, lossInWords } from './loss-formulas.ts';
import type { MistakeKind } from './mistake.ts';
import { otherLoss, otherLossValue } from './other-loss.ts';
import { penaltyInLoss } from './penalty-in-loss.ts';
import { scales } from './scales.ts';

/** Factors of the loss and of its derivative. */
const scaled: MistakeKind = (exercise) =>
  scales
    .filter(({ applies }) => applies?.(exercise) ?? true)
    .flatMap(({ id, c, loss, error }) => [
      ...inLossAndError(
        exercise,
        id,
        { loss: `the loss ${loss}`, error: `${errorName(exercise)} ${error}` },
        (right, step) => scale(right.loss(step), c(step)),
        (right, step) => scale(right.outputError(step), c(step)),
      ),
      {
        id: `delta-sign-${id}`,
        title: `${errorName(exercise)} has the other sign, from y - a, and ${error}`,
        explain: lossInWords(exercise),
        fix: errorFix(exercise),
        rules: (right) => ({
          ...right,
          outputError: (step) => scale(right.outputError(step), -c(step)),
        }),
      },
    ]);

/** The other sign, alone. */
const sign: MistakeKind = (exercise) =>
  inLossAndError(
    exercise,
    'sign',
    {
      loss: 'the loss has the other sign',
      error: `${errorName(exercise)} has the other sign: it is from y - a, not from a - y`,
    },
    (right, step) => scale(right.loss(step), -1),
    (right, step) => scale(right.outputError(step), -1),
  );

/** If the loss is not what differs first, it is right, or was not recorded: no other loss explains what differs. */
const whereItShows =
  (kind: MistakeKind): MistakeKind =>
  (exercise, evidence) =>
    kind(exercise, evidence).filter(
      ({ id }) => /^(loss|log)-/.test(id) === (evidence.place.quantity === 'loss'),
    );

export const loss: readonly MistakeKind[] = [
  scaled,
  sign,
  otherLoss,
  squaredError,
  crossEntropyDelta,
  otherLossValue,
  penaltyInLoss,
  safeguarded,
  huberSlope,
].map(whereItShows);
