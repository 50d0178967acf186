import { createOptimizer } from '../../nn/optimizers.ts';
import type { Exercise } from '../../trace/exercise.ts';
import { map, scalar } from '../../trace/number-array.ts';
import { createOutputLayer } from '../../trace/output-layer.ts';
import type { Rules } from '../../trace/rules.ts';
import { alike } from './alike.ts';
import { inFile, usual, withSettings } from './hyperparameters.ts';
import type { Mistake, MistakeKind } from './mistake.ts';
import { solveFor } from './one-number.ts';
import { settingsOf } from './optimizer-formulas.ts';
import { usualRates } from './schedule.ts';
import { canBeUpdate } from './update-mistakes.ts';

/** A number of the exercise that a program may have another value of. */
interface Scalar {
  readonly id: string;
  readonly name: string;
  readonly given: number;
  /** Values between which another one is looked for, in order. */
  readonly trials: readonly number[];
  readonly explain: string;
  readonly fix: string;
  /** Whether it has an effect only in updates. */
  readonly inUpdate: boolean;
  /** Values that other tables try already. */
  readonly known: readonly number[];
  readonly rules: (right: Rules, value: number) => Rules;
}

const around = (given: number): number[] =>
  [0, 1e-3, 0.1, 0.5, 1, 2, 10, 100, 1e4, 1e6].map((factor) => factor * given);
const fractions = [0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.999999];

/** Those of the optimiser. */
function optimizerScalars({ optimizer }: Exercise): Scalar[] {
  const settings = settingsOf(optimizer);
  return Object.keys(usual).flatMap((field): Scalar[] => {
    const given = settings[field];
    if (given === undefined || (given === 0 && field !== 'epsilon')) return [];
    const name = inFile[field] ?? field;
    return [
      {
        id: name,
        name,
        given,
        trials: field === 'epsilon' || field === 'weightDecay' ? around(given) : fractions,
        explain: `The exercise gives a value of ${name}; defaults of libraries and texts differ from it.`,
        fix: `Take ${name} from the exercise: optimizer['${name}']`,
        inUpdate: true,
        known: usual[field],
        rules: (right, value) => ({
          ...right,
          update: withSettings(optimizer, { ...settings, [field]: value }),
        }),
      },
    ];
  });
}

/** Those of the loss, the penalties, the rate and the clipping. */
function otherScalars(exercise: Exercise): Scalar[] {
  const { penalty, learningRate, optimizer, loss, delta } = exercise;
  const { clipNorm } = createOptimizer(optimizer);
  const { lambda, l1, penalizeBiases } = penalty;
  const penalized = (
    id: string,
    name: string,
    given: number,
    of: (value: number) => [number, number],
  ): Scalar => ({
    id,
    name,
    given,
    trials: around(given),
    explain: `${name} is that of the exercise in every gradient.`,
    fix: `Take it from the exercise: trace.${id}`,
    inUpdate: false,
    known: [],
    rules: (right, value) => ({
      ...right,
      penaltyGradient(step, layer, kind) {
        if (kind === 'bias' && !penalizeBiases) return null;
        const [two, one] = of(value);
        return map(step.weights[kind][layer], (w) => 2 * two * w + one * Math.sign(w));
      },
    }),
  });
  return [
    {
      id: 'rate',
      name: 'the learning rate',
      given: learningRate,
      trials: around(learningRate),
      explain: 'Every program of the exercise takes steps with the same learning rate.',
      fix: 'Take the learning rate from the exercise, and multiply by it once.',
      inUpdate: true,
      known: usualRates,
      rules: (right, value) => ({ ...right, rate: (step) => (right.rate(step) / learningRate) * value }),
    },
    ...(lambda > 0 ? [penalized('l2', 'lambda of the L2 penalty', lambda, (value) => [value, l1])] : []),
    ...(l1 > 0 ? [penalized('l1', 'lambda of the L1 penalty', l1, (value) => [lambda, value])] : []),
    ...(clipNorm < Infinity
      ? [
          {
            id: 'clip_norm',
            name: 'clip_norm',
            given: clipNorm,
            trials: around(clipNorm),
            explain: 'Gradients whose norm together exceeds clip_norm are scaled down to it.',
            fix: "Take clip_norm from the exercise: optimizer['clip_norm']",
            inUpdate: true,
            known: [],
            rules: (right: Rules, value: number): Rules => ({
              ...right,
              clipping(step) {
                const norm = Math.hypot(
                  ...[...step.gradients.kernel, ...step.gradients.bias].map((gradient) =>
                    Math.sqrt(gradient?.values.reduce((sum, g) => sum + g * g, 0) ?? 0),
                  ),
                );
                return Math.min(1, value / (norm + 1e-6));
              },
            }),
          },
        ]
      : []),
    ...(loss === 'huber'
      ? [
          {
            id: 'delta',
            name: "the Huber loss's delta",
            given: delta,
            trials: around(delta),
            explain: 'The Huber loss is quadratic for errors up to delta, and linear beyond.',
            fix: 'Take delta of the loss from the exercise.',
            inUpdate: false,
            known: [],
            rules(right: Rules, value: number): Rules {
              const output = createOutputLayer({ ...exercise, delta: value });
              return {
                ...right,
                loss: (step) => scalar(output.loss(step.z.at(-1)!, step.a.at(-1)!, step.y) / step.N),
                outputError: (step) => output.error(step.a.at(-1)!, step.y),
              };
            },
          },
        ]
      : []),
    ...activationScalars(exercise),
  ];
}

/** The slope of leaky_relu and alpha of elu, the same in every layer that has them. */
function activationScalars({ layers }: Exercise): Scalar[] {
  const kinds = [
    {
      activation: 'leaky_relu',
      id: 'slope',
      name: 'the slope of leaky_relu below 0',
      given: 0.01,
      f: (z: number, c: number) => (z > 0 ? z : c * z),
      slope: (z: number, c: number) => (z > 0 ? 1 : c),
    },
    {
      activation: 'elu',
      id: 'alpha',
      name: 'alpha of elu',
      given: 1,
      f: (z: number, c: number) => (z > 0 ? z : c * Math.expm1(z)),
      slope: (z: number, c: number) => (z > 0 ? 1 : c * Math.exp(z)),
    },
  ];
  return kinds
    .filter(({ activation }) => layers.some((layer) => layer.activation === activation))
    .map(({ activation, id, name, given, f, slope }) => {
      const has = (layer: number): boolean => layers[layer].activation === activation;
      return {
        id,
        name,
        given,
        trials: around(given),
        explain: 'The exercise names the activation; its parameter is that of the documentation.',
        fix: 'Check the parameter of the activation, forwards and in its derivative.',
        inUpdate: false,
        known: [],
        rules: (right, c) => ({
          ...right,
          a: (step, layer) => (has(layer) ? map(step.z[layer], (z) => f(z, c)) : right.a(step, layer)),
          derivative: (step, layer) =>
            has(layer) ? map(step.z[layer], (z) => slope(z, c)) : right.derivative(step, layer),
        }),
      };
    });
}

/** Another value of a number of the exercise, solved for from the first difference. */
export const fitted: MistakeKind = (exercise, evidence) =>
  [...otherScalars(exercise), ...optimizerScalars(exercise)].flatMap((one): Mistake[] => {
    const { id, name, given, trials, explain, fix, inUpdate, known, rules } = one;
    if (inUpdate && !canBeUpdate(evidence)) return [];
    const base = evidence.step.rules;
    const solved = solveFor(evidence, (value) => rules(base, value), trials);
    // That something is 0 is said as missing.
    if (solved === null || solved.value === 0 || solved.value === given || known.includes(solved.value))
      return [];
    const { value, plain } = solved;
    const [theirs, ours] = alike(plain ? value : Number(value.toPrecision(4)), given);
    return [
      {
        id: `${id}-${plain ? value : 'fitted'}`,
        title: `${name} is ${plain ? '' : 'about '}${theirs}; the exercise has ${ours}`,
        explain,
        fix,
        fitted: 1,
        ...(plain ? {} : { generic: true as const }),
        rules: (right) => rules(right, value),
      },
    ];
  });
