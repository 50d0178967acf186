import { resolve, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printableText, UserError } from '../errors.ts';
import { fixedSeed } from '../hostile.testing.ts';
import { checkLabel, labelOf } from './label.ts';

describe('what the user calls the data', () => {
  const here = resolve('.').split(sep).at(-1)!;

  test.each([
    ['letters', 'letters'],
    ['data/letters/', 'letters'],
    ['./letters/.', 'letters'],
    ['letters/../other', 'other'],
    ['.', here],
    [`../${here}`, here],
    ['/', '/'],
    ['a "b" <c> & d', 'a "b" <c> & d'],
    ['bokmål/æøå', 'æøå'],
    ['one\ntwo\u202ethree', 'one?two?three'],
    ['x'.repeat(255), `${'x'.repeat(59)}…`],
    ['😀'.repeat(61), `${'😀'.repeat(59)}…`],
    ['y'.repeat(60), 'y'.repeat(60)],
  ])('%j is labelled %j', (dataDir, label) => {
    expect(labelOf({ dataDir })).toBe(label);
  });

  test('is the given name rather than the name of the folder, and nothing for the bundled copy', () => {
    expect(labelOf({ dataDir: 'd1', dataName: 'My letters' })).toBe('My letters');
    expect(labelOf({ dataDir: null })).toBeNull();
  });

  test.each(['', ' ', 'two\nlines', '\u001b[31m', 'x'.repeat(61)])('%j is no name', (name) => {
    expect(() => checkLabel(name)).toThrow(UserError);
  });

  test('up to 60 characters of any script are a name', () => {
    for (const name of ['x'.repeat(60), '😀'.repeat(60), 'Kuzushiji (くずし字)'])
      expect(checkLabel(name)).toBe(name);
  });
});

test('any folder gives a label of 1 to 60 printable characters, which would do as a name', () => {
  const path = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 90 }),
  );
  fc.assert(
    fc.property(path, (dataDir) => {
      const label = labelOf({ dataDir })!;
      expect(label).toMatch(printableText);
      const { length } = [...label];
      expect(length).toBeGreaterThan(0);
      expect(length).toBeLessThanOrEqual(60);
      if (label.trim() !== '') expect(checkLabel(label)).toBe(label);
    }),
    { seed: fixedSeed },
  );
});

test.each([
  ['/data/emnist-letters-train-images-idx3-ubyte.gz', 'emnist-letters'],
  ['/data/digits/t10k-labels-idx1-ubyte', 'digits'],
  ['/data/FashionMNIST/raw/train-images.idx3-ubyte', 'FashionMNIST'],
  ['/data/FashionMNIST/raw', 'FashionMNIST'],
  ['/data/images.npz', 'images.npz'],
])('%s is called %s', (dataDir, label) => {
  expect(labelOf({ dataDir })).toBe(label);
});
