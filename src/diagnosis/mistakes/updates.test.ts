import { describe, expect, test } from '@jest/globals';
import type { OptimizerConfig } from '../../nn/optimizers.ts';
import { schedules } from '../../nn/schedules.ts';
import { differenceOf } from '../../trace/difference.ts';
import type { Exercise } from '../../trace/exercise.ts';
import { madeExercise, recordingOf } from '../../trace/exercises.testing.ts';
import { combine, map, type NumberArray } from '../../trace/number-array.ts';
import { type Place, placesOf } from '../../trace/quantities.ts';
import { rightRules } from '../../trace/right-rules.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import { runRules, valuesOf } from '../../trace/step.ts';
import { checkRecording } from '../check-recording.ts';
import { mistakesOf } from './index.ts';
import type { Evidence } from './mistake.ts';
import { moveOf } from './optimizer-formulas.ts';

const made = (others: Partial<Exercise>) => madeExercise(['tanh', 'sigmoid', 'linear'], others);
const weights = ['kernel', 'bias'];
const sgd = { name: 'sgd', momentum: 0.8 } as const;
const adam = { name: 'adam', beta1: 0.8, beta2: 0.95, epsilon: 1e-7 } as const;
const decay = { schedule: 'decay', rateOf: schedules.decay };
const l2 = { lambda: 0.03, l1: 0, penalizeBiases: false };

const optimizers: OptimizerConfig[] = [
  { name: 'sgd' },
  sgd,
  { ...sgd, nesterov: 'yes' },
  { name: 'adagrad' },
  { name: 'adagrad', momentum: 0.5 },
  { name: 'rmsprop', rho: 0.9 },
  adam,
  { name: 'adamw', weightDecay: 0.1 },
];

test.each(optimizers)('without a mistake, the formulas are those of the optimiser: %j', (optimizer) => {
  const exercise = made({ optimizer, ...decay });
  const right = rightRules(exercise);
  const ours = valuesOf(exercise, right);
  const formulas = valuesOf(exercise, { ...right, update: moveOf(optimizer) });
  expect(
    Math.max(...ours.flatMap((step, k) => step.map((a, i) => differenceOf(a, formulas[k][i])))),
  ).toBeLessThan(1e-12);
});

/** A weight of a program that is written out here, without the tables. */
interface Weight {
  w: number;
  readonly g: number;
  readonly rate: number;
  readonly step: Step;
  v: number;
  s: number;
  m: number;
}

/** The update of a program that changes each weight. */
const each =
  (change: (weight: Weight) => void): Rules['update'] =>
  (step, { value, gradient, state }) => {
    const after = map(value, (x) => x);
    const slots = Object.fromEntries(
      Object.entries(state).map(([slot, values]) => [slot, map(values, (x) => x)]),
    );
    const rate = step.rules.rate(step);
    for (const [i, w] of value.values.entries()) {
      const of = (slot: string) => slots[slot]?.values[i] ?? 0;
      const weight = { w, g: gradient.values[i], rate, step, v: of('v'), s: of('s'), m: of('m') };
      change(weight);
      after.values[i] = weight.w;
      for (const slot of Object.keys(slots)) slots[slot].values[i] = weight[slot as 'v' | 's' | 'm'];
    }
    return { value: after, state: slots };
  };

/** Adam's m and s. */
const means = (o: Weight): void => {
  o.m = 0.8 * o.m + 0.2 * o.g;
  o.s = 0.95 * o.s + 0.05 * o.g ** 2;
};

/** Programs with a mistake: what the exercise has, the program's update or rate, its name, and the step and place where it shows first. */
const programs: [string, Partial<Exercise>, Partial<Rules>, number, string][] = [
  [
    'momentum-old-velocity',
    { optimizer: sgd },
    {
      update: each((o) => {
        o.w -= o.v;
        o.v = 0.8 * o.v + o.rate * o.g;
      }),
    },
    0,
    'kernel',
  ],
  [
    'momentum-sign',
    { optimizer: sgd },
    {
      update: each((o) => {
        o.v = o.rate * o.g - 0.8 * o.v;
        o.w -= o.v;
      }),
    },
    1,
    'kernel_v',
  ],
  [
    'state-per-epoch',
    { optimizer: sgd },
    {
      update: each((o) => {
        o.v = 0.8 * (o.step.batch === 0 ? 0 : o.v) + o.rate * o.g;
        o.w -= o.v;
      }),
    },
    3,
    'kernel_v',
  ],
  [
    'nesterov-as-momentum',
    { optimizer: { ...sgd, nesterov: 'yes' } },
    {
      update: each((o) => {
        o.v = 0.8 * o.v + o.rate * o.g;
        o.w -= o.v;
      }),
    },
    0,
    'kernel',
  ],
  [
    'epsilon-inside-root',
    { optimizer: { name: 'adagrad' } },
    {
      update: each((o) => {
        o.s += o.g ** 2;
        o.w -= (o.rate * o.g) / Math.sqrt(o.s + 1e-10);
      }),
    },
    0,
    'kernel',
  ],
  [
    'rho-0.99',
    { optimizer: { name: 'rmsprop', rho: 0.9 } },
    {
      update: each((o) => {
        o.s = 0.99 * o.s + 0.01 * o.g ** 2;
        o.w -= (o.rate * o.g) / (Math.sqrt(o.s) + 1e-8);
      }),
    },
    0,
    'kernel_s',
  ],
  [
    'adam-no-correction',
    { optimizer: adam },
    {
      update: each((o) => {
        means(o);
        o.w -= (o.rate * o.m) / (Math.sqrt(o.s) + 1e-7);
      }),
    },
    0,
    'kernel',
  ],
  [
    'epsilon-inside-root',
    { optimizer: adam },
    {
      update: each((o) => {
        means(o);
        const t = o.step.step + 1;
        o.w -= (o.rate * (o.m / (1 - 0.8 ** t))) / Math.sqrt(o.s / (1 - 0.95 ** t) + 1e-7);
      }),
    },
    0,
    'kernel',
  ],
  [
    't-of-epochs',
    { optimizer: adam },
    {
      update: each((o) => {
        means(o);
        const t = o.step.epoch + 1;
        o.w -= (o.rate * (o.m / (1 - 0.8 ** t))) / (Math.sqrt(o.s / (1 - 0.95 ** t)) + 1e-7);
      }),
    },
    1,
    'kernel',
  ],
  [
    'decay-without-rate',
    { optimizer: { ...adam, name: 'adamw', weightDecay: 0.1 } },
    {
      update: each((o) => {
        means(o);
        const t = o.step.step + 1;
        const move = o.m / (1 - 0.8 ** t) / (Math.sqrt(o.s / (1 - 0.95 ** t)) + 1e-7);
        o.w = o.w - 0.1 * o.w - o.rate * move;
      }),
    },
    0,
    'kernel',
  ],
  ['schedule-per-step', decay, { rate: ({ step }) => 0.1 / (step + 1) }, 1, 'kernel'],
  ['schedule-epoch-from-1', decay, { rate: ({ epoch }) => 0.1 / ((epoch + 1) * 3 + 1) }, 0, 'kernel'],
  ['schedule-ignored', decay, { rate: () => 0.1 }, 3, 'kernel'],
  [
    'l2-half',
    { penalty: l2 },
    {
      penaltyGradient: ({ weights: { kernel } }, layer, kind) =>
        kind === 'bias' ? null : map(kernel[layer], (w) => 0.03 * w),
    },
    0,
    'kernel_gradient',
  ],
  [
    'penalty-on-biases',
    { penalty: l2 },
    { penaltyGradient: (step, layer, kind) => map(step.weights[kind][layer], (w) => 2 * 0.03 * w) },
    0,
    'bias_gradient',
  ],
  [
    'clipping-by-value',
    { optimizer: { name: 'sgd', clipNorm: 0.1 } },
    {
      clipping: () => 1,
      update: each((o) => {
        o.w -= o.rate * Math.max(-0.1, Math.min(0.1, o.g));
      }),
    },
    0,
    'kernel',
  ],
];

describe.each([
  ['all quantities', undefined],
  ['the weights alone', weights],
])('from %s', (_, quantities) => {
  test.each(programs)('%s, %j', (id, others, wrong, step, quantity) => {
    const exercise = made(others);
    const { first, separate } = checkRecording(
      recordingOf(exercise, { ...rightRules(exercise), ...wrong }, quantities),
    );
    expect(first!.explanations.map(({ ids: [one] }) => one)).toContain(id);
    expect(first!.quantity.batch.step).toBe(step);
    if (quantities === undefined) expect(first!.quantity.place.quantity).toBe(quantity);
    expect(separate).toEqual([]);
  });
});

test('float32 is named, and hides no other mistake', () => {
  const exercise = made({});
  const right = rightRules(exercise);
  const float32 = {
    ...right,
    initialWeights: () => {
      const { kernel, bias } = right.initialWeights(exercise);
      return { kernel: kernel.map((a) => map(a, Math.fround)), bias: bias.map((a) => map(a, Math.fround)) };
    },
    stored: (values: NumberArray) => map(values, Math.fround),
  };
  const alone = checkRecording(recordingOf(exercise, float32));
  expect(alone.first!.explanations.map(({ ids }) => ids)).toContainEqual(['float32']);
  expect(alone.separate).toEqual([]);
  const both = checkRecording(recordingOf(exercise, { ...float32, rate: () => 0.2 }));
  expect(both.first!.explanations.map(({ ids }) => ids)).toContainEqual(['float32']);
  expect(both.separate.map(({ quantity }) => quantity.place.quantity)).toEqual(['kernel']);
});

test('how small a mistake is stands in its title', () => {
  const exercise = made({ optimizer: adam });
  const [, , wrong] = programs.find(
    ([id, { optimizer }]) => id === 'epsilon-inside-root' && optimizer === adam,
  )!;
  const { first } = checkRecording(recordingOf(exercise, { ...rightRules(exercise), ...wrong }));
  expect(first!.explanations[0].title).toMatch(/the first \d digits are right/);
});

/** Right programs that record something else: what they record of a place, from our values of the step. */
const conventions: [
  string,
  Partial<Exercise>,
  (values: (q: string) => NumberArray, place: Place, t: number) => NumberArray | null,
][] = [
  [
    'nesterov-not-ahead',
    { optimizer: { ...sgd, nesterov: 'yes' } },
    (of, { quantity, parameter }) =>
      quantity === parameter ? combine(of(quantity), of(`${quantity}_v`), (w, v) => w + 0.8 * v) : null,
  ],
  [
    'm-with-rate',
    { optimizer: adam },
    (of, { slot }) => (slot === 'm' ? map(of('m'), (m) => 0.1 * m) : null),
  ],
  ['m-negative', { optimizer: adam }, (of, { slot }) => (slot === 'm' ? map(of('m'), (m) => -m) : null)],
  [
    'm-without-share',
    { optimizer: adam },
    (of, { slot }) => (slot === 'm' ? map(of('m'), (m) => m / 0.2) : null),
  ],
  [
    's-corrected',
    { optimizer: adam },
    (of, { slot }, t) => (slot === 's' ? map(of('s'), (s) => s / (1 - 0.95 ** t)) : null),
  ],
  [
    's-root',
    { optimizer: { name: 'rmsprop' } },
    (of, { slot }) => (slot === 's' ? map(of('s'), Math.sqrt) : null),
  ],
  [
    'velocity-averaged',
    { optimizer: sgd },
    (of, { slot }) => (slot === 'v' ? map(of('v'), (v) => 0.2 * v) : null),
  ],
];

describe('a right program that records otherwise has a note and no difference', () => {
  test.each(conventions)('%s', (id, others, write) => {
    const exercise = made(others);
    const places = placesOf(exercise);
    const recording = recordingOf(exercise);
    const steps = recording.steps.map((step, k) =>
      step.map((values, index) => {
        const place = places[index];
        if (place.parameter === null) return values;
        const of = (q: string) =>
          step[
            places.findIndex(
              ({ quantity, layer }) =>
                layer === place.layer && quantity === (q.length === 1 ? `${place.parameter}_${q}` : q),
            )
          ]!;
        return write(of, place, k + 1) ?? values;
      }),
    );
    const checked = checkRecording({ ...recording, steps });
    expect([checked.first, checked.conventions.map((one) => one.id)]).toEqual([null, [id]]);
  });

  test('gradients after clipping', () => {
    const exercise = made({ optimizer: { name: 'sgd', clipNorm: 0.1 } });
    const recording = recordingOf(exercise);
    const places = placesOf(exercise);
    const steps = recording.steps.map((step) => {
      const isGradient = (_: unknown, i: number) => places[i].quantity.endsWith('_gradient');
      const norm = Math.sqrt(
        step.filter(isGradient).reduce((sum, a) => sum + a!.values.reduce((s, g) => s + g * g, 0), 0),
      );
      const factor = Math.min(1, 0.1 / (norm + 1e-6));
      return step.map((values, i) => (isGradient(values, i) ? map(values!, (g) => factor * g) : values));
    });
    const checked = checkRecording({ ...recording, steps });
    expect([checked.first, checked.conventions.map((one) => one.id)]).toEqual([null, ['gradient-clipped']]);
  });

  test("but plain momentum is not excused as Nesterov's without the look-ahead", () => {
    const exercise = made({ optimizer: { ...sgd, nesterov: 'yes' } });
    const [, , wrong] = programs.find(([id]) => id === 'nesterov-as-momentum')!;
    const checked = checkRecording(recordingOf(exercise, { ...rightRules(exercise), ...wrong }));
    expect(checked.conventions).toEqual([]);
    expect(checked.first!.explanations[0].ids).toEqual(['nesterov-as-momentum']);
  });
});

/** Every nth mistake of each exercise: all of them take minutes. FYS_NN_MISTAKES=1 tries all. */
const every = Number(process.env.FYS_NN_MISTAKES ?? 150);

/** A difference in the first kernel of step 1. */
function someEvidence(exercise: Exercise): Evidence {
  const places = placesOf(exercise);
  const index = places.findIndex(({ quantity, layer }) => quantity === 'kernel' && layer === 0);
  let evidence: Evidence | null = null;
  runRules(exercise, rightRules(exercise), (ours, place, step) => {
    if (step.step !== 1 || place !== index) return ours;
    evidence = {
      batch: step,
      place: places[index],
      index,
      ours,
      theirs: map(ours, (w) => w + 1),
      step,
      expectedOf: () => null,
    };
    return null;
  });
  return evidence!;
}

describe('the mistakes in updates', () => {
  test.each(
    [
      { ...decay, optimizer: sgd },
      { optimizer: { name: 'adagrad', momentum: 0.5 }, penalty: { ...l2, l1: 0.02 } },
      { optimizer: adam, penalty: { ...l2, penalizeBiases: true } },
      { optimizer: { ...sgd, nesterov: 'yes', clipNorm: 0.1 } },
    ].map((others, i): [number, Exercise] => [i, made(others as Partial<Exercise>)]),
  )('are found, some of them: exercise %i', (i, exercise) => {
    const right = rightRules(exercise);
    const ours = recordingOf(exercise, right);
    const mistakes = mistakesOf(exercise, someEvidence(exercise)).filter(({ generic }) => generic !== true);
    expect(new Set(mistakes.map(({ id }) => id)).size).toBe(mistakes.length);
    for (const mistake of mistakes.filter((_, k) => k % every === i % every)) {
      const recording = recordingOf(exercise, mistake.rules(right));
      const finite = recording.steps.flat().every((a) => a?.values.every(Number.isFinite) ?? true);
      const differs = recording.steps.some((step, k) =>
        step.some((a, j) => differenceOf(ours.steps[k][j]!, a!) > 1e-10),
      );
      if (!finite || !differs || recording.steps.length < ours.steps.length) continue;
      const ids = checkRecording(recording).first!.explanations.map(({ ids: [id] }) => id);
      expect(ids).toContain(mistake.id);
    }
  });
});
