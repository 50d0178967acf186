import { expect, test } from '@jest/globals';
import { encodeNpy } from './npy.ts';

/** A file taken apart by the format's own description. */
function parse(file: Buffer) {
  const length = file.readUInt16LE(8);
  return {
    magic: file.subarray(0, 8).toString('latin1'),
    begins: 10 + length,
    header: file.subarray(10, 10 + length).toString('latin1'),
    body: file.subarray(10 + length),
  };
}

test.each([
  [new Float64Array([1.5, -2]), [2], '<f8', '(2,)'],
  [new Float32Array(6), [2, 3], '<f4', '(2, 3)'],
  [new Int32Array([7, -7]), [1, 2], '<i4', '(1, 2)'],
  [new Uint16Array([65535]), [1], '<u2', '(1,)'],
] as const)('%p of shape %p has a header that NumPy reads', (values, shape, type, sizes) => {
  const { magic, begins, header, body } = parse(Buffer.concat(encodeNpy(values, shape)));
  expect(magic).toBe('\x93NUMPY\x01\x00');
  expect(begins % 64).toBe(0);
  expect(header).toMatch(/^\{.*\} *\n$/);
  expect(header.trim()).toBe(`{'descr': '${type}', 'fortran_order': False, 'shape': ${sizes}, }`);
  expect([...body]).toEqual([...new Uint8Array(values.buffer)]);
});

test('takes a part of an array, and one in shared memory', () => {
  const shared = new Float64Array(new SharedArrayBuffer(32));
  shared.set([1, 2, 3, 4]);
  const { body } = parse(Buffer.concat(encodeNpy(shared.subarray(1, 3), [2])));
  expect([body.readDoubleLE(0), body.readDoubleLE(8), body.length]).toEqual([2, 3, 16]);
});
