import { type LossName, losses } from '../../nn/losses.ts';
import type { Exercise } from '../../trace/exercise.ts';
import { add, combine, map, multiply, type NumberArray, scalar, scale } from '../../trace/number-array.ts';
import { isErrorOfZ, rightRules } from '../../trace/right-rules.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import type { Mistake, MistakeKind } from './mistake.ts';
import { scales } from './scales.ts';
import { throughSoftmax } from './softmax.ts';

/** The formula of the loss and of its derivative, in words that fit into a sentence. */
function lossInWords({ loss, layers }: Exercise): string {
  const P = layers.at(-1)!.units;
  const summed = P > 1 ? ', summed over the outputs' : '';
  const mean = 'The loss is the mean over the N rows of the batch of';
  const texts: Record<LossName, string> = {
    mse: `${mean} (a - y)^2${summed}, so dC/da = 2 (a - y) / N.`,
    mae: `${mean} |a - y|${summed}, so dC/da = sign(a - y) / N.`,
    huber: `${mean} the Huber loss of a - y${summed}, so dC/da is a - y limited to [-delta, delta], divided by N.`,
    cross_entropy: `${mean} -sum y ln a with a = softmax(z), so dC/dz = (a - y) / N, without another factor.`,
    binary_cross_entropy: `${mean} -y ln a - (1 - y) ln(1 - a) with a = sigmoid(z), so dC/dz = (a - y) / N, without another factor.`,
    sigmoid_cross_entropy: `${mean} -y ln a - (1 - y) ln(1 - a) with a = sigmoid(z), so dC/dz = (a - y) / N, without another factor.`,
  };
  return texts[loss];
}

/** dC/da or dC/dz as NumPy. */
const errorInNumPy: Record<LossName, string> = {
  mse: '2 * (a - y) / len(y)',
  mae: 'np.sign(a - y) / len(y)',
  huber: 'np.clip(a - y, -delta, delta) / len(y)',
  cross_entropy: '(a - y) / len(y)',
  binary_cross_entropy: '(a - y) / len(y)',
  sigmoid_cross_entropy: '(a - y) / len(y)',
};

const lossInNumPy: Record<LossName, string> = {
  mse: 'np.sum((a - y)**2) / len(y)',
  mae: 'np.sum(np.abs(a - y)) / len(y)',
  huber:
    'np.sum(np.where(np.abs(e) <= delta, e**2 / 2, delta * (np.abs(e) - delta / 2))) / len(y), with e = a - y',
  cross_entropy: '-np.sum(y * np.log(a)) / len(y)',
  binary_cross_entropy: '-np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)) / len(y)',
  sigmoid_cross_entropy: '-np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)) / len(y)',
};

const lastOf = ({ layers }: Exercise): number => layers.length - 1;
const outputsOf = (step: Step): NumberArray => step.a[lastOf(step.exercise)];
/** dC/da in words; of cross-entropies dC/dz. */
const errorName = (exercise: Exercise): string =>
  isErrorOfZ(exercise) ? "the output layer's delta" : 'dC/da of the output layer';

/** Another loss, its derivative, or both: programs often have it in one place only. */
function inLossAndError(
  exercise: Exercise,
  id: string,
  titles: { readonly loss: string; readonly error: string },
  loss: (right: Rules, step: Step) => NumberArray,
  error: (right: Rules, step: Step) => NumberArray,
): Mistake[] {
  const explain = lossInWords(exercise);
  const lossFix = `loss = ${lossInNumPy[exercise.loss]}`;
  const errorFix = `${isErrorOfZ(exercise) ? 'delta' : 'dC_da'} = ${errorInNumPy[exercise.loss]}`;
  return [
    {
      id: `loss-${id}`,
      title: titles.loss,
      explain,
      fix: lossFix,
      rules: (right) => ({ ...right, loss: (step) => loss(right, step) }),
    },
    {
      id: id === 'factor-2' ? 'mse-factor-2' : `delta-${id}`,
      title: titles.error,
      explain,
      fix: errorFix,
      rules: (right) => ({ ...right, outputError: (step) => error(right, step) }),
    },
    {
      id: `loss-and-delta-${id}`,
      title: `${titles.loss}, and so in its derivative: ${titles.error}`,
      explain,
      fix: `${lossFix}; ${errorFix}`,
      rules: (right) => ({
        ...right,
        loss: (step) => loss(right, step),
        outputError: (step) => error(right, step),
      }),
    },
  ];
}

/** Factors of the loss and of its derivative. */
const scaled: MistakeKind = (exercise) =>
  scales
    .filter(({ applies }) => applies?.(exercise) ?? true)
    .flatMap(({ id, c, loss, error }) => [
      ...inLossAndError(
        exercise,
        id,
        { loss: `the loss ${loss}`, error: `${errorName(exercise)} ${error}` },
        (right, step) => scale(right.loss(step), c(step)),
        (right, step) => scale(right.outputError(step), c(step)),
      ),
      {
        id: `delta-sign-${id}`,
        title: `${errorName(exercise)} has the other sign, from y - a, and ${error}`,
        explain: lossInWords(exercise),
        fix: `${isErrorOfZ(exercise) ? 'delta' : 'dC_da'} = ${errorInNumPy[exercise.loss]}`,
        rules: (right) => ({
          ...right,
          outputError: (step) => scale(right.outputError(step), -c(step)),
        }),
      },
    ]);

/** The other sign, alone. */
const sign: MistakeKind = (exercise) =>
  inLossAndError(
    exercise,
    'sign',
    {
      loss: 'the loss has the other sign',
      error: `${errorName(exercise)} has the other sign: it is from y - a, not from a - y`,
    },
    (right, step) => scale(right.loss(step), -1),
    (right, step) => scale(right.outputError(step), -1),
  );

/** Another loss of the table, or Huber's with another width. */
const otherLoss: MistakeKind = (exercise) => {
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

/** The derivative of Huber's loss, without its limit or with another one. */
const huberSlope: MistakeKind = (exercise) => {
  if (exercise.loss !== 'huber') return [];
  const { delta } = exercise;
  const wrong: [id: string, title: string, slope: (e: number) => number][] = [
    [
      'huber-slope',
      'is sign(a - y) for large errors, not delta sign(a - y)',
      (e) => (Math.abs(e) <= delta ? e : Math.sign(e)),
    ],
    ['huber-not-limited', 'is a - y for large errors too, not limited to delta', (e) => e],
    ['huber-zero', 'is 0 for large errors, not delta sign(a - y)', (e) => (Math.abs(e) <= delta ? e : 0)],
    [
      'huber-doubled',
      'is 2 (a - y) for small errors',
      (e) => (Math.abs(e) <= delta ? 2 * e : delta * Math.sign(e)),
    ],
  ];
  return wrong.map(([id, title, slope]) => ({
    id,
    title: `${errorName(exercise)} ${title}`,
    explain: lossInWords(exercise),
    fix: `dC_da = ${errorInNumPy.huber}`,
    rules: (right) => ({
      ...right,
      outputError: (step) => combine(outputsOf(step), step.y, (a, y) => slope(a - y) / step.N),
    }),
  }));
};

/** Squared errors where the exercise has a cross-entropy. */
const squaredError: MistakeKind = (exercise) => {
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

const crossEntropyDelta: MistakeKind = (exercise) =>
  errorsOfCrossEntropy
    .filter(
      ({ softmax }) =>
        isErrorOfZ(exercise) && (softmax === null || softmax === (exercise.loss === 'cross_entropy')),
    )
    .map(({ id, title, error }) => ({
      id,
      title,
      explain: lossInWords(exercise),
      fix: `delta = ${errorInNumPy[exercise.loss]}`,
      rules: (right) => ({ ...right, outputError: (step) => error(right, step) }),
    }));

/** The sum over the elements of a batch of a function of a and y, divided by N. */
const meanOf =
  (f: (a: number, y: number) => number) =>
  (_: Rules, step: Step): number =>
    combine(outputsOf(step), step.y, f).values.reduce((sum, value) => sum + value, 0) / step.N;

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

const otherLossValue: MistakeKind = (exercise) =>
  otherLosses
    .filter(({ of }) => of.includes(exercise.loss))
    .map(({ id, title, loss }) => ({
      id,
      title,
      explain: lossInWords(exercise),
      fix: `loss = ${lossInNumPy[exercise.loss]}`,
      rules: (right) => ({ ...right, loss: (step) => scalar(loss(right, step)) }),
    }));

/** Penalties as a loss may include them, from the sum of the squares of the weights and that of their absolute values. */
const penalties: readonly {
  readonly id: string;
  readonly title: string;
  readonly c: (step: Step) => number;
}[] = [
  { id: 'half', title: 'half the penalties', c: () => 1 / 2 },
  { id: 'averaged', title: 'the penalties divided by N, the rows of the batch', c: ({ N }) => 1 / N },
  { id: 'half-averaged', title: 'the penalties divided by 2 N', c: ({ N }) => 1 / (2 * N) },
  {
    id: 'averaged-over-data',
    title: 'the penalties divided by the number of all rows',
    c: ({ exercise }) => 1 / exercise.x.shape[0],
  },
  { id: 'doubled', title: 'twice the penalties', c: () => 2 },
];

/** lambda sum w^2 + l1 sum |w| over the weights before the step. */
export function penaltyOf({ exercise, weights }: Step, biases: boolean): number {
  const { lambda, l1 } = exercise.penalty;
  return [...weights.kernel, ...(biases ? weights.bias.filter((bias) => bias !== undefined) : [])].reduce(
    (sum, { values }) => sum + values.reduce((s, w) => s + lambda * w * w + l1 * Math.abs(w), 0),
    0,
  );
}

const penaltyInLoss: MistakeKind = (exercise) => {
  const { lambda, l1, penalizeBiases } = exercise.penalty;
  if (lambda === 0 && l1 === 0) return [];
  return [penalizeBiases, !penalizeBiases].flatMap((biases) =>
    [{ id: '', title: 'the penalties', c: () => 1 }, ...penalties].map(({ id, title, c }): Mistake => {
      const suffix = [id, biases === penalizeBiases ? '' : biases ? 'all' : 'kernels']
        .filter(Boolean)
        .join('-');
      return {
        id: suffix === '' ? 'loss-penalty' : `loss-penalty:${suffix}`,
        title: `the loss includes ${title}, of ${biases ? 'kernels and biases' : 'the kernels'}`,
        explain: 'The recorded loss is that of the data alone, without penalties.',
        fix: 'Record the loss before the penalties are added.',
        rules: (right) => ({
          ...right,
          loss: (step) => add(right.loss(step), scalar(c(step) * penaltyOf(step, biases))),
        }),
      };
    }),
  );
};

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

const safeguarded: MistakeKind = (exercise) =>
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

/** If the loss is not what differs first, it is right, or was not recorded: no other loss explains what differs. */
const whereItShows =
  (kind: MistakeKind): MistakeKind =>
  (exercise, evidence) =>
    kind(exercise, evidence).filter(
      ({ id }) => /^(loss|log)-/.test(id) === (evidence.place.quantity === 'loss'),
    );

export const loss: readonly MistakeKind[] = [
  scaled,
  sign,
  otherLoss,
  squaredError,
  crossEntropyDelta,
  otherLossValue,
  penaltyInLoss,
  safeguarded,
  huberSlope,
].map(whereItShows);
