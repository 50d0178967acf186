import { UserError } from '../errors.ts';
import { shapeInFile, shapeText } from './arrays.ts';
import type { Exercise, Recording } from './exercise.ts';
import { type Batch, type Place, placesOf, shapeOf } from './quantities.ts';
import { isTurnedIn } from './read-recording.ts';

/** The entry of a file that has a quantity: steps.3.layers.1.delta. */
export function entryOf(step: number, { layer, quantity }: Place): string {
  return layer === null ? `steps.${step}.${quantity}` : `steps.${step}.layers.${layer}.${quantity}`;
}

/** Refuses a recorded array whose shape no known mistake explains; it says what usually makes such a shape. */
export function shapeError(
  file: string,
  { exercise, steps }: Recording,
  batch: Batch,
  place: Place,
): UserError {
  const isTurned = isTurnedIn(exercise.layout, place);
  const index = placesOf(exercise).findIndex(
    ({ layer, quantity }) => layer === place.layer && quantity === place.quantity,
  );
  const expected = shapeInFile(shapeOf(exercise, place, batch.rows.length), isTurned);
  const { shape } = steps[batch.step][index]!;
  const received = shape.length === 2 ? shapeInFile(shape, isTurned) : shape;
  return new UserError({
    what: `${file}: ${entryOf(batch.step, place)} has another shape`,
    expected: `${shapeText(expected)}, not ${shapeText(received)}`,
    remedy: remedyFor(exercise, place, batch.rows.length, expected, received),
  });
}

function remedyFor(
  exercise: Exercise,
  place: Place,
  N: number,
  expected: readonly number[],
  received: readonly number[],
): string {
  const { layout } = exercise;
  const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
  const inner = received.filter((length) => length !== 1);
  if (inner.length === 2 && inner[0] === N && inner[1] === N && size(expected) === N)
    return `(${N}, 1) - (${N},) is (${N}, ${N}) in NumPy: give both the same shape, for example by y.reshape(-1, 1)`;
  if (received.join() === expected.toReversed().join())
    return `it is transposed: this exercise has kernels ${layout.kernel === 'in-out' ? '[inputs][units]' : '[units][inputs]'} and the rows of the batch ${layout.batch}${ofKernel(place) ? `; record it with .T, or load the exercise as your program has it: load(…, kernel='${layout.kernel === 'in-out' ? 'out-in' : 'in-out'}')` : ''}`;
  const other = layerOfShape(exercise, place, N, received);
  if (other !== null)
    return `layer ${other} has this shape: maybe layers are swapped or counted differently; layer 0 is the first with weights`;
  if (size(received) === size(expected))
    return 'it has the same number of elements: look for a reshape or a flatten';
  if (expected.length > received.length && inner.every((length) => expected.includes(length)))
    return 'an axis is missing: look for a sum or a mean over it, or record the whole array';
  if (expected.length === 1 && inner.length === 2 && inner.includes(expected[0]))
    return 'an axis was not summed over: a bias has one gradient for each unit';
  return 'record the array of this layer and this batch: the last batch of an epoch may be smaller';
}

const ofKernel = ({ parameter }: Place): boolean => parameter === 'kernel';

/** The only other layer in which a quantity has this shape; null if there is none, or if there are several. */
function layerOfShape(
  exercise: Exercise,
  { layer, quantity }: Place,
  N: number,
  received: readonly number[],
): number | null {
  const same = placesOf(exercise).filter(
    (place) =>
      place.quantity === quantity &&
      place.layer !== layer &&
      shapeInFile(shapeOf(exercise, place, N), isTurnedIn(exercise.layout, place)).join() === received.join(),
  );
  return same.length === 1 ? same[0].layer : null;
}
