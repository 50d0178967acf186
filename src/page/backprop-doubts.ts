import type { CheckedQuantity, Explanation } from '../diagnosis/check-result.ts';
import { equationOf } from '../diagnosis/equations.ts';
import { type EquationPart, partsIn } from '../diagnosis/formula.ts';
import type { Exercise } from '../trace/exercise.ts';
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
  hiddenDelta: { quantity: 'delta', of: 'hidden', parts: ['product'] },
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

/** What is shown of a quantity: a quantity that was checked, or an earlier one of its step. */
export type Shown = Pick<CheckedQuantity, 'place' | 'index' | 'batch'>;

/** The parts of a quantity's equation that explanations are about. */
export function doubtedParts(
  { place, batch }: Shown,
  explanations: readonly Explanation[],
  exercise: Exercise,
): EquationPart[] {
  const { formula, where } = equationOf(place, batch, exercise);
  const present = [formula, ...where.map(({ is }) => is)].flatMap(partsIn);
  return explanations.flatMap(({ ids, changes }) => {
    const exact = ids.flatMap((id) => named.find(([pattern]) => pattern.test(id))?.[1] ?? []);
    const shown = exact.filter((part) => present.includes(part));
    return shown.length > 0 ? shown : changes.flatMap((rule) => changedBy[rule]?.parts ?? []);
  });
}

/** The earlier quantities of the same step that explanations are about, if they are not about the one that differs. */
export function doubtedEarlier(
  quantity: Shown,
  explanations: readonly Explanation[],
  exercise: Exercise,
): Shown[] {
  const found = explanations.flatMap((one) => earlierOf(quantity, one, exercise) ?? []);
  return found.filter(({ index }, i) => found.findIndex((other) => other.index === index) === i);
}

function earlierOf(
  { place, index, batch }: Shown,
  explanation: Explanation,
  exercise: Exercise,
): Shown | null {
  const { ids, changes } = explanation;
  const rule = (Object.keys(changedBy) as (keyof Rules)[]).find((one) => changes.includes(one));
  if (rule === undefined) return null;
  const changed = changedBy[rule]!;
  const isBias = place.parameter === 'bias' || ids.some((id) => id.startsWith('bias-gradient'));
  const name = isBias ? changed.quantity.replace(/^kernel/, 'bias') : changed.quantity;
  const places = placesOf(exercise);
  const isStateWith = (one: Place, at: number): boolean =>
    changed.isUpdate === true &&
    one.slot !== null &&
    one.parameter === place.parameter &&
    doubtedParts({ place: one, batch, index: at }, [explanation], exercise).some((part) =>
      partsIn(equationOf(one, batch, exercise).formula).includes(part),
    );
  const isIn = (layer: number | null) => (one: Place, at: number) =>
    one.layer === layer && (one.quantity === name || isStateWith(one, at));
  const earlier = layersOf(changed, place, exercise)
    .map((layer) => places.findIndex(isIn(layer)))
    .find((at) => at >= 0 && at < index);
  return earlier === undefined ? null : { place: places[earlier], index: earlier, batch };
}

/** The layers where it can be: that of the difference where it fits, the one below, the step as a whole. */
function layersOf({ of }: Changed, { layer }: Place, { layers }: Exercise): (number | null)[] {
  const last = layers.length - 1;
  if (of === 'output') return [last];
  if (of === 'hidden') return [layer === null || layer === last ? last - 1 : layer];
  return [layer ?? last, (layer ?? last) - 1, null];
}
