import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { readPositioned } from './positioned.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-positioned-'));
});
afterAll(() => rm(folder, { recursive: true }));

const limits = { largest: 10_000, largestPlaced: 5000 };

async function read(name: string, content: string | Uint8Array) {
  await writeFile(join(folder, name), content);
  return await readPositioned(join(folder, name), limits);
}

async function refusal(name: string, content: string | Uint8Array): Promise<string> {
  const error = await read(name, content).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message.replaceAll(folder, '');
}

test.each([
  ['a.yaml', 'a: 1\nb:\n  - c: 0.10\n    d: &x [1, 2]\n  - *x\n'],
  ['a.json', '{ "a": 1,\n"b": [\n {"c": 0.10,\n    "d": [1, 2] }, [1, 2]]}'],
])('the parts of %s have places', async (name, text) => {
  const { value, place } = await read(name, text);
  expect(value).toEqual({ a: 1, b: [{ c: 0.1, d: [1, 2] }, [1, 2]] });
  const at = (...keys: (string | number)[]) => place(keys).split('/').at(-1);
  expect(at('a')).toBe(`${name}:1:${name === 'a.yaml' ? 4 : 8}`);
  expect(at('b', 0, 'c')).toMatch(`${name}:3:`);
  expect(at('b', 0, 'd', 1)).toMatch(`${name}:4:`);
  expect(at('b', 0, 'missing', 'deeper')).toMatch(`${name}:3:`);
});

test('a second document and a tag are refused with what to do about them', async () => {
  const second = await refusal('two.yaml', 'a: 1\n---\nb: 2\n');
  expect(second).toMatch(/two.yaml:2:1: a second document begins[\s\S]*a file of its own/);
  const tagged = await refusal('tag.yaml', 'a: !foo 1\n');
  expect(tagged).toMatch(/tag.yaml:1:4: Unresolved tag: !foo[\s\S]*leave out the tag/);
});

test('an entry may repeat another one with some of it changed', async () => {
  const { value, place } = await read('merge.yaml', '- &a { b: 1, c: 2 }\n- { <<: *a, c: 3 }\n');
  expect(value).toEqual([
    { b: 1, c: 2 },
    { b: 1, c: 3 },
  ]);
  expect(place([1, 'c'])).toMatch(/:2:/);
});

test('a byte-order mark is no part of the text', async () => {
  for (const name of ['marked.yaml', 'marked.json']) {
    expect((await read(name, '\ufeff{"a": 1}')).value).toEqual({ a: 1 });
  }
});

test('a JSON file that is larger than what places are kept of is still read', async () => {
  const { value, place } = await read('large.json', `{"a": "${'x'.repeat(6000)}"}`);
  expect((value as { a: string }).a).toHaveLength(6000);
  expect(place(['a'])).toBe(join(folder, 'large.json'));
});

describe('refused with a place', () => {
  const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h']
    .map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`)
    .join('\n')}`;
  test.each<[string, string, string | Uint8Array, RegExp]>([
    ['an empty file', 'a.yaml', ' \n', /a\.yaml is empty[\s\S]*give a file/],
    ['truncated JSON', 'a.json', '{"a":\n [1, ', /a\.json:2:\d: the file ends too early/],
    ['a word in JSON', 'a.json', '{"a":\n x}', /a\.json:2:2: Unexpected token/],
    ['comments in JSON', 'a.json', '{"a": 1} # no', /a\.json.*\n.*JSON\n.*\.yaml/],
    [
      'a key twice in JSON',
      'a.json',
      '{"a": 1,\n"a": 2}',
      /a\.json:2:1: a key is there twice[\s\S]*remove or rename/,
    ],
    [
      'a key twice in YAML',
      'a.yaml',
      'a: 1\na: 2',
      /a\.yaml:2:1: Map keys must be unique[\s\S]*remove or rename/,
    ],
    ['truncated YAML', 'a.yml', 'a: [1,\n', /a\.yml:\d/],
    ['tabs', 'a.yaml', 'a:\n\tb: 1\n', /a\.yaml:2:.*\n.*\n.*spaces, not with tabs/],
    ['two documents', 'a.yaml', 'a: 1\n---\nb: 2\n', /a\.yaml:2:/],
    ['an unknown tag', 'a.yaml', 'a: !!js/function x\n', /a\.yaml:1:4: Unresolved tag/],
    ['aliases that expand to 9^8', 'a.yaml', bomb, /alias[\s\S]*write out what/],
    [
      'bytes that are no UTF-8',
      'a.yaml',
      Uint8Array.of(97, 10, 0xff, 0xfe),
      /a\.yaml:2: bytes that are not text/,
    ],
    [
      'UTF-16',
      'a.json',
      Uint8Array.of(0xff, 0xfe, 123, 0, 125, 0),
      /is in the encoding UTF-16[\s\S]*save the file as UTF-8/,
    ],
    ['TOML', 'a.toml', 'a = 1', /ends in \.yaml or \.yml, and otherwise as JSON/],
    ['deep nesting', 'a.yaml', '['.repeat(4000), /a\.yaml/],
    ['too large a file', 'a.yaml', `a: ${'x'.repeat(6000)}`, /at most 5000 bytes/],
  ])('%s', async (_name, name, content, message) => {
    expect(await refusal(name, content)).toMatch(message);
  });
});
