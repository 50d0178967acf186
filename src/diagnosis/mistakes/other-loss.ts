import { type LossName, losses } from '../../nn/losses.ts';
import { scalar } from '../../trace/number-array.ts';
import { isErrorOfZ, rightRules } from '../../trace/right-rules.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import { inLossAndError } from './in-loss-and-error.ts';
import { errorName, lossFix, lossInWords, meanOf } from './loss-formulas.ts';
import type { MistakeKind } from './mistake.ts';

/** Another loss of the table, or Huber's with another width. */
export const otherLoss: MistakeKind = (exercise) => {
  if (isErrorOfZ(exercise)) return [];
  const others: { id: string; title: string; loss: LossName; delta: number }[] = [
    ...(['mse', 'mae'] as const).map((loss) => ({ id: loss, title: losses[loss].title, loss, delta: 1 })),
    ...(exercise.loss === 'huber' ? [0.1, 0.5, 1, 1.345, 1.35, 1.5, 2, 5] : [1]).map((delta) => ({
      id: `huber-${delta}`,
      title: `${losses.huber.title} with delta = ${delta}`,
      loss: 'huber' as const,
      delta,
    })),
  ].filter(({ loss, delta }) => loss !== exercise.loss || (loss === 'huber' && delta !== exercise.delta));
  const own =
    losses[exercise.loss].title + (exercise.loss === 'huber' ? ` with delta = ${exercise.delta}` : '');
  return others.flatMap(({ id, title, loss, delta }) => {
    const rules = rightRules({ ...exercise, loss, delta });
    return inLossAndError(
      exercise,
      `is-${id}`,
      {
        loss: `the loss is the ${title}, not the ${own}`,
        error: `${errorName(exercise)} is that of the ${title}, not of the ${own}`,
      },
      (_, step) => rules.loss(step),
      (_, step) => rules.outputError(step),
    );
  });
};

/** Losses that are something else. */
const otherLosses: readonly {
  readonly id: string;
  readonly of: readonly LossName[];
  readonly title: string;
  readonly loss: (right: Rules, step: Step) => number;
}[] = [
  {
    id: 'loss-log2',
    of: ['cross_entropy', 'binary_cross_entropy', 'sigmoid_cross_entropy'],
    title: 'the loss has logarithms to base 2, not natural ones',
    loss: (right, step) => right.loss(step).values[0] / Math.LN2,
  },
  {
    id: 'loss-log10',
    of: ['cross_entropy', 'binary_cross_entropy', 'sigmoid_cross_entropy'],
    title: 'the loss has logarithms to base 10, not natural ones',
    loss: (right, step) => right.loss(step).values[0] / Math.LN10,
  },
  {
    id: 'loss-first-class-only',
    of: ['binary_cross_entropy', 'sigmoid_cross_entropy'],
    title: 'the loss has only the term of y = 1, -y ln a: (1 - y) ln(1 - a) is missing',
    loss: meanOf((a, y) => (y === 0 ? 0 : -y * Math.log(a))),
  },
  {
    id: 'loss-second-class-only',
    of: ['binary_cross_entropy', 'sigmoid_cross_entropy'],
    title: 'the loss has only the term of y = 0, -(1 - y) ln(1 - a): y ln a is missing',
    loss: meanOf((a, y) => (y === 1 ? 0 : -(1 - y) * Math.log(1 - a))),
  },
  {
    id: 'loss-all-classes',
    of: ['cross_entropy'],
    title: 'the loss has the term (1 - y) ln(1 - a) too, as if each class had a sigmoid',
    loss: meanOf((a, y) => (y === 0 ? 0 : -y * Math.log(a)) - (y === 1 ? 0 : (1 - y) * Math.log(1 - a))),
  },
  {
    id: 'loss-rmse',
    of: ['mse'],
    title: 'the loss is the root of the mean squared error',
    loss: (right, step) => Math.sqrt(right.loss(step).values[0]),
  },
  {
    id: 'loss-squared-norm',
    of: ['mse'],
    title: 'the loss is the norm of a - y, the root of the sum of its squares',
    loss: (right, step) => Math.sqrt(right.loss(step).values[0] * step.N),
  },
];

export const otherLossValue: MistakeKind = (exercise) =>
  otherLosses
    .filter(({ of }) => of.includes(exercise.loss))
    .map(({ id, title, loss }) => ({
      id,
      title,
      explain: lossInWords(exercise),
      fix: lossFix(exercise),
      rules: (right) => ({ ...right, loss: (step) => scalar(loss(right, step)) }),
    }));
