import type { Exercise } from '../../trace/exercise.ts';
import { add, map, type NumberArray, scale } from '../../trace/number-array.ts';
import type { ParameterKind, Rules, Step } from '../../trace/rules.ts';
import type { Mistake, MistakeKind } from './mistake.ts';
import { movedFrom, movedTo } from './update-mistakes.ts';

/** The update, after which the rate times the penalty's gradient is subtracted from the weights. */
const thenPenalized = (right: Rules): Rules['update'] =>
  movedTo(right.update, ({ value }, step, { layer, kind }) => {
    const penalty = right.penaltyGradient(step, layer, kind);
    return penalty === null ? {} : { value: add(value, scale(penalty, -step.rules.rate(step))) };
  });

type PenaltyGradient = Rules['penaltyGradient'];

interface PenaltyMistake extends Omit<Mistake, 'rules'> {
  readonly penalty: (right: PenaltyGradient) => PenaltyGradient;
}

/** What the penalty's gradient is, of a weight. */
const derivativeOf = ({ lambda, l1 }: Exercise['penalty']): string =>
  [...(lambda === 0 ? [] : ['2 * l2 * w']), ...(l1 === 0 ? [] : ['l1 * np.sign(w)'])].join(' + ');

/** Mistakes in the derivative of l2 w^2 + l1 |w|. */
function derivatives({ penalty, x }: Exercise): PenaltyMistake[] {
  const { lambda, l1, penalizeBiases } = penalty;
  const explain = `The penalty's derivative is ${derivativeOf(penalty)}, and is added to the mean gradient of the batch.`;
  const fix = `kernel_gradient = kernel_gradient + ${derivativeOf(penalty)}`;
  const has = (kind: ParameterKind): boolean => kind === 'kernel' || penalizeBiases;
  const are = (id: string, title: string, derivative: (w: number, step: Step) => number): PenaltyMistake => ({
    id,
    title,
    explain,
    fix,
    penalty: () => (step, layer, kind) =>
      has(kind) ? map(step.weights[kind][layer], (w) => derivative(w, step)) : null,
  });
  const both = (w: number): number => 2 * lambda * w + l1 * Math.sign(w);
  const rows = x.shape[0];
  const ofBoth = [
    are('penalty-missing', 'the penalty is missing in the gradient', () => 0),
    are('penalty-doubled', 'the penalty has a factor 2 too many', (w) => 2 * both(w)),
    are('penalty-sign', 'the penalty has the wrong sign', (w) => -both(w)),
    are('penalty-over-rows', 'the penalty is divided by N, the rows of the batch', (w, { N }) => both(w) / N),
    are(
      'penalty-times-rows',
      'the penalty is multiplied by N, the rows of the batch',
      (w, { N }) => both(w) * N,
    ),
    are(
      'penalty-over-all-rows',
      'the penalty is divided by the number of all training rows',
      (w) => both(w) / rows,
    ),
    are(
      'penalty-over-batches',
      'the penalty is divided by the number of batches of an epoch',
      (w, { steps }) => both(w) / steps,
    ),
    are(
      'penalty-rate',
      'the penalty is multiplied by the learning rate, and then again in the update',
      (w, step) => both(w) * step.rules.rate(step),
    ),
  ];
  const ofL2 = [
    are('l2-half', 'the factor 2 of the penalty is missing: l2 * w', (w) => both(w) - lambda * w),
    are('l2-squared', 'l2 is squared in the penalty', (w) => both(w) + 2 * (lambda * lambda - lambda) * w),
    are(
      'l2-half-over-rows',
      'the penalty is l2 * w / N, with N the rows of the batch',
      (w, { N }) => both(w) + lambda * w * (1 / N - 2),
    ),
    are(
      'l2-half-over-all-rows',
      'the penalty is l2 * w / N, with N all training rows',
      (w) => both(w) + lambda * w * (1 / rows - 2),
    ),
    are(
      'l2-as-l1',
      'the derivative is that of l2 * |w|: l2 * sign(w)',
      (w) => both(w) + lambda * (Math.sign(w) - 2 * w),
    ),
    are('l2-absolute', 'the penalty has |w| in place of w', (w) => both(w) + 2 * lambda * (Math.abs(w) - w)),
    are(
      'l2-not-derived',
      'the penalty itself is added to the gradient, not its derivative: l2 * w^2',
      (w) => both(w) + lambda * (w * w - 2 * w),
    ),
  ];
  const ofL1 = [
    are(
      'l1-as-l2',
      'the derivative is that of l1 * w^2: 2 * l1 * w',
      (w) => both(w) + l1 * (2 * w - Math.sign(w)),
    ),
    are(
      'l1-without-sign',
      'sign(w) is missing: l1 alone is added to the gradient',
      (w) => both(w) + l1 * (1 - Math.sign(w)),
    ),
    are(
      'l1-absolute',
      'the derivative of |w| is written as |w|',
      (w) => both(w) + l1 * (Math.abs(w) - Math.sign(w)),
    ),
    are('l1-times-w', 'the derivative of |w| is written as w', (w) => both(w) + l1 * (w - Math.sign(w))),
    are('l1-doubled', 'the l1 penalty has a factor 2 too many', (w) => both(w) + l1 * Math.sign(w)),
  ];
  const ofTwo = [
    are('l2-missing', 'the l2 penalty is missing in the gradient', (w) => both(w) - 2 * lambda * w),
    are('l1-missing', 'the l1 penalty is missing in the gradient', (w) => both(w) - l1 * Math.sign(w)),
    are('l1-l2-swapped', 'l1 and l2 are swapped', (w) => 2 * l1 * w + lambda * Math.sign(w)),
  ];
  return [
    ...ofBoth,
    ...(lambda === 0 ? [] : ofL2),
    ...(l1 === 0 ? [] : ofL1),
    ...(lambda !== 0 && l1 !== 0 ? ofTwo : []),
  ];
}

/** Mistakes in which weights have the penalty. */
function places({ penalty, layers }: Exercise): PenaltyMistake[] {
  const { lambda, l1, penalizeBiases } = penalty;
  const last = layers.length - 1;
  const explain = penalizeBiases
    ? 'The penalty is that of all weights: kernels and biases of every layer (penalize: "all").'
    : 'The penalty is that of the kernels of every layer; biases have none (penalize: "kernels").';
  const only = (
    id: string,
    title: string,
    fix: string,
    has: (layer: number, kind: ParameterKind) => boolean,
  ): PenaltyMistake => ({
    id,
    title,
    explain,
    fix,
    penalty: () => (step, layer, kind) =>
      has(layer, kind) ? map(step.weights[kind][layer], (w) => 2 * lambda * w + l1 * Math.sign(w)) : null,
  });
  const right = (kind: ParameterKind): boolean => kind === 'kernel' || penalizeBiases;
  const everywhere = 'Add the penalty in the loop over the layers.';
  return [
    penalizeBiases
      ? only(
          'penalty-not-on-biases',
          'the biases have no penalty',
          'Add the penalty to bias_gradient too.',
          (_, kind) => kind === 'kernel',
        )
      : only(
          'penalty-on-biases',
          'the biases have the penalty too',
          'Add the penalty to kernel_gradient only.',
          () => true,
        ),
    ...(last === 0
      ? []
      : [
          only(
            'penalty-output-only',
            'only the output layer has the penalty',
            everywhere,
            (layer, kind) => right(kind) && layer === last,
          ),
          only(
            'penalty-not-output',
            'the output layer has no penalty',
            everywhere,
            (layer, kind) => right(kind) && layer < last,
          ),
          only(
            'penalty-first-only',
            'only the first layer has the penalty',
            everywhere,
            (layer, kind) => right(kind) && layer === 0,
          ),
          only(
            'penalty-not-first',
            'the first layer has no penalty',
            everywhere,
            (layer, kind) => right(kind) && layer > 0,
          ),
        ]),
    ...(penalizeBiases
      ? [
          only(
            'penalty-biases-only',
            'only the biases have the penalty',
            'Add the penalty to kernel_gradient too.',
            (_, kind) => kind === 'bias',
          ),
        ]
      : []),
  ];
}

/** The penalty's gradient at other weights. */
const penaltyAt = (right: Rules, step: Step, layer: number, kind: ParameterKind, value: NumberArray) => {
  const weights = [...step.weights[kind]];
  weights[layer] = value;
  return right.penaltyGradient({ ...step, weights: { ...step.weights, [kind]: weights } }, layer, kind);
};

/** The penalty in another place than the gradient. */
const misplaced = ({ optimizer }: Exercise): Mistake[] => {
  const explain =
    'The penalty is part of the loss, so its derivative at the weights before the step is part of the gradient, and the optimiser gets both together.';
  const fix = 'Add the penalty to the gradient before the optimiser uses it.';
  const none = () => null;
  const inUpdate: Mistake[] = [
    {
      id: 'penalty-after-update',
      title: 'the penalty is subtracted after the update, from the updated weights',
      explain,
      fix,
      rules: (right) => ({
        ...right,
        penaltyGradient: none,
        update: movedTo(right.update, ({ value }, step, { layer, kind }) => {
          const penalty = penaltyAt(right, step, layer, kind, value);
          return penalty === null ? {} : { value: add(value, scale(penalty, -step.rules.rate(step))) };
        }),
      }),
    },
    {
      id: 'penalty-without-rate',
      title: 'the penalty is subtracted from the weights without the learning rate',
      explain,
      fix,
      rules: (right) => ({
        ...right,
        penaltyGradient: none,
        update: movedTo(right.update, ({ value }, step, { layer, kind }) => {
          const penalty = right.penaltyGradient(step, layer, kind);
          return penalty === null ? {} : { value: add(value, scale(penalty, -1)) };
        }),
      }),
    },
  ];
  const isPlain = optimizer.name === 'sgd' && (optimizer.momentum ?? 0) === 0;
  const decoupled: Mistake = {
    id: 'penalty-decoupled',
    title: 'the penalty is subtracted from the weights next to the step of the optimiser, as in AdamW',
    explain,
    fix,
    rules: (right) => ({
      ...right,
      penaltyGradient: none,
      update: thenPenalized(right),
    }),
  };
  const twice: Mistake = {
    id: 'penalty-in-gradient-and-update',
    title: 'the penalty is added to the gradient, and again in the update',
    explain,
    fix: 'Add the penalty in one place only.',
    rules: (right) => ({
      ...right,
      update: movedFrom(right.update, (step, { gradient, layer, kind }) => {
        const penalty = right.penaltyGradient(step, layer, kind);
        return penalty === null ? {} : { gradient: add(gradient, penalty) };
      }),
    }),
  };
  const twiceDecoupled: Mistake = {
    id: 'penalty-in-gradient-and-weights',
    title: 'the penalty is added to the gradient, and subtracted from the weights again',
    explain,
    fix: 'Add the penalty in one place only.',
    rules: (right) => ({
      ...right,
      update: thenPenalized(right),
    }),
  };
  const lost: Mistake = {
    id: 'penalty-lost-in-update',
    title: 'the update uses the gradient without the penalty',
    explain,
    fix,
    rules: (right) => ({
      ...right,
      update: movedFrom(right.update, (step, { gradient, layer, kind }) => {
        const penalty = right.penaltyGradient(step, layer, kind);
        return penalty === null ? {} : { gradient: add(gradient, scale(penalty, -1)) };
      }),
    }),
  };
  return [...inUpdate, ...(isPlain ? [] : [decoupled, twiceDecoupled]), twice, lost];
};

/** The penalty in the loss that is recorded. */
const inLoss = ({ penalty }: Exercise): Mistake[] => {
  const { lambda, l1, penalizeBiases } = penalty;
  const of = (arrays: readonly NumberArray[]): number =>
    arrays.reduce(
      (sum, { values }) => values.reduce((s, w) => s + lambda * w * w + l1 * Math.abs(w), sum),
      0,
    );
  const withPenalties =
    (right: Rules): Rules['loss'] =>
    (step) => {
      const { kernel, bias } = step.weights;
      const penalties = of(kernel) + (penalizeBiases ? of(bias) : 0);
      return map(right.loss(step), (loss) => loss + penalties);
    };
  return [
    {
      id: 'penalty-in-loss-only',
      title: 'the penalty is added to the loss, but not to the gradients',
      explain: "The gradients are those of the loss with the penalty, so they have the penalty's derivative.",
      fix: `kernel_gradient = kernel_gradient + ${derivativeOf(penalty)}`,
      rules: (right) => ({ ...right, loss: withPenalties(right), penaltyGradient: () => null }),
    },
  ];
};

/** Mistakes in the penalty. */
export const penalty: readonly MistakeKind[] = [
  (exercise) => {
    const { lambda, l1 } = exercise.penalty;
    if (lambda === 0 && l1 === 0) return [];
    return [
      ...[...derivatives(exercise), ...places(exercise)].map(({ penalty: wrong, ...mistake }) => ({
        ...mistake,
        rules: (right: Rules): Rules => ({ ...right, penaltyGradient: wrong(right.penaltyGradient) }),
      })),
      ...misplaced(exercise),
      ...inLoss(exercise),
    ];
  },
];
