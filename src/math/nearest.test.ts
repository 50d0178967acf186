import { expect, test } from '@jest/globals';
import { didYouMean, nearest } from './nearest.ts';

test.each([
  ['sigmod', 'sigmoid'],
  ['rleu', 'relu'],
  ['leaky', 'leaky-relu'],
  ['relo', 'relu'],
  ['RELU', 'relu'],
  ['leakyrelu', 'leaky-relu'],
  ['tanh', undefined],
  ['le', 'leaky-relu'],
  ['', undefined],
])('the nearest to %j of some names is %j', (word, choice) => {
  expect(nearest(word, ['sigmoid', 'relu', 'leaky-relu', 'linear'])).toBe(choice);
});

test.each([
  ['nope', undefined],
  ['opne', 'open'],
  ['pnoe', undefined],
  ['opeen', 'open'],
  ['json', 'ndjson'],
  ['sjon', undefined],
])('of few letters one may differ, or two may be swapped: %s means %s', (word, choice) => {
  expect(nearest(word, ['open', 'list', 'ndjson'])).toBe(choice);
});

test('of three letters one may differ, and of equally near ones the first is meant', () => {
  expect(nearest('tan', ['tot'])).toBeUndefined();
  expect(nearest('cot', ['cos', 'cat'])).toBe('cos');
});

test.each([
  [
    'glorot',
    ['glorot_uniform', 'glorot_normal', 'he_normal'],
    'did you mean glorot_uniform or glorot_normal?',
  ],
  ['he', ['glorot_normal', 'he_uniform', 'he_normal'], 'did you mean he_uniform or he_normal?'],
  ['HE_N', ['he_uniform', 'he_normal'], 'did you mean he_normal?'],
  ['he_normall', ['he_uniform', 'he_normal'], 'did you mean he_normal?'],
  ['test', ['test_mse', 'test_r2', 'test_loss', 'test_bias'], undefined],
  ['swish', ['relu', 'tanh'], undefined],
])('a beginning of up to three names means any of them: %s', (word, choices, remedy) => {
  expect(didYouMean(word, choices)).toBe(remedy);
});

test.each([
  ['x', ['e', 'pi'], undefined],
  ['l', ['linear'], undefined],
  ['xy', ['x', 'y'], undefined],
  ['ab', ['cd', 'xx'], undefined],
  ['X', ['y', 'x'], 'x'],
  ['pj', ['e', 'pi'], 'pi'],
  ['ip', ['e', 'pi'], undefined],
  ['a', ['a'], 'a'],
])('of one or two letters something must be left: %j among %j means %j', (word, choices, choice) => {
  expect(nearest(word, choices)).toBe(choice);
});
