import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { encodeNpy } from './npy.ts';
import { decodeNpy, type NpyArray, placeText } from './npy-decode.ts';

interface Case {
  readonly npy: string;
  readonly shape: number[];
  readonly values: unknown[];
}

const { arrays, refused, too_large } = JSON.parse(readFileSync('data/fixtures/npy/arrays.json', 'utf8')) as {
  arrays: Record<string, Case>;
  refused: Record<string, string>;
  too_large: string;
};

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const special: Record<string, number> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };
const decoded = (base64: string) => decodeNpy(bytesOf(base64), 'the array "a" in f.npz');

function valuesOf({ length, fields }: NpyArray): unknown[] {
  const isPlain = fields.length === 1 && fields[0].name === null;
  return Array.from({ length }, (_, i) => (isPlain ? fields[0].at(i) : fields.map(({ at }) => at(i))));
}

describe('what NumPy saved is what it held', () => {
  test.each(Object.entries(arrays))('%s', (_name, { npy, shape, values }) => {
    const array = decoded(npy);
    expect(array.shape).toEqual(shape);
    const isText = array.fields[0].isText;
    expect(valuesOf(array)).toEqual(
      values.map((value) => (isText ? value : (special[String(value)] ?? value))),
    );
  });

  test('fields have their names', () => {
    const names = (name: string) => decoded(arrays[name].npy).fields.map((field) => field.name);
    expect(names('structured, version 3')).toEqual(['größe', 'farbe', 'n', 'ok']);
    expect(names('structured, aligned')).toEqual(['a', 'b']);
  });

  test('what is written is read', () => {
    const [header, body] = encodeNpy(new Float32Array([1, 2.5, -3, 0, 7, 8]), [2, 3]);
    expect(valuesOf(decodeNpy(Buffer.concat([header, body]), 'it'))).toEqual([1, 2.5, -3, 0, 7, 8]);
  });
});

describe('refused', () => {
  const message = (base64: string) => () => decoded(base64);
  test.each([
    ['objects', 'holds pickled Python objects, which are never unpickled'],
    ['complex', 'holds complex numbers'],
    ['dates', 'holds dates'],
    ['long double', 'has the type "<f16", which is not read'],
    ['nested', 'has a nested field, "a"'],
    ['nested records', 'has a nested field, "a"'],
  ])('%s', (name, words) => {
    expect(message(refused[name])).toThrow(`the array "a" in f.npz ${words}`);
  });

  test('an integer that a double cannot hold, with its place', () => {
    expect(() => valuesOf(decoded(too_large))).toThrow('has an integer beyond 2^53 at place [1, 0]');
  });

  test('a file that is cut off anywhere, and one with bytes at its end', () => {
    const whole = bytesOf(arrays['3-D'].npy);
    for (let end = 0; end < whole.length; end++) {
      expect(() => decodeNpy(whole.subarray(0, end), 'it')).toThrow(/^it is (cut off|no NumPy array)/);
    }
    expect(() => decodeNpy(Buffer.concat([whole, whole]), 'it')).toThrow(/^it is damaged: it has .* not 24/);
  });

  test.each([
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", null],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }", 'does not say descr'],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'more': 1}", 'does not say descr'],
    ["{'descr': '<f8', 'fortran_order': 0, 'shape': (2,)}", 'does not say descr'],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': 2}", 'does not say descr'],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}", 'does not say descr'],
    ["{'descr': '<U0', 'fortran_order': False, 'shape': (9007199254740991,)}", 'has the type "<U0"'],
    ["{'descr': [], 'fortran_order': False, 'shape': (2,)}", 'its descr is no type'],
    ["{'descr': [('', '|V8')], 'fortran_order': False, 'shape': (2,)}", 'has no fields'],
    ["__import__('os').system('true')", 'has a damaged header: what is at place 1 is no literal'],
    [`${'('.repeat(5000)}`, 'has a damaged header: it is nested too deeply'],
    ["{'descr': '<f8'", 'has a damaged header: "," is missing'],
    ['', 'has a damaged header: it ends too early'],
  ])('the header %s', (header, words) => {
    const start = Buffer.from('\x93NUMPY\x01\0\0\0', 'latin1');
    start.writeUInt16LE(header.length, 8);
    const file = Buffer.concat([start, Buffer.from(header), Buffer.alloc(16)]);
    const read = () => decodeNpy(file, 'it');
    if (words === null) expect(read().shape).toEqual([2]);
    else expect(read).toThrow(words);
  });

  test('a header of 4 GiB by its length', () => {
    const file = Buffer.from('\x93NUMPY\x02\0\xff\xff\xff\xff', 'latin1');
    expect(() => decodeNpy(file, 'it')).toThrow('has a header of 4294967307 bytes');
  });
});

test('places are indices', () => {
  expect([placeText(0, [3]), placeText(23, [2, 3, 4]), placeText(0, [])]).toEqual(['[0]', '[1, 2, 3]', '[]']);
});
