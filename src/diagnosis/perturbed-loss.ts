import type { Exercise } from '../trace/exercise.ts';
import { matmul, type NumberArray } from '../trace/number-array.ts';
import { plusBias } from '../trace/right-rules.ts';
import type { ParameterKind, Step } from '../trace/rules.ts';

/** The loss with its penalties, and on which side of each kink it is there. */
export interface LossAt {
  readonly value: number;
  /** A hash: if two points have the same, no corner of an activation, the loss or a penalty lies between them. */
  readonly side: number;
}

/** One weight of a network. */
export interface WeightAt {
  readonly kind: ParameterKind;
  readonly layer: number;
  /** Its number in the values of the array. */
  readonly at: number;
}

/**
 * The objective of an exercise on a batch, L(w) = mean loss + lambda sum(w^2) + l1 sum(|w|), as a function of one weight;
 * all others are those of the step.
 */
export function perturbedLoss(exercise: Exercise, step: Step) {
  const { layers, penalty } = exercise;
  const last = layers.length - 1;
  const { rules } = step;
  // Forwards once, from the step's weights: what was recorded of z and a does not count here.
  const still: { z: NumberArray[]; a: NumberArray[] } = { z: [], a: [] };
  const own: Step = { ...step, ...still };
  for (let layer = 0; layer <= last; layer++) {
    still.z[layer] = rules.z(own, layer);
    still.a[layer] = rules.a(own, layer);
  }
  const penaltyOf = (w: number) => penalty.lambda * w * w + penalty.l1 * Math.abs(w);
  const hasPenalty = ({ kind }: WeightAt) =>
    (penalty.lambda !== 0 || penalty.l1 !== 0) && (kind === 'kernel' || penalty.penalizeBiases);

  /** z of the weight's layer with the weight moved by h: one column changes. */
  function movedZ({ kind, layer, at }: WeightAt, h: number): { z: NumberArray; column: number } {
    const H = layers[layer].units;
    const [input, column] = kind === 'bias' ? [-1, at] : [Math.floor(at / H), at % H];
    const inputs = layer === 0 ? step.x : still.a[layer - 1];
    const D = inputs.shape[1];
    const z = { shape: still.z[layer].shape, values: Float64Array.from(still.z[layer].values) };
    for (let n = 0; n < step.N; n++)
      z.values[n * H + column] += h * (input < 0 ? 1 : inputs.values[n * D + input]);
    return { z, column };
  }

  /** z of the layer above: what changes below is one column of a. */
  function zAbove(a: NumberArray, layer: number, column: number): NumberArray {
    const [H, above] = [layers[layer].units, layers[layer + 1].units];
    const before = still.z[layer + 1];
    const kernel = step.weights.kernel[layer + 1].values;
    const values = Float64Array.from(before.values);
    for (let n = 0; n < step.N; n++) {
      const change = a.values[n * H + column] - still.a[layer].values[n * H + column];
      if (change !== 0)
        for (let u = 0; u < above; u++) values[n * above + u] += change * kernel[column * above + u];
    }
    return { shape: before.shape, values };
  }

  return (weight: WeightAt, h: number): LossAt => {
    const { kind, layer, at } = weight;
    let side = 0;
    const moved: { z: NumberArray[]; a: NumberArray[] } = { z: [...still.z], a: [...still.a] };
    const here: Step = { ...step, ...moved };
    const { z, column } = movedZ(weight, h);
    for (let l = layer; l <= last; l++) {
      if (l === layer) moved.z[l] = z;
      else if (l === layer + 1) moved.z[l] = zAbove(moved.a[layer], layer, column);
      else moved.z[l] = plusBias(matmul(moved.a[l - 1], step.weights.kernel[l]), step.weights.bias[l]);
      moved.a[l] = rules.a(here, l);
      side = sidesOfActivation(exercise, l, moved.z[l], side);
    }
    side = sidesOfLoss(exercise, moved.a[last], step.y, side);
    let value = rules.loss(here).values[0];
    if (hasPenalty(weight)) {
      const w = step.weights[kind][layer].values[at];
      // The penalties of the other weights do not change.
      value += penaltyOf(w + h);
      if (penalty.l1 !== 0) side = withSide(side, w + h);
    }
    return { value, side };
  };
}

const withSide = (hash: number, x: number): number => (31 * hash + (x > 0 ? 1 : x < 0 ? 2 : 3)) | 0;

/** Where the derivatives of activations have corners or jump. */
const corners: Readonly<Record<string, readonly number[]>> = {
  relu: [0],
  leaky_relu: [0],
  elu: [0],
  relu6: [0, 6],
};

function sidesOfActivation(
  { layers }: Exercise,
  layer: number,
  { values }: NumberArray,
  hash: number,
): number {
  const at = corners[layers[layer].activation];
  if (at === undefined) return hash;
  for (const corner of at) for (const z of values) hash = withSide(hash, z - corner);
  return hash;
}

function sidesOfLoss({ loss, delta }: Exercise, a: NumberArray, y: NumberArray, hash: number): number {
  if (loss !== 'mae' && loss !== 'huber') return hash;
  a.values.forEach((value, i) => {
    const e = value - y.values[i];
    hash = loss === 'mae' ? withSide(hash, e) : withSide(withSide(hash, e - delta), e + delta);
  });
  return hash;
}
