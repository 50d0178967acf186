import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readTensors } from './formats.ts';
import { importedWeights, type KernelOrder } from './imported-weights.ts';
import type { Tensor } from './model-arrays.ts';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../data/fixtures/weights/${name}`, import.meta.url));
const truth = JSON.parse(await readFile(fixture('values.json'), 'utf8')) as Record<string, number[][]>;
const expected = ['kernel_0', 'bias_0', 'kernel_1', 'bias_1'].map((name) => truth[name].flat());

const arrayOf = (name: string, ...shape: number[]): Tensor => ({
  name,
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => at + 1),
});
const layersOf = (tensors: Tensor[], order: KernelOrder | null = null) =>
  importedWeights(tensors, order, '"w.npz"');
const shapesOf = (tensors: Tensor[], order: KernelOrder | null = null) =>
  layersOf(tensors, order).layers.map(({ inputs, units, bias }) => [inputs, units, bias?.length ?? null]);

describe('files that NumPy, PyTorch and Keras would write', () => {
  for (const [name, order, digits] of [
    ['numpy.npz', 'in-out', 16],
    ['fortran.npz', 'in-out', 16],
    ['keras.npz', 'in-out', 6],
    ['torch.safetensors', 'out-in', 6],
    ['half.safetensors', 'out-in', 3],
    ['bf16.safetensors', 'out-in', 1],
  ] as const) {
    test(name, async () => {
      const { layers, order: found } = importedWeights(await readTensors(fixture(name)), null, name);
      expect(found).toBe(order);
      const values = layers.flatMap(({ kernel, bias }) => [[...kernel], [...bias!]]);
      expect(values.map((list) => list.length)).toEqual(expected.map((list) => list.length));
      for (const [at, value] of values.flat().entries())
        expect(value).toBeCloseTo(expected.flat()[at], digits);
    });
  }
});

describe('layers', () => {
  test('are in the order of the numbers in their names', () => {
    const names = Array.from({ length: 12 }, (_, layer) =>
      arrayOf(`fc${layer}.weight`, layer + 2, layer + 1),
    );
    expect(shapesOf(names.toReversed()).map(([inputs]) => inputs)).toEqual(names.map((_, at) => at + 1));
    expect(
      shapesOf([
        arrayOf('dense_1/kernel:0', 3, 1),
        arrayOf('dense/kernel:0', 2, 3),
        arrayOf('dense/bias:0', 3),
      ]),
    ).toEqual([
      [2, 3, 3],
      [3, 1, null],
    ]);
  });
  test('are in the order of the file where names do not tell', () => {
    const tensors = [
      arrayOf('input.weight', 4, 2),
      arrayOf('hidden.weight', 3, 4),
      arrayOf('end.weight', 1, 3),
    ];
    expect(shapesOf(tensors)).toEqual([
      [2, 4, null],
      [4, 3, null],
      [3, 1, null],
    ]);
  });
  test('take the bias that follows if no name tells', () => {
    const tensors = [
      arrayOf('arr_0', 2, 3),
      arrayOf('arr_1', 3),
      arrayOf('arr_2', 3, 1),
      arrayOf('arr_3', 1),
    ];
    expect(shapesOf(tensors)).toEqual([
      [2, 3, 3],
      [3, 1, 1],
    ]);
  });
  test('leave out what is no weight of ours', () => {
    expect(
      shapesOf([
        arrayOf('kernel_0', 2, 1),
        arrayOf('preprocessing_0_scale_offsets', 2),
        arrayOf('target_factor'),
      ]),
    ).toEqual([[2, 1, null]]);
  });
});

describe('the order of kernels', () => {
  const square = (kernel: string, bias: string) => [arrayOf(kernel, 2, 2), arrayOf(bias, 2)];
  test('follows from shapes, whatever the names', () => {
    expect(layersOf([arrayOf('kernel', 3, 2), arrayOf('bias', 3)])).toMatchObject({
      order: 'out-in',
      reason: 'from their shapes',
    });
    expect(layersOf([arrayOf('0.weight', 3, 2), arrayOf('0.bias', 2)])).toMatchObject({ order: 'in-out' });
  });
  test('follows from names for square kernels', () => {
    const pytorch = layersOf(square('0.weight', '0.bias'));
    expect(pytorch).toMatchObject({ order: 'out-in', reason: 'as PyTorch names them' });
    expect([...pytorch.layers[0].kernel]).toEqual([1, 3, 2, 4]);
    const other = layersOf(square('W1', 'b1'));
    expect(other).toMatchObject({ order: 'in-out', reason: 'as Keras and NumPy have them' });
    expect([...other.layers[0].kernel]).toEqual([1, 2, 3, 4]);
  });
  test('can be given', () => {
    expect([...layersOf(square('W1', 'b1'), 'out-in').layers[0].kernel]).toEqual([1, 3, 2, 4]);
    expect(() => layersOf([arrayOf('kernel', 3, 2), arrayOf('bias', 3)], 'in-out')).toThrow(
      'the kernel "kernel" [3][2] with {kernels} in-out has 2 units, and its bias "bias" [3]',
    );
  });
});

describe('refused, with the name of the array', () => {
  test.each([
    [[arrayOf('conv.weight', 3, 1, 5, 5)], '"conv.weight" [3][1][5][5] is neither a kernel'],
    [[arrayOf('steps')], '"steps" (one number) is neither'],
    [[arrayOf('kernel', 0, 3)], '"kernel" [0][3] is neither'],
    [[arrayOf('bias', 3)], 'there is no kernel'],
    [[], 'there is no kernel'],
    [
      [{ ...arrayOf('w1', 1, 1), values: Float64Array.of(Number.NaN) }],
      '"w1" [1][1] has a number that is not finite',
    ],
    [[arrayOf('arr_0', 3), arrayOf('arr_1', 2, 3)], 'the bias "arr_0" [3] follows no kernel'],
    [
      [arrayOf('kernel_0', 2, 3), arrayOf('kernel_1', 4, 1)],
      'the kernel "kernel_1" [4][1] with {kernels} in-out takes 4 inputs, and the layer before it has 3 units',
    ],
  ])('%#', (tensors, sentence) => {
    expect(() => layersOf(tensors)).toThrow(sentence);
  });
});
