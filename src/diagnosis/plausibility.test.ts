import { expect, test } from '@jest/globals';
import type { Exercise } from '../trace/exercise.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { map } from '../trace/number-array.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Parameter, Rules, Updated } from '../trace/rules.ts';
import { checkRecording } from './check-recording.ts';
import { shownOf } from './plausibility.ts';

const sgd = madeExercise(['sigmoid', 'linear'], { learningRate: 0.05 });
const weights = ['kernel', 'bias'];

/** What is shown of a program that records its weights and makes its update in another way. */
function shown(exercise: Exercise, change: (updated: Updated, before: Parameter) => Updated) {
  const right = rightRules(exercise);
  const rules: Rules = { ...right, update: (step, before) => change(right.update(step, before), before) };
  const { first, separate } = checkRecording(recordingOf(exercise, rules, weights));
  expect(separate).toEqual([]);
  return shownOf(first!.explanations).shown.map(({ title }) => title);
}

/** An update that some weights do not get. */
const still =
  (has: (parameter: Parameter) => boolean) =>
  (updated: Updated, before: Parameter): Updated =>
    has(before) ? before : updated;

test.each<[string, (parameter: Parameter) => boolean]>([
  ['the weights are not updated', () => true],
  ['the biases are not updated', ({ kind }) => kind === 'bias'],
  ['the weights of layer 0 (hidden) are not updated', ({ layer }) => layer === 0],
])('%s is the first cause', (title, has) => {
  const titles = shown(sgd, still(has));
  expect(titles[0]).toBe(title);
  expect(titles.join()).not.toMatch(/relu|elu/);
  expect(titles.length).toBeLessThanOrEqual(4);
});

test.each([
  [0.5, 'the learning rate is 0.025; the exercise has 0.05'],
  [0.1, 'the learning rate is 0.005; the exercise has 0.05'],
  [4, 'the learning rate is 0.2; the exercise has 0.05'],
])('a step times %p: the rate is among the causes, and no exotic one', (factor, title) => {
  const titles = shown(sgd, ({ value, state }, before) => ({
    state,
    value: map(value, (w, i) => before.value.values[i] + factor * (w - before.value.values[i])),
  }));
  expect(titles).toContain(title);
  expect(titles.join()).not.toMatch(/relu/);
});

test('momentum with 1 - momentum comes before derivatives of activations', () => {
  const exercise = madeExercise(['sigmoid', 'linear'], { optimizer: { name: 'sgd', momentum: 0.9 } });
  const right = rightRules({ ...exercise, learningRate: 0.01 });
  const { first } = checkRecording(recordingOf(exercise, right, weights));
  expect(
    first!.explanations
      .map(({ title }) => title)
      .slice(0, 4)
      .join(),
  ).not.toMatch(/leaky/);
  expect(first!.explanations.map(({ title }) => title).join()).toMatch(/1 - momentum|rate is 0.01/);
});

test('the bias that is averaged has one entry', () => {
  const exercise = madeExercise(['sigmoid', 'linear'], {
    batches: madeExercise().batches.map((epoch) => epoch.slice(0, 2)),
  });
  const right = rightRules(exercise);
  const rules: Rules = {
    ...right,
    dataGradient: (step, layer, kind) =>
      kind === 'bias'
        ? map(right.dataGradient(step, layer, kind), (g) => g / step.N)
        : right.dataGradient(step, layer, kind),
  };
  const { first } = checkRecording(recordingOf(exercise, rules));
  expect(first!.explanations.map(({ title }) => title)).toEqual([
    'delta is averaged over the rows, not summed, in the gradient of the bias of every layer',
  ]);
});

test('variants of one idea are one, more than four are counted', () => {
  const explanation = (id: string, title: string) => ({ ids: [id], title });
  const variants = ['relu', 'relu6', 'gelu', 'elu', 'selu'].map((name) =>
    explanation(`activation-${name}`, `every layer has the activation ${name} instead of tanh`),
  );
  expect(shownOf(variants)).toMatchObject({
    shown: [{ title: 'every layer has the activation relu, relu6, gelu or another one instead of tanh' }],
    more: 0,
  });
  const plain = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => explanation(id, `it is ${id}`));
  expect(shownOf(plain)).toMatchObject({ shown: plain.slice(0, 4), more: 2 });
  expect(shownOf([...variants, ...plain.slice(0, 1)])).toEqual({ shown: [plain[0]], more: 5 });
});
