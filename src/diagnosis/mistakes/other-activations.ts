import { activationNames, activations } from '../../nn/activations.ts';

/** An activation that a program may have in place of another. */
export interface OtherActivation {
  readonly id: string;
  readonly title: string;
  readonly value: (z: number) => number;
  /** f'(z) */
  readonly slope: (z: number) => number;
  /** f'(z) as a formula in a, where there is one. */
  readonly slopeOfA: ((a: number) => number) | null;
}

const tabled = activationNames.map((id): OtherActivation => {
  const { by, value, derivative } = activations[id];
  return {
    id,
    title: id,
    value,
    slope: by === 'a' ? (z) => derivative(value(z)) : derivative,
    slopeOfA: by === 'a' ? derivative : null,
  };
});

const leaky = [0.1, 0.2, 0.3, 0.05, 0.001].map(
  (c): OtherActivation => ({
    id: `leaky_relu-${c}`,
    title: `leaky_relu with the slope ${c}`,
    value: (z) => (z > 0 ? z : c * z),
    slope: (z) => (z > 0 ? 1 : c),
    slopeOfA: (a) => (a > 0 ? 1 : c),
  }),
);

const elu = [0.1, 0.5, 2].map(
  (alpha): OtherActivation => ({
    id: `elu-${alpha}`,
    title: `elu with alpha = ${alpha}`,
    value: (z) => (z > 0 ? z : alpha * Math.expm1(z)),
    slope: (z) => (z > 0 ? 1 : alpha * Math.exp(z)),
    slopeOfA: (a) => (a > 0 ? 1 : a + alpha),
  }),
);

const logistic = (z: number): number => 1 / (1 + Math.exp(-z));
const [scale, alpha] = [1.0507009873554805, 1.6732632423543772];

const further: readonly OtherActivation[] = [
  {
    id: 'sigmoid-sign',
    title: 'sigmoid of -z, which is 1 / (1 + exp(z))',
    value: (z) => logistic(-z),
    slope: (z) => -logistic(z) * logistic(-z),
    slopeOfA: null,
  },
  {
    id: 'selu',
    title: 'selu',
    value: (z) => scale * (z > 0 ? z : alpha * Math.expm1(z)),
    slope: (z) => scale * (z > 0 ? 1 : alpha * Math.exp(z)),
    slopeOfA: null,
  },
  {
    id: 'softsign',
    title: 'softsign, z / (1 + |z|)',
    value: (z) => z / (1 + Math.abs(z)),
    slope: (z) => 1 / (1 + Math.abs(z)) ** 2,
    slopeOfA: (a) => (1 - Math.abs(a)) ** 2,
  },
  {
    id: 'arctan',
    title: 'arctan',
    value: Math.atan,
    slope: (z) => 1 / (1 + z * z),
    slopeOfA: null,
  },
  {
    id: 'sigmoid-hard',
    title: 'hard sigmoid, z / 6 + 1/2 between 0 and 1',
    value: (z) => Math.max(0, Math.min(1, z / 6 + 0.5)),
    slope: (z) => (Math.abs(z) < 3 ? 1 / 6 : 0),
    slopeOfA: null,
  },
  {
    id: 'step',
    title: 'a step, 0 or 1',
    value: (z) => (z > 0 ? 1 : 0),
    slope: () => 0,
    slopeOfA: null,
  },
  {
    id: 'exp',
    title: 'exp',
    value: Math.exp,
    slope: Math.exp,
    slopeOfA: (a) => a,
  },
];

/** Every activation of the program, the parametrised ones with usual other parameters, and some that it does not have. */
export const otherActivations: readonly OtherActivation[] = [...tabled, ...leaky, ...elu, ...further];
