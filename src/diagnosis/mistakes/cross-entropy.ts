import { losses } from '../../nn/losses.ts';
import { combine, map, multiply, type NumberArray, scalar, scale } from '../../trace/number-array.ts';
import { isErrorOfZ } from '../../trace/right-rules.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import { inLossAndError } from './in-loss-and-error.ts';
import { errorFix, lossInWords, meanOf, outputsOf } from './loss-formulas.ts';
import type { MistakeKind } from './mistake.ts';
import { throughSoftmax } from './softmax.ts';

/** Squared errors where the exercise has a cross-entropy. */
export const squaredError: MistakeKind = (exercise) => {
  if (!isErrorOfZ(exercise)) return [];
  const difference = (step: Step): NumberArray => combine(outputsOf(step), step.y, (a, y) => a - y);
  const isSoftmax = exercise.loss === 'cross_entropy';
  return [1, 1 / 2].flatMap((half) =>
    inLossAndError(
      exercise,
      half === 1 ? 'is-mse' : 'is-half-mse',
      {
        loss: `the loss is ${half === 1 ? '' : 'half '}the mean squared error, not the ${losses[exercise.loss].title}`,
        error: `the output layer's delta is that of ${half === 1 ? '' : 'half '}the mean squared error, not of the ${losses[exercise.loss].title}`,
      },
      (_, step) => scalar((half * difference(step).values.reduce((sum, e) => sum + e * e, 0)) / step.N),
      (_, step) => {
        const g = scale(difference(step), (2 * half) / step.N);
        const a = outputsOf(step);
        return isSoftmax
          ? throughSoftmax(g, a)
          : multiply(
              g,
              map(a, (p) => p * (1 - p)),
            );
      },
    ),
  );
};

/** Wrong forms of the derivative of a cross-entropy. */
const errorsOfCrossEntropy: readonly {
  readonly id: string;
  readonly title: string;
  readonly softmax: boolean | null;
  readonly error: (right: Rules, step: Step) => NumberArray;
}[] = [
  {
    id: 'output-derivative-again',
    title: "the output layer's delta is multiplied by a (1 - a) again, which is in it already",
    softmax: null,
    error: (right, step) =>
      multiply(
        right.outputError(step),
        map(outputsOf(step), (a) => a * (1 - a)),
      ),
  },
  {
    id: 'softmax-jacobian-again',
    title:
      "the output layer's delta is multiplied by the derivative of softmax again, which is in it already",
    softmax: true,
    error: (right, step) => throughSoftmax(right.outputError(step), outputsOf(step)),
  },
  {
    id: 'softmax-diagonal',
    title:
      "the output layer's delta is -y / a times a (1 - a): only the diagonal of the derivative of softmax",
    softmax: true,
    error: (_, step) => combine(outputsOf(step), step.y, (a, y) => (-y * (1 - a)) / step.N),
  },
  {
    id: 'softmax-derivative-missing',
    title: "the output layer's delta is dC/da = -y / a: the derivative of softmax is missing",
    softmax: true,
    error: (_, step) => combine(outputsOf(step), step.y, (a, y) => -y / a / step.N),
  },
  {
    id: 'sigmoid-derivative-missing',
    title: "the output layer's delta is dC/da = (a - y) / (a (1 - a)): the derivative of sigmoid is missing",
    softmax: false,
    error: (_, step) => combine(outputsOf(step), step.y, (a, y) => (a - y) / (a * (1 - a)) / step.N),
  },
  {
    id: 'first-class-only-delta',
    title: "the output layer's delta has only the term of y = 1, -y (1 - a)",
    softmax: false,
    error: (_, step) => combine(outputsOf(step), step.y, (a, y) => (-y * (1 - a)) / step.N),
  },
];

export const crossEntropyDelta: MistakeKind = (exercise) =>
  errorsOfCrossEntropy
    .filter(
      ({ softmax }) =>
        isErrorOfZ(exercise) && (softmax === null || softmax === (exercise.loss === 'cross_entropy')),
    )
    .map(({ id, title, error }) => ({
      id,
      title,
      explain: lossInWords(exercise),
      fix: errorFix(exercise),
      rules: (right) => ({ ...right, outputError: (step) => error(right, step) }),
    }));

/** Numbers that keep the logarithm finite, and how. */
const safeguards = [1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3].flatMap((epsilon) => [
  {
    id: `log-epsilon:${epsilon}`,
    title: `${epsilon} is added inside the logarithm of the loss`,
    log: (a: number) => Math.log(a + epsilon),
  },
  {
    id: `log-clipped:${epsilon}`,
    title: `the outputs are limited to between ${epsilon} and 1 - ${epsilon} in the loss`,
    log: (a: number) => Math.log(Math.min(1 - epsilon, Math.max(epsilon, a))),
  },
]);

export const safeguarded: MistakeKind = (exercise) =>
  isErrorOfZ(exercise)
    ? safeguards.map(({ id, title, log }) => ({
        id,
        title,
        explain: 'This keeps log(0) finite, and makes every loss a little different.',
        fix: 'It does no harm: compare with a larger tolerance, or compute the loss from z (log-sum-exp).',
        rules: (right) => ({
          ...right,
          loss: (step) =>
            scalar(
              meanOf((a, y) =>
                exercise.loss === 'cross_entropy' ? -y * log(a) : -y * log(a) - (1 - y) * log(1 - a),
              )(right, step),
            ),
        }),
      }))
    : [];
