import { expect, test } from '@jest/globals';
import { madeExercise, recordingOf } from '../../trace/exercises.testing.ts';
import { map, type NumberArray, scale, takeRows, transpose } from '../../trace/number-array.ts';
import { rightRules } from '../../trace/right-rules.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import { checkRecording } from '../check-recording.ts';

const exercise = madeExercise(['tanh', 'sigmoid', 'linear']);
const right = rightRules(exercise);

/** A program whose delta of layer 1 is something else. */
const withDelta = (change: (delta: NumberArray, step: Step) => NumberArray): Rules => ({
  ...right,
  hiddenDelta: (step, layer) =>
    layer === 1 ? change(right.hiddenDelta(step, layer), step) : right.hiddenDelta(step, layer),
});

const explained = (rules: Rules) => checkRecording(recordingOf(exercise, rules)).first!.explanations;

test.each<[string, string, Rules]>([
  ['a factor', 'delta of layer 1 (hidden) is what it should be times 3.7', withDelta((d) => scale(d, 3.7))],
  [
    'an expression of sizes',
    'delta of layer 1 (hidden) is what it should be times the rows of the data / N',
    withDelta((d, { N }) => scale(d, 11 / N)),
  ],
  [
    'a number that is added',
    'delta of layer 1 (hidden) is what it should be plus 0.25',
    withDelta((d) => map(d, (value) => value + 0.25)),
  ],
  [
    'columns in another order',
    'delta of layer 1 (hidden) has its columns in another order: 2, 1, 0, 3',
    withDelta((d) => transpose(takeRows(transpose(d), [2, 1, 0, 3]))),
  ],
  [
    'a row that is left out',
    'delta of layer 1 (hidden) is 0 in its last row: it is left out',
    withDelta((d) => map(d, (value, i) => (i < d.values.length - d.shape[1] ? value : 0))),
  ],
  ['zeros', 'delta of layer 1 (hidden) is 0 everywhere', withDelta((d) => map(d, () => 0))],
  [
    'another quantity',
    'delta of layer 1 (hidden) has the numbers of z of layer 1 (hidden)',
    withDelta((_, { z }) => z[1]),
  ],
  [
    'columns of x that are scaled',
    'x has each column scaled and shifted',
    { ...right, x: (step) => map(right.x(step), (value, i) => (i % 3 === 0 ? 2 * value - 1 : 0.3 * value)) },
  ],
  [
    'the change of weights',
    'the change of the kernel of layer 0 (hidden) is what it should be times 0.37',
    {
      ...right,
      update(step, parameter) {
        const { value, state } = right.update(step, parameter);
        if (parameter.layer !== 0 || parameter.kind !== 'kernel') return { value, state };
        const before = parameter.value.values;
        return { state, value: map(value, (after, i) => before[i] + 0.37 * (after - before[i])) };
      },
    },
  ],
])('%s: what is measured is said', (_, title, rules) => {
  expect(explained(rules).map((explanation) => explanation.title)).toContain(title);
});

test('one number is no evidence of a factor', () => {
  const loss: Rules['loss'] = (step) => scale(right.loss(step), 3.7);
  expect(explained({ ...right, loss })).toEqual([]);
});

test('a factor in one step only is that of nothing known', () => {
  const rules = withDelta((d, { step }) => scale(d, 3.7 + step));
  expect(explained(rules)).toEqual([]);
});
