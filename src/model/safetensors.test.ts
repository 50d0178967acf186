import { describe, expect, test } from '@jest/globals';
import { valueOrRefusal } from '../hostile.testing.ts';
import { modelFacts } from './facts.ts';
import { modelArrays } from './model-arrays.ts';
import { createModel, plainParts } from './models.testing.ts';
import { encodeSafetensors, readSafetensors } from './safetensors.ts';

const model = createModel({ ...plainParts, dtype: 'float32', steps: ['subtract', 'polynomial', 'scale'] });

/** A file with this header and N zero bytes after it. */
function fileOf(header: unknown, bytes: number, length?: number): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(length ?? text.length));
  return Buffer.concat([start, text, Buffer.alloc(bytes)]);
}

test('a model comes back, with each array under its name', () => {
  const bytes = encodeSafetensors(modelArrays(model), modelFacts(model));
  const arrays = new Map(readSafetensors(bytes, 'm').map((one) => [one.name, one]));
  expect(arrays.get('layers.0.kernel')).toEqual({
    name: 'layers.0.kernel',
    shape: [8, 5],
    values: model.layers[0].kernel,
  });
  expect(arrays.get('layers.1.bias')?.values).toEqual(model.layers[1].bias);
  expect([...arrays.keys()].filter((name) => name.startsWith('p')).sort()).toEqual([
    'preprocessing.0.subtract.means',
    'preprocessing.1.polynomial.exponents',
    'preprocessing.2.scale.factors',
    'preprocessing.2.scale.offsets',
  ]);
  expect(arrays.get('preprocessing.1.polynomial.exponents')?.shape).toEqual([8, 2]);
  expect(arrays.get('target.factor')).toEqual({
    name: 'target.factor',
    shape: [],
    values: Float64Array.of(1),
  });
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE())));
  expect(header.__metadata__).toMatchObject({
    format: 'fys-nn',
    trial: model.trial,
    activations: '["tanh","linear"]',
  });
});

test('numbers start at multiples of their size, as memory maps need', () => {
  const bytes = encodeSafetensors(modelArrays(model), modelFacts(model));
  const length = Number(bytes.readBigUInt64LE());
  expect(length % 8).toBe(0);
  const { __metadata__, ...header } = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  for (const { dtype, data_offsets } of Object.values<{ dtype: string; data_offsets: number[] }>(header))
    expect(data_offsets[0] % (dtype === 'F64' ? 8 : 4)).toBe(0);
});

describe('refused', () => {
  const one = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  test.each([
    [Buffer.alloc(0), 'its header has no length'],
    [Buffer.from('{"a":1}'), 'its header has no length'],
    [fileOf({ w: one }, 8, 2 ** 40), 'its header has no length'],
    [fileOf({ w: one }, 8, 90_000_000), 'is cut off: its header alone has 90000000 bytes'],
    [fileOf('[1]', 0), 'its header is no JSON object'],
    [fileOf('{"w":', 0), 'its header is no JSON object'],
    [fileOf({ w: one }, 7), 'is cut off: "w" ends after 8 bytes of 7'],
    [fileOf({ w: one }, 9), '1 bytes at its end belong to no array'],
    [fileOf({ w: { ...one, dtype: 'I64' } }, 8), 'has the type I64 in "w"'],
    [fileOf({ w: { ...one, dtype: '__proto__' } }, 8), 'has the type __proto__ in "w"'],
    [fileOf({ w: { ...one, shape: [3] } }, 8), '"w" has 8 bytes, not 12 as its shape says'],
    [fileOf({ w: { ...one, shape: [-2] } }, 8), 'does not say dtype, shape and data_offsets'],
    [fileOf({ w: { ...one, shape: [2 ** 40, 2 ** 40] } }, 8), '"w" has 8 bytes, not'],
    [fileOf({ w: null }, 8), 'does not say dtype, shape and data_offsets'],
    [fileOf({ w: one, v: one }, 8), '"v" overlaps another array'],
    [fileOf({ w: one, v: { ...one, data_offsets: [12, 20] } }, 20), '"v" begins after a gap'],
    [fileOf({ w: { ...one, data_offsets: [8, 0] } }, 8), '"w" has -8 bytes'],
  ])('%#', (bytes, sentence) => {
    expect(() => readSafetensors(bytes, '"w.safetensors"')).toThrow(sentence);
  });

  test('wherever a file is cut off or a byte of its header is another', async () => {
    const bytes = encodeSafetensors(modelArrays(model), modelFacts(model));
    const end = 8 + Number(bytes.readBigUInt64LE());
    for (let at = 0; at < bytes.length; at += 7)
      expect(await valueOrRefusal(() => readSafetensors(bytes.subarray(0, at), 'm'))).toHaveProperty(
        'refusal',
      );
    for (let at = 0; at < end; at++) {
      const other = Buffer.from(bytes);
      other[at] ^= 1 << (at % 8);
      await valueOrRefusal(() => readSafetensors(other, 'm'));
    }
  });
});
