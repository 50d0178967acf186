import { describe, expect, test } from '@jest/globals';
import type { Exercise, Recording } from '../trace/exercise.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { map, type NumberArray } from '../trace/number-array.ts';
import { batchesOf, type Place, placesOf } from '../trace/quantities.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Rules } from '../trace/rules.ts';
import { checkRecording } from './check-recording.ts';

const l2 = 0.03;
const rate = 0.1;
const exercise = madeExercise(['tanh', 'linear'], {
  penalty: { lambda: l2, l1: 0, penalizeBiases: true },
  optimizer: { name: 'sgd', momentum: 0.9 },
  learningRate: rate,
});
const places = placesOf(exercise);
const batches = batchesOf(exercise);

/** What a program with a convention records in place of a number; w is the weight before the step. */
type Write = (value: number, N: number, w: number) => number;
const deltas: Record<string, Write> = {
  'delta-not-averaged': (value, N) => N * value,
  'delta-negative': (value) => -value,
  'delta-negative-not-averaged': (value, N) => -N * value,
  'delta-without-2': (value) => value / 2,
  'delta-without-2-not-averaged': (value, N) => (N * value) / 2,
  'delta-scaled': (value) => 3.7 * value,
};
const gradients: Record<string, Write> = {
  'gradient-not-averaged': (value, N) => N * value,
  'gradient-negative': (value) => -value,
  'penalty-in-update': (value, _N, w) => value - 2 * l2 * w,
  'gradient-not-averaged-penalty-in-update': (value, N, w) => N * (value - 2 * l2 * w),
  'gradient-negative-penalty-in-update': (value, _N, w) => -(value - 2 * l2 * w),
};
const velocities: Record<string, Write> = {
  'velocity-without-rate': (value) => value / rate,
  'velocity-negative': (value) => -value,
  'velocity-negative-without-rate': (value) => -value / rate,
};
const written = { ...deltas, ...gradients, ...velocities };

const isWrittenBy = (id: string, { quantity, slot }: Place): boolean =>
  id in deltas
    ? quantity === 'delta'
    : id in gradients
      ? quantity.endsWith('_gradient')
      : id in velocities && slot === 'v';

/** What a program with some conventions records. */
function recordedWith(ids: readonly string[], rules: Rules, of: Exercise = exercise): Recording {
  const recording = recordingOf(of, rules);
  const before = (step: number, { layer, parameter }: Place): NumberArray => {
    if (step === 0) return of.layers[layer!][parameter!]!;
    const place = places.findIndex(({ layer: l, quantity }) => l === layer && quantity === parameter);
    return recording.steps[step - 1][place]!;
  };
  const steps = recording.steps.map((step, k) =>
    step.map((values, index) => {
      const place = places[index];
      const id = ids.find((one) => isWrittenBy(one, place));
      if (id === undefined) return values;
      const weights = place.parameter === null ? null : before(k, place).values;
      return map(values!, (value, i) => written[id](value, batches[k].rows.length, weights?.[i] ?? 0));
    }),
  );
  return { ...recording, steps };
}

// All alone and in pairs, and some of three.
const groups = [deltas, gradients, velocities].map((group) => [null, ...Object.keys(group)]);
const combinations = groups[0]
  .flatMap((delta) =>
    groups[1].flatMap((gradient) =>
      groups[2].map((velocity) => [delta, gradient, velocity].filter((id) => id !== null)),
    ),
  )
  .filter((ids) => ids.length < (ids[0] === 'delta-not-averaged' ? 4 : ids[0] === 'delta-scaled' ? 2 : 3));

describe('a right program', () => {
  test.each(combinations.map((ids) => [ids.join(', ') || 'no convention', ids] as const))(
    'that has %s',
    (_, ids) => {
      const { first, conventions } = checkRecording(recordedWith(ids, rightRules(exercise)));
      expect(first).toBeNull();
      expect(conventions.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    },
  );
});

describe('a mistake', () => {
  const right = rightRules(exercise);
  test('is found in a program that has three conventions', () => {
    const ids = ['delta-not-averaged', 'penalty-in-update', 'velocity-without-rate'];
    const wrong: Rules = {
      ...right,
      hiddenDelta: (step, layer) => map(right.hiddenDelta(step, layer), (value) => 2 * value),
    };
    const { first, separate, conventions } = checkRecording(recordedWith(ids, wrong));
    expect(first!.quantity.place).toMatchObject({ quantity: 'delta', layer: 0 });
    expect(separate).toEqual([]);
    expect(conventions.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  test('is no convention if nothing makes up for it', () => {
    const outputDelta: Rules['outputDelta'] = (step) =>
      map(right.outputDelta(step), (value) => step.N * value);
    const { first, conventions } = checkRecording(recordingOf(exercise, { ...right, outputDelta }));
    expect(first!.quantity.place).toMatchObject({ quantity: 'delta', layer: 1 });
    expect(conventions).toEqual([]);
  });

  test('is no convention if nothing later is recorded', () => {
    const outputDelta: Rules['outputDelta'] = (step) => map(right.outputDelta(step), (value) => -value);
    const wrong = recordingOf(exercise, { ...right, outputDelta }, ['delta', 'kernel_gradient']);
    const { first, conventions } = checkRecording(wrong);
    expect(first!.quantity.place).toMatchObject({ quantity: 'delta', layer: 1 });
    expect(conventions).toEqual([]);
  });
});

describe('deltas that are dC/da', () => {
  const of = madeExercise(['tanh', 'sigmoid', 'tanh']);
  const right = rightRules(of);
  const placesHere = placesOf(of);
  /** What a program records whose deltas lack the derivative, with the given factor. */
  const recorded = (rules: Rules, c: (N: number) => number): Recording => {
    const recording = recordingOf(of, rules);
    const steps = recording.steps.map((step, k) =>
      step.map((values, index) => {
        const { quantity, layer } = placesHere[index];
        if (quantity !== 'delta') return values;
        const a = step[placesHere.findIndex((place) => place.quantity === 'a' && place.layer === layer)]!;
        const slope = (i: number) => (layer === 1 ? a.values[i] * (1 - a.values[i]) : 1 - a.values[i] ** 2);
        return map(values!, (value, i) => (c(batchesOf(of)[k].rows.length) * value) / slope(i));
      }),
    );
    return { ...recording, steps };
  };

  test.each([
    ['delta-before-derivative', () => 1],
    ['delta-before-derivative-not-averaged', (N: number) => N],
  ])('are noted: %s', (id, c) => {
    const { first, conventions } = checkRecording(recorded(right, c));
    expect(first).toBeNull();
    expect(conventions.map((convention) => convention.id)).toEqual([id]);
  });

  test('do not excuse a derivative that is missing in the gradients too', () => {
    const wrong: Rules = {
      ...right,
      derivative: (step, layer) => map(right.derivative(step, layer), () => 1),
    };
    const { first, conventions } = checkRecording(recordingOf(of, wrong));
    expect(first!.quantity.place).toMatchObject({ quantity: 'delta', layer: 2 });
    expect(first!.explanations.map(({ ids }) => ids)).toEqual([['derivative-missing']]);
    expect(conventions).toEqual([]);
  });
});
