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
    expected: shapeText(expected),
    received: shapeText(received),
    remedy: remedyFor(exercise, batch.rows.length, expected, received),
  });
}

function remedyFor(
  { layout }: Exercise,
  N: number,
  expected: readonly number[],
  received: readonly number[],
): string {
  const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
  const inner = received.filter((length) => length !== 1);
  if (inner.length === 2 && inner[0] === N && inner[1] === N && size(expected) === N)
    return `(${N}, 1) - (${N},) is (${N}, ${N}) in NumPy: give both the same shape, for example by y.reshape(-1, 1)`;
  if (received.join() === expected.toReversed().join())
    return `it is transposed: this exercise has kernels ${layout.kernel === 'in-out' ? '[inputs][units]' : '[units][inputs]'} and the rows of the batch ${layout.batch}`;
  if (size(received) === size(expected))
    return 'it has the same number of elements: look for a reshape or a flatten';
  if (expected.length > inner.length && inner.every((length) => expected.includes(length)))
    return 'an axis is missing: look for a sum or a mean over it, or record the whole array';
  if (expected.length === 1 && inner.length === 2 && inner.includes(expected[0]))
    return 'an axis was not summed over: a bias has one gradient for each unit';
  return 'record the array of this layer and this batch: the last batch of an epoch may be smaller';
}
