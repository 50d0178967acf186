import type { Exercise } from '../../trace/exercise.ts';
import type { NumberArray } from '../../trace/number-array.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import { errorFix, lossFix, lossInWords } from './loss-formulas.ts';
import type { Mistake } from './mistake.ts';

/** Another loss, its derivative, or both: programs often have it in one place only. */
export function inLossAndError(
  exercise: Exercise,
  id: string,
  titles: { readonly loss: string; readonly error: string },
  loss: (right: Rules, step: Step) => NumberArray,
  error: (right: Rules, step: Step) => NumberArray,
): Mistake[] {
  const explain = lossInWords(exercise);
  return [
    {
      id: `loss-${id}`,
      title: titles.loss,
      explain,
      fix: lossFix(exercise),
      rules: (right) => ({ ...right, loss: (step) => loss(right, step) }),
    },
    {
      id: id === 'factor-2' ? 'mse-factor-2' : `delta-${id}`,
      title: titles.error,
      explain,
      fix: errorFix(exercise),
      rules: (right) => ({ ...right, outputError: (step) => error(right, step) }),
    },
    {
      id: `loss-and-delta-${id}`,
      title: `${titles.loss}, and so in its derivative: ${titles.error}`,
      explain,
      fix: `${lossFix(exercise)}; ${errorFix(exercise)}`,
      rules: (right) => ({
        ...right,
        loss: (step) => loss(right, step),
        outputError: (step) => error(right, step),
      }),
    },
  ];
}
