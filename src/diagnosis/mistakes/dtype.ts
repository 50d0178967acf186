import type { Exercise } from '../../trace/exercise.ts';
import { map, type NumberArray } from '../../trace/number-array.ts';
import type { ParameterKind, Rules } from '../../trace/rules.ts';
import type { Evidence, Mistake, MistakeKind } from './mistake.ts';

/** A type of numbers with fewer digits than float64. */
interface Precision {
  readonly name: string;
  readonly round: (value: number) => number;
  /** The rounding errors of a quantity that is computed in this type from other numbers of it. */
  readonly tolerance: number;
  readonly digits: number;
}

const precisions: readonly Precision[] = [
  { name: 'float32', round: Math.fround, tolerance: 2e-5, digits: 7 },
  { name: 'float16', round: roundToHalf, tolerance: 5e-2, digits: 3 },
];

/** The nearest number of 11 significant bits, or of the fixed spacing below 2^-14. */
function roundToHalf(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
  const spacing = 2 ** (exponent - 10);
  const steps = value / spacing;
  const below = Math.floor(steps);
  const part = steps - below;
  const up = part > 0.5 || (part === 0.5 && below % 2 !== 0);
  return (below + (up ? 1 : 0)) * spacing;
}

/** The initial weights, changed. */
const startingFrom =
  (right: Rules, change: (values: NumberArray) => NumberArray): Rules['initialWeights'] =>
  (exercise) => {
    const { kernel, bias } = right.initialWeights(exercise);
    return { kernel: kernel.map(change), bias: bias.map(change) } as Record<ParameterKind, NumberArray[]>;
  };

const inPrecision = ({ name, round, tolerance, digits }: Precision, { theirs }: Evidence): Mistake[] => {
  const explain = `The exercise is in float64, which has 16 digits; ${name} has ${digits}. What is computed with a number of ${name} is often ${name} too.`;
  const fix =
    "Leave out dtype and astype; in PyTorch, torch.set_default_dtype(torch.float64); in Keras, keras.backend.set_floatx('float64').";
  const rounded = (array: NumberArray): NumberArray => map(array, round);
  const exact: Mistake[] = [
    {
      id: `${name}-inputs`,
      title: `the inputs are rounded to ${name}`,
      explain,
      fix,
      rules: (right) => ({ ...right, x: (step) => rounded(right.x(step)) }),
    },
    {
      id: `${name}-targets`,
      title: `the targets are rounded to ${name}`,
      explain,
      fix,
      rules: (right) => ({ ...right, y: (step) => rounded(right.y(step)) }),
    },
    {
      id: `${name}-data`,
      title: `the inputs and the targets are rounded to ${name}`,
      explain,
      fix,
      rules: (right) => ({
        ...right,
        x: (step) => rounded(right.x(step)),
        y: (step) => rounded(right.y(step)),
      }),
    },
    {
      id: `${name}-initial-weights`,
      title: `the initial weights are rounded to ${name}`,
      explain,
      fix,
      rules: (right) => ({ ...right, initialWeights: startingFrom(right, rounded) }),
    },
    {
      id: `${name}-weights`,
      title: `the weights are kept in ${name}`,
      explain,
      fix,
      rules: (right) => ({
        ...right,
        initialWeights: startingFrom(right, rounded),
        update(step, parameter) {
          const { value, state } = right.update(step, parameter);
          return { value: rounded(value), state };
        },
      }),
    },
  ];
  // Numbers that the type cannot hold were not computed in it.
  if (!theirs.values.every((value) => round(value) === value)) return exact;
  const everything: Mistake = {
    id: name,
    title: `everything is computed in ${name}`,
    explain,
    fix,
    tolerance,
    rules: (right) => ({
      ...right,
      initialWeights: startingFrom(right, rounded),
      stored: (array) => rounded(right.stored(array)),
    }),
  };
  return [...exact, everything];
};

/** Numbers that have lost what is after the decimal point. */
const integers = ({ layers }: Exercise): Mistake[] => {
  const explain = 'An integer array keeps only what is before the decimal point of what is stored in it.';
  const truncated = (array: NumberArray): NumberArray => map(array, Math.trunc);
  const nearest = (array: NumberArray): NumberArray => map(array, (value) => Math.round(value));
  const cast = (
    id: string,
    what: string,
    rules: (right: Rules, to: typeof truncated) => Rules,
  ): Mistake[] => [
    {
      id: `integer-${id}`,
      title: `${what} are cast to integers`,
      explain,
      fix: 'Leave out dtype=int and astype(int).',
      rules: (right) => rules(right, truncated),
    },
    {
      id: `rounded-${id}`,
      title: `${what} are rounded to whole numbers`,
      explain: 'The exercise has them as they are.',
      fix: 'Leave out np.round.',
      rules: (right) => rules(right, nearest),
    },
  ];
  const weights = (right: Rules, to: typeof truncated): Rules => ({
    ...right,
    initialWeights: startingFrom(right, to),
    update(step, parameter) {
      const { value, state } = right.update(step, parameter);
      return { value: to(value), state };
    },
  });
  return [
    ...cast('inputs', 'the inputs', (right, to) => ({ ...right, x: (step) => to(right.x(step)) })),
    ...cast('targets', 'the targets', (right, to) => ({ ...right, y: (step) => to(right.y(step)) })),
    ...cast('initial-weights', 'the initial weights', (right, to) => ({
      ...right,
      initialWeights: startingFrom(right, to),
    })),
    ...cast('weights', 'the weights', weights),
    ...(layers.some(({ bias }) => bias !== null)
      ? cast('biases', 'the biases', (right, to) => ({
          ...right,
          initialWeights: (exercise) => {
            const { kernel, bias } = right.initialWeights(exercise);
            return { kernel, bias: bias.map(to) };
          },
        }))
      : []),
  ];
};

/** Numbers of another type than float64. */
export const dtype: readonly MistakeKind[] = [
  (exercise, evidence) => [
    ...precisions.flatMap((precision) => inPrecision(precision, evidence)),
    ...integers(exercise),
  ],
];
