import { expect, test } from '@jest/globals';
import { fold, foldCommand, shorten } from './fold.ts';

test('lines break between words; a word that is too long stays whole', () => {
  expect(fold('one two three', 7)).toEqual(['one two', 'three']);
  expect(fold('one two three', 7, 2)).toEqual(['one two', '  three']);
  expect(fold('unbreakable', 4)).toEqual(['unbreakable']);
  expect(fold('', 4)).toEqual(['']);
});

test('a command breaks between its words only, and each line but the last ends in a backslash', () => {
  const words = ['npx', 'fys-nn', 'ffnn', "--note 'two words'", '--quiet'];
  expect(foldCommand(words, 20, 2)).toEqual(['npx fys-nn ffnn \\', "  --note 'two words' \\", '  --quiet']);
  expect(foldCommand(words, Number.POSITIVE_INFINITY)).toEqual([words.join(' ')]);
});

test('values that are too long are letters, equal values the same', () => {
  expect(shorten(['a', 'bb'], 2)).toEqual({ texts: ['a', 'bb'], key: [] });
  expect(shorten(['aaa', 'b', 'aaa'], 2)).toEqual({ texts: ['A', 'B', 'A'], key: ['A = aaa', 'B = b'] });
  const many = Array.from({ length: 28 }, (_, k) => `value ${k}`);
  expect(shorten(many, 2, 's').texts.slice(-3)).toEqual(['sZ', 'sAA', 'sAB']);
});
