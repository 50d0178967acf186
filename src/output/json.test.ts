import { describe, expect, test } from '@jest/globals';
import { printableText } from '../errors.ts';
import { formats } from './formats.ts';
import { tableToRecords, toJson } from './json.ts';
import type { Table } from './table.ts';

const table: Table = {
  name: 'trials',
  description: '',
  columns: [
    { name: '__proto__', type: 'string', description: '' },
    { name: 'mse', type: 'number', description: '' },
  ],
  primaryKey: [],
  rows: [
    ['a', 0.1],
    ['b', null],
  ],
};

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

describe('toJson', () => {
  test('two spaces, a newline at the end, keys in their order', () => {
    expect(toJson({ b: 1, a: [true, null] })).toBe('{\n  "b": 1,\n  "a": [\n    true,\n    null\n  ]\n}\n');
  });

  test('characters that a terminal obeys are escaped, and come back', async () => {
    const text = '\u001b[2J\u007f\u009b31m\u2028\u202e\u2066é\n';
    const json = toJson({ [text]: text });
    expect(json).toContain('\\u001b[2J\\u007f\\u009b31m\\u2028\\u202e\\u2066é\\n');
    expect(JSON.parse(json)).toEqual({ [text]: text });
    const row = await textOf(formats.json.render({ ...table, rows: [[text, 1]] }));
    for (const line of row.trimEnd().split('\n')) expect(line).toMatch(printableText);
  });

  test('so are those that turn the writing or are never seen, of one code or two', () => {
    const hidden = '\u200e\u200f\u061c\u00ad\ufeff\u180e\u{e0041}';
    const json = toJson([hidden]);
    expect(json).toContain('"\\u200e\\u200f\\u061c\\u00ad\\ufeff\\u180e\\udb40\\udc41"');
    expect(JSON.parse(json)).toEqual([hidden]);
    expect(toJson(['👩‍🔬 ❤️'])).toContain('"👩‍🔬 ❤️"');
  });

  test.each([NaN, Infinity, -Infinity, undefined])('%p is refused, not written as null', (value) => {
    expect(() => toJson(value)).toThrow('cannot be written as JSON');
    if (value !== undefined) expect(() => toJson({ mse: [value] })).toThrow('cannot be written as JSON');
  });
});

describe('tableToRecords', () => {
  test('keys are the names of the columns, even __proto__', () => {
    const [first] = tableToRecords(table);
    expect(Object.keys(first ?? {})).toEqual(['__proto__', 'mse']);
    expect(Object.getPrototypeOf(first)).toBe(Object.prototype);
    expect('mse' in Object.prototype).toBe(false);
  });

  test('the format json writes what toJson writes', async () => {
    const tables = [table, { ...table, rows: [] }, { ...table, rows: [['a\nb', 1]] }];
    for (const each of tables) {
      expect(await textOf(formats.json.render(each))).toBe(toJson(tableToRecords(each)));
    }
  });

  test('the format json writes every cell and key', async () => {
    expect(await textOf(formats.json.render(table))).toBe(
      '[\n  {\n    "__proto__": "a",\n    "mse": 0.1\n  },\n  {\n    "__proto__": "b",\n    "mse": null\n  }\n]\n',
    );
  });
});

test('every format has its own extension and renders an empty table', async () => {
  const all = Object.values(formats);
  expect(new Set(all.map(({ extension }) => extension)).size).toBe(all.length);
  for (const format of all) expect(await textOf(format.render({ ...table, rows: [] }))).toMatch(/\n$/);
});
