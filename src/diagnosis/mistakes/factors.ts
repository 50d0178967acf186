import { scale } from '../../trace/number-array.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import type { MistakeKind } from './mistake.ts';

/** Factors by which programs are wrong. */
const factors: readonly { readonly name: string; readonly of: (step: Step) => number }[] = [
  { name: '2', of: () => 2 },
  { name: '1/2', of: () => 1 / 2 },
  { name: '-1', of: () => -1 },
  { name: 'N, the rows of the batch', of: ({ N }) => N },
  { name: '1/N, with N the rows of the batch', of: ({ N }) => 1 / N },
  { name: 'P, the outputs', of: ({ y }) => y.shape[1] },
  { name: '1/P, with P the outputs', of: ({ y }) => 1 / y.shape[1] },
];

/** What can be off by a factor, in words, and the program that has it. */
const scaled: readonly {
  readonly id: string;
  readonly what: string;
  readonly rules: (right: Rules, of: (step: Step) => number) => Rules;
}[] = [
  {
    id: 'loss',
    what: 'the loss',
    rules: (right, of) => ({ ...right, loss: (step) => scale(right.loss(step), of(step)) }),
  },
  {
    id: 'output-delta',
    what: "the output layer's delta",
    rules: (right, of) => ({ ...right, outputDelta: (step) => scale(right.outputDelta(step), of(step)) }),
  },
  {
    id: 'hidden-delta',
    what: 'each delta of a hidden layer',
    rules: (right, of) => ({
      ...right,
      hiddenDelta: (step, layer) => scale(right.hiddenDelta(step, layer), of(step)),
    }),
  },
  {
    id: 'kernel-gradient',
    what: "each kernel's gradient",
    rules: (right, of) => ({
      ...right,
      dataGradient: (step, layer, kind) =>
        kind === 'bias'
          ? right.dataGradient(step, layer, kind)
          : scale(right.dataGradient(step, layer, kind), of(step)),
    }),
  },
  {
    id: 'bias-gradient',
    what: "each bias's gradient",
    rules: (right, of) => ({
      ...right,
      dataGradient: (step, layer, kind) =>
        kind === 'kernel'
          ? right.dataGradient(step, layer, kind)
          : scale(right.dataGradient(step, layer, kind), of(step)),
    }),
  },
  {
    id: 'rate',
    what: 'the learning rate',
    rules: (right, of) => ({ ...right, rate: (step) => of(step) * right.rate(step) }),
  },
];

/** A factor too many or too few somewhere. */
export const factorKinds: readonly MistakeKind[] = scaled.map(
  ({ id, what, rules }): MistakeKind =>
    () =>
      factors.map(({ name, of }) => ({
        id: `factor:${id}:${name.split(',')[0]}`,
        title: `${what} is multiplied by ${name}`,
        explain: `Everything else follows from ${what}, which has a factor ${name} too many.`,
        fix: `Look where ${what} is computed, and take the factor out.`,
        generic: true,
        rules: (right) => rules(right, of),
      })),
);
