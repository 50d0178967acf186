import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, valueOrRefusal } from '../hostile.testing.ts';
import { labelNamesText, namesInFile, namesOfClasses, parseLabelNames } from './label-names.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-names-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: string): Promise<string> {
  const path = join(folder, 'names, of classes.txt');
  await writeFile(path, content);
  return path;
}

test('names separated by commas', () => {
  expect(parseLabelNames('cat, dog ,T-shirt/top')).toEqual(['cat', 'dog', 'T-shirt/top']);
  expect(parseLabelNames('"a, b","say ""x""",c')).toEqual(['a, b', 'say "x"', 'c']);
  expect(parseLabelNames('δ,ø')).toEqual(['δ', 'ø']);
});

test('names in a file, one a line', async () => {
  const path = await file('\ufeffcat\r\nbig dog\r\n猫\r\n');
  expect(parseLabelNames(`@${path}`)).toEqual(['cat', 'big dog', '猫']);
  await writeFile(join(folder, 'plain.txt'), 'a\nb');
  expect(parseLabelNames(join(folder, 'plain.txt'))).toEqual(['a', 'b']);
});

test('a mapping of EMNIST: a name for each label from 0 upwards', async () => {
  expect(parseLabelNames(`@${await file('1 65 97\n3 67\n')}`)).toEqual(['0', 'Aa', '2', 'C']);
});

test.each([
  ['a,', /name 2 of \{labelNames\} is empty/],
  ['a,b,a', /name 3 of \{labelNames\} is the same as name 1/],
  [`a,${'x'.repeat(61)}`, /name 2 of \{labelNames\} has 61 characters/],
  ['a,\u0007', /name 2 of \{labelNames\} cannot be printed/],
  ['nowhere.txt', /cannot be read: there is no such file/],
])('%j is refused', (text, message) => {
  expect(() => parseLabelNames(text)).toThrow(message);
});

test.each([
  ['a\n\nb', /line 2 of f is empty/],
  ['0 48\n1 49 x', /line 2 of f is not a label/],
  ['0 48\n0 49', /line 2 of f has the label 0 again/],
  ['0 48\n1 1114112', /line 2 of f is not a label/],
  ['0 48\n1 7', /line 2 of f is not a label/],
  ['0 48\n99999 65', /line 2 of f is not a label/],
])('a file with %j is refused', (content, message) => {
  expect(() => namesInFile(content, 'f')).toThrow(message);
});

test('a list has a name for each label that occurs, or for each from 0 upwards', () => {
  const upTo10 = Array.from({ length: 10 }, (_, label) => label);
  expect(namesOfClasses([1, 3, 7], [0, 1, 2], ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  expect(namesOfClasses([1, 2], [0, 1], ['zero', 'one', 'two'])).toEqual(['one', 'two']);
  expect(namesOfClasses(upTo10, [0, 2], ['a', 'b'])).toEqual([
    'a',
    '1',
    'b',
    '3',
    '4',
    '5',
    '6',
    '7',
    '8',
    '9',
  ]);
  expect(namesOfClasses(upTo10, [0, 1], 'abcdefghij'.split(''))).toEqual('abcdefghij'.split(''));
  expect(namesOfClasses([1, 3], [0, 1], new Map([[3, 'c']]))).toEqual(['1', 'c']);
});

test('too few, too many, and a name that is another label', () => {
  const given =
    (...names: string[]) =>
    () =>
      namesOfClasses([1, 2, 3], [0, 1, 2], names);
  expect(given('a', 'b')).toThrow(
    /too few names\n.*3 names, one for each label that occurs, from 1 to 3; or 4, one for each label from 0 upwards\n.*2/,
  );
  expect(given('a', 'b', 'c', 'd', 'e')).toThrow(/too many names/);
  expect(() => namesOfClasses([0, 1], [0, 1], new Map([[0, '1']]))).toThrow(
    /two classes would be called "1"/,
  );
});

test('any names survive being written and parsed', async () => {
  const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).map((text) => text.trim());
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { minLength: 2, maxLength: 6 }), async (names) => {
      const outcome = await valueOrRefusal(() => parseLabelNames(labelNamesText(names)));
      if ('value' in outcome && !names[0].startsWith('@')) expect(outcome.value).toEqual(names);
    }),
    { seed: fixedSeed, numRuns: 500 },
  );
});

test('files of any text are names or refused', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.stringMatching(/^(\d{1,5} \d{1,7}\n)*[\d x]*$/)),
      async (text) => {
        await valueOrRefusal(() => namesInFile(text, 'f'));
      },
    ),
    { seed: fixedSeed, numRuns: 500 },
  );
});
