import { createOptimizer } from '../nn/optimizers.ts';
import type { Exercise } from './exercise.ts';

/** A quantity of a step, without the layer. States of the optimiser are named after its slots: kernel_v, bias_m. */
export type QuantityName = FixedQuantity | `kernel_${string}` | `bias_${string}`;

export type FixedQuantity =
  | 'x'
  | 'y'
  | 'z'
  | 'a'
  | 'loss'
  | 'delta'
  | 'kernel_gradient'
  | 'bias_gradient'
  | 'kernel'
  | 'bias';

/** A number or an array that a step computes. */
export interface Place {
  readonly quantity: QuantityName;
  /** null for quantities of the whole step: x, y and loss. */
  readonly layer: number | null;
  /** For those of a parameter, which one. */
  readonly parameter: 'kernel' | 'bias' | null;
  /** For a state of the optimiser, its slot. */
  readonly slot: string | null;
}

/**
 * What a step computes, in the order in which it is computed: the rows, then each layer forwards, the loss, each layer
 * backwards, and the update of each layer.
 */
export function placesOf(exercise: Exercise): Place[] {
  const { layers, optimizer } = exercise;
  const { slots } = createOptimizer(optimizer);
  const indices = layers.map((_, layer) => layer);
  const ofStep = (quantity: FixedQuantity): Place => ({ quantity, layer: null, parameter: null, slot: null });
  const ofLayer = (layer: number, quantity: FixedQuantity): Place => ({
    quantity,
    layer,
    parameter: null,
    slot: null,
  });
  const parametersOf = (layer: number) =>
    layers[layer].bias === null ? (['kernel'] as const) : (['kernel', 'bias'] as const);
  const forwards = indices.flatMap((layer) => [ofLayer(layer, 'z'), ofLayer(layer, 'a')]);
  const backwards = indices
    .toReversed()
    .flatMap((layer): Place[] => [
      ofLayer(layer, 'delta'),
      ...parametersOf(layer).map(
        (parameter): Place => ({ quantity: `${parameter}_gradient`, layer, parameter, slot: null }),
      ),
    ]);
  const updates = indices.flatMap((layer) =>
    parametersOf(layer).flatMap((parameter): Place[] => [
      ...slots.map((slot): Place => ({ quantity: `${parameter}_${slot}`, layer, parameter, slot })),
      { quantity: parameter, layer, parameter, slot: null },
    ]),
  );
  return [ofStep('x'), ofStep('y'), ...forwards, ofStep('loss'), ...backwards, ...updates];
}

/** The shape of a quantity in a step on `rows` rows. */
export function shapeOf(exercise: Exercise, { quantity, layer, parameter }: Place, rows: number): number[] {
  const { x, y, layers } = exercise;
  if (quantity === 'x') return [rows, x.shape[1]];
  if (quantity === 'y') return [rows, y.shape[1]];
  if (layer === null) return [];
  const { kernel, units } = layers[layer];
  if (parameter === 'kernel') return [...kernel.shape];
  return parameter === 'bias' ? [units] : [rows, units];
}

/** One step of a run: `step` counts from 0 through the whole run. */
export interface Batch {
  readonly step: number;
  readonly epoch: number;
  /** Counted from 0 in its epoch, which has `steps`. */
  readonly batch: number;
  readonly steps: number;
  readonly rows: readonly number[];
}

/** A diagnosis runs the same batches a thousand times. */
const batchLists = new WeakMap<Exercise['batches'], readonly Batch[]>();

/** The steps of an exercise in order. */
export function batchesOf({ batches }: Pick<Exercise, 'batches'>): readonly Batch[] {
  const known = batchLists.get(batches);
  if (known !== undefined) return known;
  const made = batches
    .flatMap((epoch, e) => epoch.map((rows, b) => ({ epoch: e, batch: b, steps: epoch.length, rows })))
    .map((batch, step) => ({ step, ...batch }));
  batchLists.set(batches, made);
  return made;
}

/** A place that another is computed from: of the same step, or of the step before. */
export interface Need {
  readonly index: number;
  readonly before: boolean;
}

/** What each place is computed from, by their numbers in `placesOf`. */
export function needsOf(exercise: Exercise): Need[][] {
  const places = placesOf(exercise);
  const last = exercise.layers.length - 1;
  const at = (quantity: QuantityName, layer: number | null, before = false): Need[] => {
    const index = places.findIndex((place) => place.quantity === quantity && place.layer === layer);
    return index < 0 ? [] : [{ index, before }];
  };
  const weights = (layer: number) => [...at('kernel', layer, true), ...at('bias', layer, true)];
  const below = (layer: number) => (layer === 0 ? at('x', null) : at('a', layer - 1));
  return places.map(({ quantity, layer, parameter, slot }) => {
    if (quantity === 'loss') return [...at('z', last), ...at('a', last), ...at('y', null)];
    if (layer === null) return [];
    const values = [...at('z', layer), ...at('a', layer)];
    if (quantity === 'z') return [...below(layer), ...weights(layer)];
    if (quantity === 'a') return at('z', layer);
    if (quantity === 'delta' && layer === last) return [...values, ...at('y', null)];
    if (quantity === 'delta') return [...at('delta', layer + 1), ...at('kernel', layer + 1, true), ...values];
    if (quantity.endsWith('_gradient') && slot === null)
      return [...at('delta', layer), ...(parameter === 'kernel' ? below(layer) : []), ...weights(layer)];
    const states = places.flatMap((place, index) =>
      place.layer === layer && place.parameter === parameter && place.slot !== null ? [index] : [],
    );
    return [
      ...at(`${parameter!}_gradient`, layer),
      ...at(parameter!, layer, true),
      ...states.map((index) => ({ index, before: true })),
      // The states after the step, for the weights.
      ...(slot === null ? states.map((index) => ({ index, before: false })) : []),
    ];
  });
}
