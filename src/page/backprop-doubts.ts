import type { CheckedQuantity, Explanation } from '../trace/check-result.ts';
import { equationOf } from '../trace/equations.ts';
import type { Exercise } from '../trace/exercise.ts';
import { type EquationPart, partsIn } from '../trace/formula.ts';
import { type Place, placesOf, type QuantityName } from '../trace/quantities.ts';
import type { Rules } from '../trace/rules.ts';

/** The quantity whose equation a mistake changes, in the output layer or in a hidden one, and the parts of it. */
interface Changed {
  readonly quantity: QuantityName;
  readonly of?: 'output' | 'hidden';
  /** It may also be a state of the optimiser. */
  readonly isUpdate?: true;
  readonly parts: readonly EquationPart[];
}

/** For each rule of a program, in the order of computation. */
const changedBy: Readonly<Partial<Record<keyof Rules, Changed>>> = {
  batches: { quantity: 'x', parts: ['rows'] },
  x: { quantity: 'x', parts: ['rows'] },
  y: { quantity: 'y', parts: ['rows'] },
  z: { quantity: 'z', parts: ['product'] },
  a: { quantity: 'a', parts: ['activation'] },
  loss: { quantity: 'loss', parts: [] },
  outputError: { quantity: 'delta', of: 'output', parts: ['error'] },
  outputDelta: { quantity: 'delta', of: 'output', parts: [] },
  hiddenDelta: { quantity: 'delta', of: 'hidden', parts: [] },
  derivative: { quantity: 'delta', of: 'hidden', parts: ['derivative'] },
  dataGradient: { quantity: 'kernel_gradient', parts: ['product', 'sum'] },
  penaltyGradient: { quantity: 'kernel_gradient', parts: ['penalty'] },
  clipping: { quantity: 'kernel', isUpdate: true, parts: ['clipping'] },
  rate: { quantity: 'kernel', isUpdate: true, parts: ['rate'] },
  update: { quantity: 'kernel', isUpdate: true, parts: [] },
};

/** Parts that words in the id of a mistake name more exactly. */
const named: readonly (readonly [RegExp, readonly EquationPart[]])[] = [
  [/^factor:(?:kernel-gradient|hidden-delta)/, ['product']],
  [/^factor:bias-gradient/, ['sum']],
  [/^factor:rate/, ['rate']],
  [/derivative/, ['derivative']],
  [/^bias-(?!gradient)|^biases-start/, ['bias']],
  [/^bias-gradient/, ['sum']],
  [/softmax/, ['activation', 'normalisation']],
  [/transposed|reshaped|kernel-gradient|delta-(?:through|without)/, ['product']],
  [/penalty|^l[12]-/, ['penalty']],
  [/^broadcast|^delta-sign|error/, ['error']],
  [/epsilon/, ['epsilon']],
  [/correct/, ['correction']],
  [/^t-/, ['step']],
  [/momentum|nesterov|velocity/, ['momentum']],
  [/^rate|schedule/, ['rate']],
  [/clip/, ['clipping']],
  [/^decay/, ['decay']],
  [/^root/, ['root']],
  [/^squares|^s-of|^accumulator/, ['square']],
  [/^[ms]-|^rho|^betas/, ['mean']],
  [/averaged|factor|half|halved|doubled/, ['factor']],
];

/** The parts of equations that explanations are about. */
export function doubtedParts(explanations: readonly Explanation[]): EquationPart[] {
  return explanations.flatMap(({ ids, changes }) => {
    const exact = ids.flatMap((id) => named.find(([pattern]) => pattern.test(id))?.[1] ?? []);
    return exact.length > 0 ? exact : changes.flatMap((rule) => changedBy[rule]?.parts ?? []);
  });
}

/** The quantity that explanations are about, if it is not the one that differs but an earlier one of the same step. */
export function doubtedEarlier(
  { place, index, batch }: CheckedQuantity,
  explanations: readonly Explanation[],
  exercise: Exercise,
): Pick<CheckedQuantity, 'place' | 'index' | 'batch'> | null {
  if (explanations.length !== 1) return null;
  const [{ ids, changes }] = explanations;
  const rule = (Object.keys(changedBy) as (keyof Rules)[]).find((one) => changes.includes(one));
  if (rule === undefined) return null;
  const changed = changedBy[rule]!;
  const isBias = place.parameter === 'bias' || ids.some((id) => id.startsWith('bias-gradient'));
  const quantity = isBias ? changed.quantity.replace(/^kernel/, 'bias') : changed.quantity;
  const places = placesOf(exercise);
  const parts = doubtedParts(explanations);
  const earlier = places.findIndex(
    (one) =>
      one.layer === layerOf(changed, place, exercise, one) &&
      (one.quantity === quantity ||
        (changed.isUpdate === true &&
          one.slot !== null &&
          one.parameter === place.parameter &&
          partsIn(equationOf(one, batch, exercise).formula).some((part) => parts.includes(part)))),
  );
  return earlier >= 0 && earlier < index ? { place: places[earlier], index: earlier, batch } : null;
}

/** The layer to show: that of the difference where it fits. */
function layerOf({ of }: Changed, { layer }: Place, { layers }: Exercise, candidate: Place): number | null {
  if (candidate.layer === null) return null;
  const last = layers.length - 1;
  if (of === 'output') return last;
  return of === 'hidden' && layer === last ? last - 1 : (layer ?? last);
}
