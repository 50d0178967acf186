import { add, scalar } from '../../trace/number-array.ts';
import type { Step } from '../../trace/rules.ts';
import type { Mistake, MistakeKind } from './mistake.ts';

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
function penaltyOf({ exercise, weights }: Step, biases: boolean): number {
  const { lambda, l1 } = exercise.penalty;
  return [...weights.kernel, ...(biases ? weights.bias.filter((bias) => bias !== undefined) : [])].reduce(
    (sum, { values }) => sum + values.reduce((s, w) => s + lambda * w * w + l1 * Math.abs(w), 0),
    0,
  );
}

export const penaltyInLoss: MistakeKind = (exercise) => {
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
