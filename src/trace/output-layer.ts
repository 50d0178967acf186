import type { Kernels } from '../kernels/kernels.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import { createMemory } from '../math/memory.ts';
import { activations } from '../nn/activations.ts';
import { lossOf } from '../nn/losses.ts';
import type { LayerMemory } from '../nn/network.ts';
import { differenceOf } from './difference.ts';
import type { Exercise } from './exercise.ts';
import { arrayOf, type NumberArray } from './number-array.ts';

/** Outputs that differ by more are not those of z. */
const rounding = 1e-12;

/** What the exercise's loss makes of the last layer's z [N][P], with the functions of nn/losses.ts. */
export function createOutputLayer({ layers, loss, delta: width, batches, x }: Exercise) {
  const entry = lossOf(loss, width);
  const { units: P, activation } = layers[layers.length - 1];
  const capacity = Math.max(x.shape[0], ...batches.flat().map((rows) => rows.length)) * P;
  // Most of the programs of a diagnosis never ask.
  let made: Kernels | null = null;
  const kernelsNow = (): Kernels => {
    made ??= createReferenceKernels('float64', createMemory(8 * 4 * capacity));
    return made;
  };
  const [output, z, delta, targets] = [0, capacity, 2 * capacity, 3 * capacity];
  const layer: LayerMemory = {
    inputs: 0,
    units: P,
    stride: P,
    activation,
    kernel: -1,
    bias: -1,
    kernelGradient: -1,
    biasGradient: -1,
    kernelState: [],
    biasState: [],
    output,
    fed: output,
    mask: -1,
    z: activation !== 'softmax' && activations[activation].by === 'z' ? z : -1,
    delta,
    transposed: -1,
  };
  const linear: LayerMemory = { ...layer, activation: 'linear' };
  const put = ({ values }: NumberArray, offset: number): void => kernelsNow().floats.set(values, offset);
  const take = ({ shape, values }: NumberArray, offset: number): NumberArray =>
    arrayOf(shape, kernelsNow().floats.subarray(offset, offset + values.length));
  const forward = (before: NumberArray): NumberArray => {
    put(before, output);
    entry.forward(kernelsNow(), layer, before.shape[0]);
    return take(before, output);
  };
  return {
    forward,
    /** The sum over the rows of the loss of a; from z, which is more precise, if a is that of z. */
    loss(before: NumberArray, a: NumberArray, y: NumberArray): number {
      const isOfZ = differenceOf(forward(before), a) <= rounding;
      if (!isOfZ && !entry.anyOutput) return crossEntropy(a, y);
      put(isOfZ ? before : a, output);
      put(y, targets);
      return entry.forwardSum(kernelsNow(), isOfZ ? layer : linear, targets, before.shape[0]);
    },
    /** dC/da, or dC/dz of a cross-entropy. */
    error(a: NumberArray, y: NumberArray): NumberArray {
      put(a, output);
      put(y, targets);
      const N = a.shape[0];
      // Of a linear layer, delta is dC/da.
      entry.backward(kernelsNow(), linear, targets, N, N);
      return take(a, delta);
    },
  };
}

/** The sum over the rows of -sum y ln a; with one output, of -y ln a - (1 - y) ln(1 - a). */
function crossEntropy(a: NumberArray, y: NumberArray): number {
  const isBinary = a.shape[1] === 1;
  return a.values.reduce((sum, p, i) => {
    const target = y.values[i];
    const other = isBinary && target !== 1 ? (1 - target) * Math.log(1 - p) : 0;
    return sum - (target === 0 ? 0 : target * Math.log(p)) - other;
  }, 0);
}
