import type { Exercise } from '../../trace/exercise.ts';
import { map, type NumberArray } from '../../trace/number-array.ts';
import type { MistakeKind } from './mistake.ts';
import { type Descent, descent, type Settings, settingsOf } from './optimizer-formulas.ts';
import { type MoveMistake, movedFrom, moveMistakes, smallness } from './update-mistakes.ts';

/** A wrong part of Adagrad or RMSprop. */
interface PartMistake extends Omit<MoveMistake, 'move'> {
  readonly changed: Partial<Descent>;
}

const sumOf = ({ values }: NumberArray): number => values.reduce((sum, value) => sum + value, 0);
const filled = (array: NumberArray, value: number): NumberArray => map(array, () => value);
const squared = (gradient: NumberArray): NumberArray => map(gradient, (g) => g * g);
const meanOf = (array: NumberArray): number => sumOf(array) / array.values.length;

/** The sums over each row of a kernel's gradient; a bias has none. */
function sumsOfRows(gradient: NumberArray): NumberArray {
  if (gradient.shape.length < 2) return gradient;
  const width = gradient.shape[1];
  return map(gradient, (_, i) => {
    const from = i - (i % width);
    return gradient.values.subarray(from, from + width).reduce((sum, value) => sum + value, 0);
  });
}

const ofEach = 'Each weight has an s of its own, from the squares of its own gradient.';

/** Of Adagrad and of RMSprop; `small` says how much it changes. */
const ofBoth = ({ epsilon }: Settings, small: string): readonly PartMistake[] => [
  {
    id: 'epsilon-inside-root',
    title: `epsilon is inside the root: sqrt(s + epsilon)${small}`,
    explain: 'The gradient is divided by sqrt(s) + epsilon.',
    fix: 'g / (np.sqrt(s) + epsilon), not g / np.sqrt(s + epsilon)',
    changed: { direction: (g, s) => g / Math.sqrt(s + epsilon) },
  },
  {
    id: 'epsilon-missing',
    title: `epsilon is missing${small}`,
    explain: 'The gradient is divided by sqrt(s) + epsilon, which is never 0.',
    fix: 'g / (np.sqrt(s) + epsilon)',
    changed: { direction: (g, s) => (s === 0 ? 0 : g / Math.sqrt(s)) },
  },
  {
    id: 'root-missing',
    title: 'the gradient is divided by s, without the root',
    explain: 'The gradient is divided by sqrt(s) + epsilon.',
    fix: 'g / (np.sqrt(s) + epsilon)',
    changed: { direction: (g, s) => g / (s + epsilon) },
  },
  {
    id: 'squares-after-step',
    title: 'the gradient is divided by the root of s of the step before',
    explain: 's is updated first, and then the gradient is divided by its root.',
    fix: 'Update s before you compute the step.',
    changed: { direction: (g, _s, before) => g / (Math.sqrt(before) + epsilon) },
  },
  {
    id: 'squares-last-only',
    title: 's is the squared gradient of the last step alone: it is not accumulated',
    explain: 's remembers the squared gradients of all steps.',
    fix: 'Keep s from step to step: create it before the loop.',
    changed: { s: (_s, g2) => g2 },
  },
  {
    id: 'squares-absolute',
    title: 's adds |g| instead of g^2',
    explain: 's remembers the squared gradients, of which the root is taken.',
    fix: 'Use g * g (g**2) in s.',
    changed: { squares: (gradient) => map(gradient, Math.abs) },
  },
  {
    id: 'squares-of-mean',
    title: "s has the square of the array's mean gradient",
    explain: ofEach,
    fix: 'Use g * g element by element, without np.mean.',
    changed: { squares: (gradient) => filled(gradient, meanOf(gradient) ** 2) },
  },
  {
    id: 'squares-mean',
    title: 's is one number for an array: the mean of the squared gradients',
    explain: ofEach,
    fix: 'Use g * g element by element, without np.mean.',
    changed: { squares: (gradient) => filled(gradient, meanOf(squared(gradient))) },
  },
  {
    id: 'squares-sum',
    title: 's is one number for an array: the sum of the squared gradients',
    explain: ofEach,
    fix: 'Use g * g element by element, without np.sum or np.linalg.norm.',
    changed: { squares: (gradient) => filled(gradient, sumOf(squared(gradient))) },
  },
  {
    id: 'squares-of-rows',
    title: 's is one number for each row of a kernel: the diagonal of g @ g.T',
    explain: `${ofEach} The diagonal of g @ g.T has the sums over the rows of g.`,
    fix: 'Use g * g element by element, not np.diagonal(g @ g.T).',
    changed: { squares: (gradient) => sumsOfRows(squared(gradient)) },
  },
];

const ofAdagrad = ({ epsilon }: Settings): readonly PartMistake[] => [
  {
    id: 'adagrad-sum-of-gradients',
    title: 's adds the gradients themselves, not their squares',
    explain: 'Adagrad adds the squared gradients, and divides by the root of the sum.',
    fix: 's = s + g * g',
    changed: { s: (s, _g2, g) => s + g, direction: (g, s) => g / (Math.abs(s) + epsilon) },
  },
  {
    id: 'adagrad-as-rmsprop',
    title: 's is the moving average of RMSprop (rho = 0.9); the exercise asks for the sum of Adagrad',
    explain: 'Adagrad adds the squared gradients of all steps with the same weight.',
    fix: 's = s + g * g',
    changed: { s: (s, g2) => 0.9 * s + 0.1 * g2 },
  },
];

const ofRmsprop = ({ rho }: Settings): readonly PartMistake[] => {
  const explain = 's = rho * s + (1 - rho) * g**2 is a moving average of the squared gradients.';
  const fix = 's = rho * s + (1 - rho) * g * g';
  return [
    {
      id: 'rho-swapped',
      title: 'rho and 1 - rho are swapped',
      explain,
      fix,
      changed: { s: (s, g2) => (1 - rho) * s + rho * g2 },
    },
    {
      id: 'rho-share-missing',
      title: 'the factor 1 - rho of the squared gradient is missing',
      explain,
      fix,
      changed: { s: (s, g2) => rho * s + g2 },
    },
    {
      id: 'rho-keep-missing',
      title: 'the factor rho of the old s is missing',
      explain,
      fix,
      changed: { s: (s, g2) => s + (1 - rho) * g2 },
    },
    {
      id: 'rmsprop-as-adagrad',
      title: 's is the sum of Adagrad; the exercise asks for the moving average of RMSprop',
      explain,
      fix,
      changed: { s: (s, g2) => s + g2 },
    },
    {
      id: 'rmsprop-last-only',
      title: 's is (1 - rho) g^2 of the last step alone: it is not accumulated',
      explain,
      fix: 'Keep s from step to step: create it before the loop.',
      changed: { s: (_s, g2) => (1 - rho) * g2 },
    },
  ];
};

/** Corrections and starts that other programs have. */
const others = ({ optimizer }: Exercise, { rho, epsilon }: Settings): readonly MoveMistake[] => [
  {
    id: 'accumulator-0.1',
    title: 's starts at 0.1, as in Keras',
    explain: 's starts at 0.',
    fix: 'Start at 0; in Keras, with initial_accumulator_value=0.',
    move: (right) =>
      movedFrom(right, ({ step }, { state }) =>
        step === 0 ? { state: { ...state, s: filled(state.s, 0.1) } } : {},
      ),
  },
  {
    id: 'accumulator-1',
    title: 's starts at 1',
    explain: 's starts at 0.',
    fix: 'Use np.zeros_like, not np.ones_like.',
    move: (right) =>
      movedFrom(right, ({ step }, { state }) =>
        step === 0 ? { state: { ...state, s: filled(state.s, 1) } } : {},
      ),
  },
  ...(optimizer.name === 'rmsprop'
    ? [
        {
          id: 'rmsprop-corrected',
          title: 's is divided by 1 - rho^t, as in Adam',
          explain: 'RMSprop does not correct the bias of s.',
          fix: 'Leave the division out.',
          move: () =>
            descent(optimizer, {
              direction: (g, s, _before, t) => g / (Math.sqrt(s / (1 - rho ** t)) + epsilon),
            }),
        },
      ]
    : []),
];

/** Mistakes in Adagrad and RMSprop. */
export const adaptive: readonly MistakeKind[] = [
  moveMistakes((exercise, evidence) => {
    const { optimizer } = exercise;
    if (optimizer.name !== 'adagrad' && optimizer.name !== 'rmsprop') return [];
    const settings = settingsOf(optimizer);
    const own = optimizer.name === 'adagrad' ? ofAdagrad(settings) : ofRmsprop(settings);
    return [
      ...[...ofBoth(settings, smallness(evidence)), ...own].map(({ changed, ...mistake }) => ({
        ...mistake,
        move: () => descent(optimizer, changed),
      })),
      ...others(exercise, settings),
    ];
  }),
];
