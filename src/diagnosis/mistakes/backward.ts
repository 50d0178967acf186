import { activations } from '../../nn/activations.ts';
import type { Exercise } from '../../trace/exercise.ts';
import {
  hasShape,
  map,
  matmul,
  multiply,
  type NumberArray,
  reshape,
  transpose,
} from '../../trace/number-array.ts';
import { activationOf, isErrorOfZ } from '../../trace/right-rules.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import { layerText } from '../../trace/words.ts';
import { isMatrix, isSquare } from './forward.ts';
import { inLayers, layersWhere, type Mistake, type MistakeKind } from './mistake.ts';
import { otherActivations } from './other-activations.ts';

/** Wrong factors in place of f'(z). */
const derivatives: readonly {
  readonly id: string;
  readonly title: string;
  readonly explain: string;
  readonly fix: string;
  readonly applies?: (exercise: Exercise, layer: number) => boolean;
  readonly factor: (right: Rules, step: Step, layer: number) => NumberArray;
}[] = [
  {
    id: 'derivative-missing',
    title: "the activation's derivative f'(z) is missing in the delta of",
    explain: "Each delta is what comes back to the layer's output a, times f'(z) element by element.",
    fix: "delta = (delta_above @ W_above.T) * f'(z)",
    factor: (_, step, layer) => map(step.z[layer], () => 1),
  },
  {
    id: 'derivative-twice',
    title: "the activation's derivative f'(z) is multiplied twice in the delta of",
    explain: "A delta has the factor f'(z) once.",
    fix: "Multiply by f'(z) in one place only.",
    factor(right, step, layer) {
      const slope = right.derivative(step, layer);
      return multiply(slope, slope);
    },
  },
  {
    id: 'derivative-at-a',
    title: "f' is taken at a, not at z, in the delta of",
    explain:
      "The derivative belongs to z. Where f' is computed from z, as sigmoid(z) (1 - sigmoid(z)), a is wrong.",
    fix: "f'(z), not f'(a)",
    factor(_, step, layer) {
      const { by, value, derivative } = activationOf(step.exercise, layer);
      return map(step.a[layer], (a) => derivative(by === 'a' ? value(a) : a));
    },
  },
  {
    id: 'derivative-formula-at-z',
    title: "the formula of f' in terms of a is used with z in the delta of",
    explain: 'A formula such as a (1 - a) is right for the output a of the layer, not for z.',
    fix: 'a * (1 - a), 1 - a**2, …: with a, not with z',
    applies: ({ layers }, layer) => {
      const { activation } = layers[layer];
      return activation !== 'softmax' && activations[activation].by === 'a';
    },
    factor: (_, step, layer) => map(step.z[layer], activationOf(step.exercise, layer).derivative),
  },
  {
    id: 'derivative-is-a',
    title: "a is used in place of f'(z) in the delta of",
    explain: "A delta has the factor f'(z), not f(z).",
    fix: "delta = (delta_above @ W_above.T) * f'(z)",
    factor: (_, step, layer) => step.a[layer],
  },
  {
    id: 'derivative-is-z',
    title: "z is used in place of f'(z) in the delta of",
    explain: "A delta has the factor f'(z), not z.",
    fix: "delta = (delta_above @ W_above.T) * f'(z)",
    factor: (_, step, layer) => step.z[layer],
  },
  {
    id: 'derivative-is-1-minus-a',
    title: "1 - a is used in place of f'(z) in the delta of",
    explain: 'The derivative of tanh is 1 - a^2, and that of the sigmoid a (1 - a).',
    fix: 'tanh: 1 - a**2; sigmoid: a * (1 - a)',
    applies: ({ layers }, layer) => ['tanh', 'sigmoid'].includes(layers[layer].activation as string),
    factor: (_, step, layer) => map(step.a[layer], (a) => 1 - a),
  },
  {
    id: 'elu-derivative',
    title: 'the derivative of elu is a where z < 0, not a + 1, in the delta of',
    explain: 'For z < 0, a = exp(z) - 1, so that the derivative exp(z) is a + 1.',
    fix: 'np.where(z > 0, 1, a + 1)',
    applies: ({ layers }, layer) => layers[layer].activation === 'elu',
    factor: (_, step, layer) => map(step.a[layer], (a) => (a > 0 ? 1 : a)),
  },
  {
    id: 'derivative-at-zero',
    title: "f' is that for z > 0 where z is exactly 0, in the delta of",
    explain: 'At z = 0 the derivative is taken as that for z < 0: z > 0, not z >= 0.',
    fix: 'Compare with z > 0.',
    applies: ({ layers }, layer) =>
      ['relu', 'relu6', 'leaky_relu'].includes(layers[layer].activation as string),
    factor: (right, step, layer) =>
      map(right.derivative(step, layer), (slope, i) => (step.z[layer].values[i] === 0 ? 1 : slope)),
  },
];

/** f'(z) of some layers is something else. */
function wrongDerivative(
  exercise: Exercise,
  layers: readonly number[],
  id: string,
  text: Pick<Mistake, 'explain' | 'fix'> & { readonly title: (where: string) => string },
  factor: (right: Rules, step: Step, layer: number) => NumberArray,
): Mistake[] {
  return inLayers(exercise, layers, id, (where, has) => ({
    ...text,
    title: text.title(where),
    rules: (right) => ({
      ...right,
      derivative: (step, layer) => (has(layer) ? factor(right, step, layer) : right.derivative(step, layer)),
    }),
  }));
}

/** Layers whose delta has f'(z) as a factor. */
const withDerivative = (exercise: Exercise): number[] =>
  layersWhere(exercise, (layer) => layer < exercise.layers.length - 1 || !isErrorOfZ(exercise));

const isLinear = ({ layers }: Exercise, layer: number): boolean => layers[layer].activation === 'linear';

const otherDerivative: MistakeKind = (exercise) => {
  const layers = withDerivative(exercise);
  const names = [...new Set(layers.map((layer) => exercise.layers[layer].activation))];
  const text = {
    explain: `The layers have ${exercise.layers.map(({ activation }) => activation).join(', ')}, each with its own derivative.`,
    fix: 'Choose the derivative by the activation of the layer.',
  };
  return otherActivations
    .filter(({ id }) => id !== 'linear' && id !== 'step')
    .flatMap(({ id, title, slope, slopeOfA }) => {
      const others = layers.filter((layer) => exercise.layers[layer].activation !== id);
      // Of a sigmoid's a, between 0 and 1, the derivatives of relu and its like are 1, as if there were none.
      const isOne = slopeOfA !== null && [0.25, 0.5, 0.75].every((a) => slopeOfA(a) === 1);
      const ofA = others.filter((layer) => !isOne || exercise.layers[layer].activation !== 'sigmoid');
      const named = (where: string) =>
        `the derivative of ${title} is used${names.length === 1 && !isLinear(exercise, layers[0]) ? ` in place of that of ${names[0]}` : ''} in the delta of ${where}`;
      return [
        ...wrongDerivative(
          exercise,
          ofA,
          `derivative-of-${id}`,
          { ...text, title: (where) => `${named(where)}${slopeOfA === null ? '' : ', as a formula of a'}` },
          (_, step, layer) => (slopeOfA === null ? map(step.z[layer], slope) : map(step.a[layer], slopeOfA)),
        ),
        ...(slopeOfA === null
          ? []
          : wrongDerivative(
              exercise,
              others,
              `derivative-at-z-of-${id}`,
              { ...text, title: (where) => `${named(where)}, at z` },
              (_, step, layer) => map(step.z[layer], slope),
            )),
        // As a formula of a, but with z.
        ...(slopeOfA === null || !(id === 'sigmoid' || id === 'tanh')
          ? []
          : wrongDerivative(
              exercise,
              others,
              `derivative-formula-at-z-of-${id}`,
              { ...text, title: (where) => `${named(where)}, its formula of a with z` },
              (_, step, layer) => map(step.z[layer], slopeOfA),
            )),
      ];
    });
};

/** f' of another layer, where its shape fits. */
const derivativeOfOtherLayer: MistakeKind = (exercise) =>
  withDerivative(exercise).flatMap((layer) =>
    layersWhere(
      exercise,
      (other) => other !== layer && exercise.layers[other].units === exercise.layers[layer].units,
    ).map(
      (other): Mistake => ({
        id: `derivative-of-layer:${layer}-${other}`,
        title: `f' is taken at z of ${layerText(other, exercise)} in the delta of ${layerText(layer, exercise)}`,
        explain: 'Each delta has the derivative of its own layer.',
        fix: `delta[${layer}] = … * f'(z[${layer}])`,
        rules: (right) => ({
          ...right,
          derivative: (step, of) => {
            if (of !== layer) return right.derivative(step, of);
            const { activation } = exercise.layers[layer];
            if (activation === 'softmax') return right.derivative(step, of);
            const { by, derivative } = activations[activation];
            return map(by === 'a' ? step.a[other] : step.z[other], derivative);
          },
        }),
      }),
    ),
  );

/** What comes back to a hidden layer's output, in wrong ways. */
const backs: readonly {
  readonly id: string;
  readonly title: string;
  readonly explain: string;
  readonly fix: string;
  readonly applies: (exercise: Exercise, layer: number) => boolean;
  readonly back: (step: Step, layer: number) => NumberArray;
}[] = [
  {
    id: 'delta-kernel-not-transposed',
    title: 'the kernel of the layer above is not transposed in the delta of',
    explain:
      'What comes back is delta_above times the transpose of W. This kernel is square, so that W itself fits too.',
    fix: 'delta_above @ W_above.T',
    applies: ({ layers }, layer) => isSquare(layers[layer + 1].kernel),
    back: (step, layer) => matmul(step.delta[layer + 1], step.weights.kernel[layer + 1]),
  },
  {
    id: 'delta-kernel-reshaped',
    title: 'the kernel of the layer above is reshaped, not transposed, in the delta of',
    explain: 'reshape keeps the order of the numbers and so moves them to other rows and columns.',
    fix: 'delta_above @ W_above.T, not W_above.reshape(…)',
    applies: ({ layers }, layer) => isMatrix(layers[layer + 1].kernel) && !isSquare(layers[layer + 1].kernel),
    back(step, layer) {
      const kernel = step.weights.kernel[layer + 1];
      const [inputs, units] = kernel.shape;
      const stored = step.exercise.layout.kernel === 'in-out' ? kernel : transpose(kernel);
      return matmul(step.delta[layer + 1], reshape(stored, [units, inputs]));
    },
  },
  {
    id: 'delta-without-kernel',
    title: 'the kernel of the layer above is missing in the delta of',
    explain: 'What comes back is delta_above times the transpose of the kernel of the layer above.',
    fix: "delta = (delta_above @ W_above.T) * f'(z)",
    applies: ({ layers }, layer) =>
      layers[layer + 1].units === 1 || layers[layer + 1].units === layers[layer].units,
    back(step, layer) {
      const above = step.delta[layer + 1];
      const columns = above.shape[1];
      return map(step.a[layer], (_, i) =>
        columns === 1 ? above.values[Math.floor(i / step.a[layer].shape[1])] : above.values[i],
      );
    },
  },
  {
    id: 'delta-not-summed',
    title:
      "delta_above is summed over its units before the kernel's row sums are multiplied, in the delta of",
    explain:
      'The product is a sum over the units of the layer above of delta times weight, not a product of sums.',
    fix: 'delta_above @ W_above.T',
    applies: ({ layers }, layer) => layers[layer + 1].units > 1,
    back(step, layer) {
      const kernel = step.weights.kernel[layer + 1];
      const [inputs, units] = kernel.shape;
      const above = step.delta[layer + 1];
      return map(step.a[layer], (_, i) => {
        const [n, h] = [Math.floor(i / inputs), i % inputs];
        const [deltas, weights] = [
          above.values.subarray(n * units, (n + 1) * units),
          kernel.values.subarray(h * units, (h + 1) * units),
        ].map((values) => values.reduce((sum, value) => sum + value, 0));
        return deltas * weights;
      });
    },
  },
  {
    id: 'delta-through-own-kernel',
    title: 'the kernel of the layer itself is used in place of the one above, in the delta of',
    explain: 'What comes back to a layer comes through the kernel of the layer above it.',
    fix: 'delta[l] = (delta[l + 1] @ W[l + 1].T) * …',
    applies: ({ layers }, layer) => hasShape(layers[layer].kernel, layers[layer + 1].kernel.shape),
    back: (step, layer) => matmul(step.delta[layer + 1], transpose(step.weights.kernel[layer])),
  },
  {
    id: 'delta-through-own-kernel-forwards',
    title: 'the kernel of the layer itself is used, not transposed, in the delta of',
    explain: 'What comes back to a layer comes through the transpose of the kernel of the layer above it.',
    fix: 'delta[l] = (delta[l + 1] @ W[l + 1].T) * …',
    applies: ({ layers }, layer) => {
      const [inputs, units] = layers[layer].kernel.shape;
      return inputs === layers[layer + 1].units && units === layers[layer].units;
    },
    back: (step, layer) => matmul(step.delta[layer + 1], step.weights.kernel[layer]),
  },
  {
    id: 'delta-from-output',
    title: "the output layer's delta is used in place of that of the layer above, in the delta of",
    explain: 'A delta goes back layer by layer.',
    fix: 'delta[l] = (delta[l + 1] @ W[l + 1].T) * …',
    applies: ({ layers }, layer) =>
      layer + 1 < layers.length - 1 && layers[layer + 1].units === layers.at(-1)!.units,
    back: (step, layer) => matmul(step.delta.at(-1)!, transpose(step.weights.kernel[layer + 1])),
  },
];

const wrongBack: MistakeKind = (exercise) =>
  backs.flatMap(({ id, title, explain, fix, applies, back }) =>
    inLayers(
      exercise,
      layersWhere(exercise, (layer) => layer < exercise.layers.length - 1 && applies(exercise, layer)),
      id,
      (where, has) => ({
        title: `${title} ${where}`,
        explain,
        fix,
        rules: (right) => ({
          ...right,
          hiddenDelta: (step, layer) =>
            has(layer)
              ? multiply(back(step, layer), step.rules.derivative(step, layer))
              : right.hiddenDelta(step, layer),
        }),
      }),
    ),
  );

/** f' that is taken of what comes back. */
const derivativeOfDelta: MistakeKind = (exercise) =>
  inLayers(
    exercise,
    layersWhere(exercise, (layer) => layer < exercise.layers.length - 1 && !isLinear(exercise, layer)),
    'derivative-of-delta',
    (where, has) => ({
      title: `f' is taken of the delta that comes back, not of z, in ${where}`,
      explain: "relu'(z) is 1 where z > 0: the sign of z counts, not that of the delta.",
      fix: "delta = (delta_above @ W_above.T) * f'(z)",
      rules: (right) => ({
        ...right,
        hiddenDelta(step, layer) {
          if (!has(layer)) return right.hiddenDelta(step, layer);
          const back = matmul(step.delta[layer + 1], transpose(step.weights.kernel[layer + 1]));
          return multiply(back, map(back, activationOf(exercise, layer).derivative));
        },
      }),
    }),
  );

/** Mistakes from the output layer's delta down to those of the hidden layers. */
export const backward: readonly MistakeKind[] = [
  (exercise) =>
    derivatives.flatMap(({ id, title, explain, fix, applies, factor }) =>
      wrongDerivative(
        exercise,
        withDerivative(exercise).filter(
          (layer) => !isLinear(exercise, layer) && (applies?.(exercise, layer) ?? true),
        ),
        id,
        { explain, fix, title: (where) => `${title} ${where}` },
        factor,
      ),
    ),
  otherDerivative,
  derivativeOfOtherLayer,
  wrongBack,
  derivativeOfDelta,
];
