import { activations } from '../nn/activations.ts';
import type { Exercise, Recording } from './exercise.ts';
import type { NumberArray } from './number-array.ts';
import { placesOf } from './quantities.ts';

/** Where activations have a kink: their derivative there is a matter of definition. */
const kinks: Readonly<Record<string, readonly number[]>> = {
  relu: [0],
  leaky_relu: [0],
  relu6: [0, 6],
};

/** From this distance on, rounding takes no number to the other side of a kink. */
export const clear = 1e-4;

/**
 * How clearly the answers of an exercise tell a right program from a wrong one: the least distance of a number from a kink, and
 * 0 where a layer is of no use because its units are all on one side of a kink, saturated or without a gradient. NaN if the
 * training diverges.
 */
export function clarity(exercise: Exercise, { steps }: Recording): number {
  const { layers, loss, delta: width } = exercise;
  const places = placesOf(exercise);
  let least = Number.POSITIVE_INFINITY;
  for (const arrays of steps) {
    if (arrays.some((array) => !array!.values.every(Number.isFinite))) return Number.NaN;
    const of = (layer: number, quantity: string): NumberArray =>
      arrays[places.findIndex((place) => place.layer === layer && place.quantity === quantity)]!;
    const isLost = layers.some(
      ({ activation }, layer) => isSaturated(activation, of(layer, 'z')) || isZero(of(layer, 'delta')),
    );
    if (isLost) return 0;
    layers.forEach(({ activation }, layer) => {
      for (const kink of kinks[activation] ?? [])
        for (const z of of(layer, 'z').values) least = Math.min(least, Math.abs(z - kink));
    });
    if (loss !== 'mae' && loss !== 'huber') continue;
    const y = arrays[places.findIndex(({ quantity }) => quantity === 'y')]!;
    of(layers.length - 1, 'a').values.forEach((a, i) => {
      const error = Math.abs(a - y.values[i]);
      least = Math.min(least, loss === 'mae' ? error : Math.abs(error - width));
    });
  }
  return least;
}

/** Whether all units of a layer are on one side of a kink, or most of them where its slope is nearly 0. */
function isSaturated(activation: Exercise['layers'][number]['activation'], { values }: NumberArray): boolean {
  if (activation === 'softmax') return false;
  const sides = new Set((kinks[activation] === undefined ? [] : [...values]).map((z) => z > 0));
  if (values.length > 1 && sides.size === 1) return true;
  const { value, derivative, by } = activations[activation];
  const flat = values.filter((z) => Math.abs(derivative(by === 'a' ? value(z) : z)) < 1e-3);
  return kinks[activation] === undefined && flat.length > values.length / 2;
}

const isZero = ({ values }: NumberArray): boolean => values.every((value) => Math.abs(value) < 1e-8);
