import { map, matmul, multiply, transpose } from '../number-array.ts';
import type { MistakeKind } from './mistake.ts';

/** Mistakes from the output layer's delta down to the gradients. */
export const backward: readonly MistakeKind[] = [
  ({ layers }) =>
    layers.length === 1
      ? []
      : [
          {
            id: 'derivative-missing',
            title: "the activation's derivative f'(z) is missing in the deltas of the hidden layers",
            explain:
              "A hidden layer's delta is what comes back from the layer above, times f'(z) element by element.",
            fix: "Multiply: delta = (delta_above @ W_above.T) * f'(z)",
            rules: (right) => ({
              ...right,
              hiddenDelta: (step, layer) =>
                matmul(step.delta[layer + 1], transpose(step.weights.kernel[layer + 1])),
            }),
          },
          {
            id: 'derivative-twice',
            title: "the activation's derivative f'(z) is multiplied twice in the deltas of the hidden layers",
            explain: "A hidden layer's delta has the factor f'(z) once.",
            fix: "Multiply by f'(z) in one place only.",
            rules: (right) => ({
              ...right,
              hiddenDelta: (step, layer) =>
                multiply(right.hiddenDelta(step, layer), step.rules.derivative(step, layer)),
            }),
          },
        ],
  ({ loss, layers }) =>
    loss !== 'mse'
      ? []
      : [
          {
            id: 'mse-factor-2',
            title: 'the factor 2 of the derivative of the squared error is missing',
            explain: `The loss is the mean over rows of (a - y)^2${layers.at(-1)!.units > 1 ? ', summed over the outputs' : ''}, so dC/da = 2 (a - y) / N.`,
            fix: "delta = 2 * (a - y) / N * f'(z)",
            rules: (right) => ({
              ...right,
              outputDelta: (step) => map(right.outputDelta(step), (value) => value / 2),
            }),
          },
        ],
];
