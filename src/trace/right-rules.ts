import type { Kernels } from '../kernels/kernels.ts';
import { createReferenceKernels } from '../kernels/reference.ts';
import { createMemory } from '../math/memory.ts';
import { activations } from '../nn/activations.ts';
import { losses } from '../nn/losses.ts';
import { createOptimizer } from '../nn/optimizers.ts';
import type { Exercise } from './exercise.ts';
import {
  add,
  arrayOf,
  map,
  matmul,
  multiply,
  type NumberArray,
  scalar,
  scale,
  sumOfRows,
  takeRows,
  transpose,
} from './number-array.ts';
import { createOutputLayer } from './output-layer.ts';
import { batchesOf } from './quantities.ts';
import { inputsOf, type Parameter, type Rules, type Updated } from './rules.ts';

/**
 * The program that an exercise asks for, written plainly. Losses and optimisers are those of the tables in nn/, computed
 * with the reference kernels.
 */
export function rightRules(exercise: Exercise): Rules {
  const { layers, penalty, learningRate, rateOf, optimizer } = exercise;
  const { lambda, l1, penalizeBiases } = penalty;
  const last = layers.length - 1;
  const output = createOutputLayer(exercise);
  const move = createMove(exercise);
  const { clipNorm } = createOptimizer(optimizer);
  return {
    initialWeights: givenWeights,
    batches: batchesOf,
    x: ({ rows }) => takeRows(exercise.x, rows),
    y: ({ rows }) => takeRows(exercise.y, rows),
    z(step, layer) {
      const { kernel, bias } = step.weights;
      return plusBias(matmul(inputsOf(step, layer), kernel[layer]), bias[layer]);
    },
    a(step, layer) {
      if (layer === last) return output.forward(step.z[layer]);
      return map(step.z[layer], activationOf(exercise, layer).value);
    },
    loss: (step) => scalar(output.loss(step.z[last], step.a[last], step.y) / step.N),
    outputError: (step) => output.error(step.a[last], step.y),
    outputDelta(step) {
      const error = step.rules.outputError(step);
      return isErrorOfZ(exercise) ? error : multiply(error, step.rules.derivative(step, last));
    },
    hiddenDelta(step, layer) {
      const back = matmul(step.delta[layer + 1], transpose(step.weights.kernel[layer + 1]));
      return multiply(back, step.rules.derivative(step, layer));
    },
    derivative(step, layer) {
      const { by, derivative } = activationOf(exercise, layer);
      return map(by === 'a' ? step.a[layer] : step.z[layer], derivative);
    },
    dataGradient: (step, layer, kind) =>
      kind === 'bias'
        ? sumOfRows(step.delta[layer])
        : matmul(transpose(inputsOf(step, layer)), step.delta[layer]),
    penaltyGradient(step, layer, kind) {
      if ((lambda === 0 && l1 === 0) || (kind === 'bias' && !penalizeBiases)) return null;
      return map(step.weights[kind][layer], (w) => 2 * lambda * w + l1 * Math.sign(w));
    },
    clipping(step) {
      if (clipNorm === Infinity) return 1;
      const arrays = [...step.gradients.kernel, ...step.gradients.bias.filter((bias) => bias !== undefined)];
      const squares = arrays.reduce((sum, { values }) => sum + values.reduce((s, g) => s + g * g, 0), 0);
      return Math.min(1, clipNorm / (Math.sqrt(squares) + 1e-6));
    },
    rate: ({ epoch, batch, steps }) => rateOf(learningRate, epoch, batch, steps),
    update: (step, parameter) => move(step.rules.rate(step), step.step + 1, parameter),
    stored: (values) => values,
  };
}

function givenWeights({ layers }: Exercise): Record<'kernel' | 'bias', NumberArray[]> {
  // A list with gaps where there is no bias.
  const bias: NumberArray[] = [];
  layers.forEach((layer, l) => {
    if (layer.bias !== null) bias[l] = layer.bias;
  });
  return { kernel: layers.map(({ kernel }) => kernel), bias };
}

/** Whether the loss and the output's activation are one function of z, whose derivative is (a - y) / N. */
export const isErrorOfZ = ({ loss }: Pick<Exercise, 'loss'>): boolean => !losses[loss].anyOutput;

/** The activation of a layer that is not softmax. */
export function activationOf({ layers }: Exercise, layer: number) {
  const { activation } = layers[layer];
  return activations[activation === 'softmax' ? 'linear' : activation];
}

/** z [N][H] + b [H] in each row; without b, z. */
export function plusBias(z: NumberArray, bias: NumberArray | undefined): NumberArray {
  const H = z.shape[1];
  return bias === undefined ? z : map(z, (value, i) => value + bias.values[i % H]);
}

/** The gradient of a parameter, penalties included. */
export function withPenalty(gradient: NumberArray, penalty: NumberArray | null): NumberArray {
  return penalty === null ? gradient : add(gradient, penalty);
}

/** A step of the exercise's optimiser. */
function createMove({ layers, optimizer }: Exercise) {
  const { slots, update } = createOptimizer(optimizer);
  const capacity = Math.max(...layers.map(({ kernel, units }) => Math.max(kernel.values.length, units)));
  // Most of the programs of a diagnosis never ask.
  let made: Kernels | null = null;
  const offsets = slots.map((_, slot) => (2 + slot) * capacity);
  return (
    rate: number,
    step: number,
    { value, gradient, state }: Pick<Parameter, 'value' | 'gradient' | 'state'>,
  ): Updated => {
    const count = value.values.length;
    made ??= createReferenceKernels('float64', createMemory(8 * capacity * (2 + slots.length)));
    const kernels = made;
    const { floats } = kernels;
    floats.set(value.values, 0);
    floats.set(gradient.values, capacity);
    slots.forEach((slot, i) => {
      floats.set(state[slot].values, offsets[i]);
    });
    update(kernels, 0, capacity, offsets, count, rate, step);
    const take = (offset: number): NumberArray =>
      arrayOf(value.shape, floats.subarray(offset, offset + count));
    return { value: take(0), state: Object.fromEntries(slots.map((slot, i) => [slot, take(offsets[i])])) };
  };
}

/** The gradient times the factor of clipping. */
export const clipped = (gradient: NumberArray, factor: number): NumberArray =>
  factor === 1 ? gradient : scale(gradient, factor);
