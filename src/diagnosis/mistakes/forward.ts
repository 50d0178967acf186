import type { Exercise, ExerciseLayer } from '../../trace/exercise.ts';
import { map, matmul, type NumberArray, reshape, sumOfRows, transpose } from '../../trace/number-array.ts';
import { activationOf, isErrorOfZ, plusBias } from '../../trace/right-rules.ts';
import { inputsOf, type Step } from '../../trace/rules.ts';
import { inLayers, layersWhere, type Mistake, type MistakeKind } from './mistake.ts';
import { type OtherActivation, otherActivations } from './other-activations.ts';
import { softmaxOf } from './softmax.ts';

/** z of a layer that is computed in another way. */
const preactivations: readonly {
  readonly id: string;
  readonly applies: (exercise: Exercise, layer: number) => boolean;
  readonly title: string;
  readonly explain: string;
  readonly fix: string;
  readonly z: (step: Step, layer: number) => NumberArray;
}[] = [
  {
    id: 'bias-forgotten',
    applies: ({ layers }, layer) => layers[layer].bias !== null,
    title: 'the bias is not added',
    explain: 'z = a_below W + b, with the same b in every row.',
    fix: 'z = a_below @ W + b',
    z: (step, layer) => matmul(inputsOf(step, layer), step.weights.kernel[layer]),
  },
  {
    id: 'bias-subtracted',
    applies: ({ layers }, layer) => layers[layer].bias !== null,
    title: 'the bias is subtracted',
    explain: 'z = a_below W + b: the bias is added.',
    fix: 'z = a_below @ W + b',
    z: (step, layer) =>
      plusBias(
        matmul(inputsOf(step, layer), step.weights.kernel[layer]),
        map(step.weights.bias[layer], (b) => -b),
      ),
  },
  {
    id: 'bias-twice',
    applies: ({ layers }, layer) => layers[layer].bias !== null,
    title: 'the bias is added twice',
    explain: 'z = a_below W + b: the bias is added once.',
    fix: 'z = a_below @ W + b',
    z: (step, layer) =>
      plusBias(
        matmul(inputsOf(step, layer), step.weights.kernel[layer]),
        map(step.weights.bias[layer], (b) => 2 * b),
      ),
  },
  {
    id: 'kernel-transposed',
    applies: ({ layers }, layer) => isSquare(layers[layer].kernel),
    title: 'the kernel is used transposed',
    explain:
      'z = a_below W + b with the kernel W [inputs][units]. This kernel is square, so its transpose fits too and gives other numbers.',
    fix: 'Check which way round the kernel is: z = a_below @ W + b for [inputs][units], a_below @ W.T + b for [units][inputs].',
    z: (step, layer) =>
      plusBias(
        matmul(inputsOf(step, layer), transpose(step.weights.kernel[layer])),
        step.weights.bias[layer],
      ),
  },
  {
    id: 'kernel-reshaped',
    applies: ({ layers }, layer) => !isSquare(layers[layer].kernel) && isMatrix(layers[layer].kernel),
    title: 'the kernel is reshaped where it should be transposed',
    explain: 'reshape keeps the order of the numbers and moves them to other rows and columns; .T does not.',
    fix: 'W.T, not W.reshape(inputs, units)',
    z(step, layer) {
      const kernel = step.weights.kernel[layer];
      const turned = reshape(transpose(kernel), kernel.shape);
      return plusBias(matmul(inputsOf(step, layer), turned), step.weights.bias[layer]);
    },
  },
];

export const isSquare = ({ shape: [rows, columns] }: NumberArray): boolean => rows === columns && rows > 1;
/** More than one row and column, so that reshaping differs from transposing. */
export const isMatrix = ({ shape: [rows, columns] }: NumberArray): boolean => rows > 1 && columns > 1;

/** Weights that a program starts with in place of the given ones. */
const initial: readonly {
  readonly id: string;
  readonly title: string;
  readonly applies: (layer: ExerciseLayer) => boolean;
  readonly fix: string;
  readonly kernel: (kernel: NumberArray) => NumberArray;
  readonly bias: (bias: NumberArray) => NumberArray;
}[] = [
  {
    id: 'biases-start-at-0',
    applies: ({ bias }) => bias !== null,
    title: 'the biases start at 0 in place of the given ones',
    fix: 'b = trace.layers[i].bias',
    kernel: (kernel) => kernel,
    bias: (bias) => map(bias, () => 0),
  },
  {
    id: 'biases-start-at-0.01',
    applies: ({ bias }) => bias !== null,
    title: 'the biases start at 0.01 in place of the given ones',
    fix: 'b = trace.layers[i].bias',
    kernel: (kernel) => kernel,
    bias: (bias) => map(bias, () => 0.01),
  },
  {
    id: 'weights-start-at-0',
    applies: () => true,
    title: 'all weights start at 0',
    fix: 'W, b = trace.layers[i].kernel, trace.layers[i].bias',
    kernel: (kernel) => map(kernel, () => 0),
    bias: (bias) => map(bias, () => 0),
  },
  {
    id: 'kernels-start-transposed',
    applies: ({ kernel }) => isSquare(kernel),
    title: 'square kernels start as their transposes',
    fix: 'Compare the layout of the exercise with yours: [inputs][units] or [units][inputs].',
    kernel: (kernel) => (isSquare(kernel) ? transpose(kernel) : kernel),
    bias: (bias) => bias,
  },
  {
    id: 'kernels-start-reshaped',
    applies: ({ kernel }) => isMatrix(kernel),
    title: 'the given kernels are reshaped where they should be transposed',
    fix: 'W = trace.layers[i].kernel.T, not .reshape',
    kernel: (kernel) => reshape(transpose(kernel), kernel.shape),
    bias: (bias) => bias,
  },
];

/** Outputs that are made of whole rows of z. */
const outputs: readonly {
  readonly id: string;
  readonly title: string;
  readonly explain: string;
  readonly fix: string;
  readonly a: (z: NumberArray) => NumberArray;
}[] = [
  {
    id: 'softmax-over-rows',
    title: 'softmax is taken over the rows of the batch, not over the outputs of each row',
    explain: 'The outputs of one row are its probabilities and sum to 1.',
    fix: 'e = np.exp(z - z.max(axis=1, keepdims=True)); a = e / e.sum(axis=1, keepdims=True)',
    a: (z) => transpose(softmaxOf(transpose(z))),
  },
  {
    id: 'softmax-over-rows:own-maximum',
    title: 'softmax divides by sums over the rows of the batch, not over the outputs of each row',
    explain: 'The outputs of one row are its probabilities and sum to 1.',
    fix: 'a = e / e.sum(axis=1, keepdims=True)',
    a: (z) => dividedBySums(exponentials(z), 0),
  },
  {
    id: 'softmax-over-batch:own-maximum',
    title: 'softmax divides by the sum over the whole batch, not by that of each row',
    explain:
      'The outputs of one row are its probabilities and sum to 1; without axis, sum adds up everything.',
    fix: 'a = e / e.sum(axis=1, keepdims=True)',
    a: (z) => dividedBySums(exponentials(z), null),
  },
  {
    id: 'softmax-over-batch',
    title: 'softmax divides by the sum over the whole batch, not by that of each row',
    explain:
      'The outputs of one row are its probabilities and sum to 1; without axis, sum adds up everything.',
    fix: 'a = e / e.sum(axis=1, keepdims=True)',
    a: (z) => reshape(softmaxOf(reshape(z, [1, z.values.length])), z.shape),
  },
  {
    id: 'softmax-not-normalised',
    title: 'softmax is not normalised: a = exp(z - max)',
    explain: 'softmax divides by the sum over the outputs of the row.',
    fix: 'a = e / e.sum(axis=1, keepdims=True)',
    a: exponentials,
  },
  {
    id: 'softmax-twice',
    title: 'softmax is applied twice',
    explain: 'a = softmax(z) once: a library whose loss includes softmax has to be given z, not a.',
    fix: 'Apply softmax in one place only.',
    a: (z) => softmaxOf(softmaxOf(z)),
  },
];

/** exp(z - max), with the maximum of each row. */
function exponentials(z: NumberArray): NumberArray {
  const [N, P] = z.shape;
  const largest = Array.from({ length: N }, (_, n) =>
    z.values.subarray(n * P, (n + 1) * P).reduce((a, b) => Math.max(a, b)),
  );
  return map(z, (value, i) => Math.exp(value - largest[Math.floor(i / P)]));
}

/** Divided by the sums over the rows (axis 0), or by that of all. */
function dividedBySums(e: NumberArray, axis: 0 | null): NumberArray {
  const P = e.shape[1];
  const sums = sumOfRows(e).values;
  const total = sums.reduce((sum, value) => sum + value, 0);
  return map(e, (value, i) => value / (axis === null ? total : sums[i % P]));
}

/** Another activation in some of the layers. */
function otherActivation(exercise: Exercise, other: OtherActivation): Mistake[] {
  const { layers } = exercise;
  const last = layers.length - 1;
  const { id, title, value, slope, slopeOfA } = other;
  const layersOf = layersWhere(exercise, (layer) => layers[layer].activation !== id);
  const instead = (group: string, has: (layer: number) => boolean): string => {
    const names = [...new Set(layersOf.filter(has).map((layer) => layers[layer].activation))];
    if (id === 'linear') return `${group} has no activation: a = z, not ${names.join(' or ')}`;
    if (names.join() === 'linear') return `${group} has the activation ${title}; it should have none`;
    return `${group} has the activation ${title} instead of ${names.join(' or ')}`;
  };
  const about = {
    explain: `The exercise has ${layers.map(({ activation }) => activation).join(', ')}, from the first layer to the last.`,
    fix: 'Check which activation each layer gets.',
  };
  // Where the loss includes the output's activation, no f' is taken of it.
  const withSlope = layersOf.filter((layer) => layer < last || !isErrorOfZ(exercise));
  const forwards = (group: string, has: (layer: number) => boolean): string =>
    isErrorOfZ(exercise) && has(last) ? instead(group, has) : `${instead(group, has)}, only forwards`;
  const onlyForwards = (group: string, has: (layer: number) => boolean): Omit<Mistake, 'id'> => ({
    ...about,
    title: forwards(group, has),
    rules: (right) => ({
      ...right,
      a: (step, layer) => (has(layer) ? map(step.z[layer], value) : right.a(step, layer)),
    }),
  });
  const outputOnly = inLayers(
    exercise,
    layersOf.filter((layer) => layer === last),
    `forward-activation-${id}:layer-${last}`,
    onlyForwards,
  );
  return [
    ...inLayers(exercise, withSlope, `activation-${id}`, (group, has) => ({
      ...about,
      title: instead(group, has),
      rules: (right) => ({
        ...right,
        a: (step, layer) => (has(layer) ? map(step.z[layer], value) : right.a(step, layer)),
        derivative: (step, layer) =>
          !has(layer)
            ? right.derivative(step, layer)
            : slopeOfA === null
              ? map(step.z[layer], slope)
              : map(step.a[layer], slopeOfA),
      }),
    })),
    ...inLayers(exercise, layersOf, `forward-activation-${id}`, onlyForwards),
    ...(isErrorOfZ(exercise) ? outputOnly : []).map((mistake) => withLossOfZ(mistake, last)),
    // The derivative is right if it is computed from z, not from the wrong a.
    ...inLayers(
      exercise,
      withSlope.filter((layer) => activationOf(exercise, layer).by === 'a'),
      `forward-activation-${id}-derivative-at-z`,
      (group, has) => ({
        ...about,
        title: forwards(group, has),
        rules: (right) => ({
          ...right,
          a: (step, layer) => (has(layer) ? map(step.z[layer], value) : right.a(step, layer)),
          derivative(step, layer) {
            const { value: own, derivative } = activationOf(exercise, layer);
            return has(layer) ? map(step.z[layer], (z) => derivative(own(z))) : right.derivative(step, layer);
          },
        }),
      }),
    ),
  ];
}

/**
 * A mistake in the outputs of a program whose loss is right, because it is computed from z, as that of a library is.
 * Generic: named only where the recorded losses say so.
 */
const withLossOfZ = ({ id, title, rules, ...rest }: Mistake, last: number): Mistake => ({
  ...rest,
  id: `${id}:loss-of-z`,
  title: `${title}; the loss is computed from z, and is right`,
  generic: true,
  rules(right) {
    const wrong = rules(right);
    return { ...wrong, loss: (step) => right.loss({ ...step, a: step.a.with(last, right.a(step, last)) }) };
  },
});

/** Mistakes from the rows of a batch to the outputs. */
export const forward: readonly MistakeKind[] = [
  (exercise) =>
    preactivations.flatMap(({ id, applies, title, explain, fix, z }) =>
      inLayers(
        exercise,
        layersWhere(exercise, (layer) => applies(exercise, layer)),
        id,
        (where, has) => ({
          title: `${title} in ${where}`,
          explain,
          fix,
          rules: (right) => ({
            ...right,
            z: (step, layer) => (has(layer) ? z(step, layer) : right.z(step, layer)),
          }),
        }),
      ),
    ),
  ({ layers }) =>
    initial
      .filter(({ applies }) => layers.some(applies))
      .map(({ id, title, fix, kernel, bias }) => ({
        id,
        title,
        explain:
          'The exercise gives the weights to start with, so that every program computes the same numbers.',
        fix,
        rules: (right) => ({
          ...right,
          initialWeights(of) {
            const weights = right.initialWeights(of);
            return { kernel: weights.kernel.map(kernel), bias: weights.bias.map(bias) };
          },
        }),
      })),
  (exercise) => otherActivations.flatMap((other) => otherActivation(exercise, other)),
  ({ layers }) => {
    const last = layers.length - 1;
    if (layers[last].activation !== 'softmax') return [];
    return outputs
      .map(
        ({ id, title, explain, fix, a }): Mistake => ({
          id,
          title,
          explain,
          fix,
          rules: (right) => ({
            ...right,
            a: (step, layer) => (layer === last ? a(step.z[layer]) : right.a(step, layer)),
          }),
        }),
      )
      .flatMap((mistake) => [mistake, withLossOfZ(mistake, last)]);
  },
];
