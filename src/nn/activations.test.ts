import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { Activation } from '../kernels/kernels.ts';
import { type Dtype, dtypes } from '../math/dtype.ts';
import { createRng } from '../math/rng.ts';
import { type ActivationName, activationNames, activations } from './activations.ts';

type Row = readonly [x: number, value: number, derivative: number];
const file = new URL('../../data/fixtures/activations/mpmath.json', import.meta.url);
const truth: Record<string, Row[]> = JSON.parse(await readFile(file, 'utf8'));
const exact: ReadonlySet<string> = new Set(['relu', 'leaky_relu', 'linear']);

const digits: Readonly<Record<Dtype, number>> = { float32: 24, float64: 53 };
/** The smallest normal numbers; what is below them may be 0. */
const smallest: Readonly<Record<Dtype, number>> = { float32: 2 ** -125, float64: 2 ** -1021 };

/** The distance between numbers of the element type near `x`. */
const ulp = (x: number, dtype: Dtype) => 2 ** (Math.floor(Math.log2(Math.abs(x))) + 1 - digits[dtype]);

/** The functions as the kernels of that type have them. */
function functionsOf(name: ActivationName, dtype: Dtype) {
  const activation: Activation = activations[name];
  const single = dtype === 'float32';
  const { value, derivative } = single ? (activation.float32 ?? activation) : activation;
  const round = single ? Math.fround : (x: number) => x;
  return {
    value: (z: number) => round(value(z)),
    derivative: (z: number) => round(derivative(activation.by === 'z' ? z : round(value(z)))),
  };
}

test('every activation has its true values, or is one operation', () => {
  expect(new Set([...Object.keys(truth), ...exact])).toEqual(new Set(activationNames));
});

describe.each(dtypes)('in %s', (dtype) => {
  test.each(Object.keys(truth) as ActivationName[])('%s is within 5 units of its last place', (name) => {
    const { value } = functionsOf(name, dtype);
    for (const [x, expected] of truth[name]) {
      if (Math.abs(expected) < smallest[dtype]) {
        expect(Math.abs(value(x))).toBeLessThanOrEqual(smallest[dtype]);
        continue;
      }
      // The argument of the exponential of gelu_tanh is a rounded cubic, and far below 0 all its error shows.
      const argument = name === 'gelu_tanh' && x < 0 ? 1.6 * (Math.abs(x) + 0.045 * Math.abs(x) ** 3) : 0;
      const error = Math.abs(value(x) - expected) / ulp(expected, dtype);
      expect([x, error < 5 + 2 * argument]).toEqual([x, true]);
    }
  });

  test.each(Object.keys(truth) as ActivationName[])(
    'the derivative of %s is within 2 units of the last place of 1',
    (name) => {
      const { derivative } = functionsOf(name, dtype);
      for (const [x, , expected] of truth[name]) {
        const error = Math.abs(derivative(x) - expected) / ulp(1, dtype);
        expect([x, error <= 2]).toEqual([x, true]);
      }
    },
  );

  test.each(activationNames)('%s is 0 or ln 2 at 0, and passes NaN on', (name) => {
    const { value, derivative } = functionsOf(name, dtype);
    const round = dtype === 'float32' ? Math.fround : (x: number) => x;
    const at0 = { sigmoid: 0.5, softplus: round(Math.LN2) }[name as string] ?? 0;
    expect(Math.abs(value(0) - at0)).toBeLessThanOrEqual(2 * ulp(1, dtype));
    expect(value(Number.NaN)).toBeNaN();
    if (activations[name].by === 'z') expect(derivative(Number.NaN)).toBeNaN();
  });
});

test('the bits of 20 000 values of each are recorded and stay, on every machine', () => {
  const bits = new DataView(new ArrayBuffer(8));
  const sums = Object.fromEntries(
    activationNames.map((name) => {
      const rng = createRng(6, 'data');
      let hash = 0;
      for (let i = 0; i < 10_000; i++) {
        const z = Math.fround(rng.normal() * [1, 5, 0.01, 20][i % 4]);
        for (const dtype of dtypes) {
          const { value, derivative } = functionsOf(name, dtype);
          for (const x of [value(z), derivative(z)]) {
            bits.setFloat64(0, x);
            hash = Math.imul(Math.imul(hash ^ bits.getUint32(0), 0x01000193) ^ bits.getUint32(4), 0x01000193);
          }
        }
      }
      return [name, hash >>> 0];
    }),
  );
  expect(sums).toEqual({
    sigmoid: 1765858859,
    relu: 2508167344,
    leaky_relu: 3727983277,
    linear: 2810713184,
    tanh: 3421061134,
    elu: 2861807973,
    gelu: 2881493225,
    gelu_tanh: 4032207750,
    silu: 3187254310,
    softplus: 2992707242,
    relu6: 3999844784,
  });
});
