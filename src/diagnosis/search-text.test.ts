import { expect, test } from '@jest/globals';
import { madeExercise } from '../trace/exercises.testing.ts';
import { rightRules } from '../trace/right-rules.ts';
import { valuesOf } from '../trace/step.ts';
import { checkRecording } from './check-recording.ts';
import type { Finding } from './check-result.ts';
import { searchText } from './search-text.ts';

const exercise = madeExercise(['tanh', 'linear']);
const steps = valuesOf(exercise, {
  ...rightRules(exercise),
  z: (step, layer) => {
    const z = rightRules(exercise).z(step, layer);
    return { ...z, values: z.values.map((value) => value + 0.1 * Math.sin(100 * value)) };
  },
});
const { first } = checkRecording({ kind: 'recording', program: '', exercise, steps });
const finding = first as Finding;
const [a, b] = [{}, {}] as unknown as Finding['explanations'];

test('it is said how much was tried where no cause was found', () => {
  expect(finding.explanations).toEqual([]);
  expect(finding.tried).toBeGreaterThan(50);
  expect(searchText({ ...finding, cutShort: false }, [])).toBe(
    `${finding.tried} programs with known mistakes were tried, one at a time or several at once.`,
  );
});

test('a search that was cut short says so, whether or not it found a cause', () => {
  const cut = { ...finding, tried: 5000, cutShort: true };
  expect(searchText(cut, [])).toMatch(/cut short after 5000 programs .* may be one that was not tried/);
  expect(searchText({ ...cut, explanations: [a] }, [])).toMatch(/cut short .* other causes/);
});

test('causes that agree equally well are counted, with what would tell them apart', () => {
  const several = { ...finding, explanations: [a, b], cutShort: false };
  expect(searchText({ ...several, explanations: [a] }, ['z'])).toBeNull();
  expect(searchText(several, ['z', 'a'])).toMatch(/^2 possibilities remain: recording more \(z, a\) or an/);
  expect(searchText(several, [])).toMatch(/^2 possibilities remain: an exercise/);
});
