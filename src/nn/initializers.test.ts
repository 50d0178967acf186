import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import {
  biasInitializers,
  biasInits,
  kernelInitializer,
  kernelInitializers,
  kernelInits,
} from './initializers.ts';

const rng = () => createRng(1, 'init');

/** The first four moments about 0; of n = 20000 draws. */
function moments(values: Float64Array): number[] {
  return [1, 2, 3, 4].map((power) => values.reduce((sum, w) => sum + w ** power, 0) / values.length);
}

describe('kernels', () => {
  test.each(kernelInits)('%s fills [inputs][units] from the stream alone', (name) => {
    const values = kernelInitializers[name](rng(), 3, 5);
    expect(values).toHaveLength(15);
    expect(kernelInitializers[name](rng(), 3, 5)).toEqual(values);
    expect(kernelInitializers[name](createRng(2, 'init'), 3, 5)).not.toEqual(values);
    expect(new Set(values).size).toBe(15);
  });

  test('random_normal is normal with standard deviation 0.05, whatever the shape', () => {
    const values = kernelInitializers.random_normal(rng(), 100, 200);
    const [m1, m2, m3, m4] = moments(values.map((w) => w / 0.05));
    // five standard errors of each moment of N(0, 1): 1, 2, 15, 96 are the variances of z, z^2, z^3, z^4
    expect(Math.abs(m1)).toBeLessThan(5 * Math.sqrt(1 / 20000));
    expect(Math.abs(m2 - 1)).toBeLessThan(5 * Math.sqrt(2 / 20000));
    expect(Math.abs(m3)).toBeLessThan(5 * Math.sqrt(15 / 20000));
    expect(Math.abs(m4 - 3)).toBeLessThan(5 * Math.sqrt(96 / 20000));
    expect(values.subarray(0, 6)).toEqual(kernelInitializers.random_normal(rng(), 2, 3));
  });

  test.each([
    [100, 200],
    [784, 26],
    [1, 20000],
  ])('glorot_uniform of %i inputs and %i units is uniform in its limits', (inputs, units) => {
    const limit = Math.sqrt(6 / (inputs + units));
    const values = kernelInitializers.glorot_uniform(rng(), inputs, units);
    expect(Math.max(...values)).toBeLessThan(limit);
    expect(Math.max(...values)).toBeGreaterThan(0.999 * limit);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-limit);
    expect(Math.min(...values)).toBeLessThan(-0.999 * limit);
    const [m1, m2, , m4] = moments(values.map((w) => w / limit));
    expect(Math.abs(m1)).toBeLessThan(5 * Math.sqrt(1 / 3 / 20000));
    expect(Math.abs(m2 - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / 20000));
    expect(Math.abs(m4 - 1 / 5)).toBeLessThan(5 * Math.sqrt(16 / 225 / 20000));
  });
});

describe('initialisers that depend on the shape', () => {
  /** Standard deviations and whether the numbers are normal, for 40 inputs and 500 units. */
  const known = {
    random_normal: [0.05, true],
    glorot_uniform: [Math.sqrt(2 / 540), false],
    glorot_normal: [Math.sqrt(2 / 540), true],
    he_uniform: [Math.sqrt(2 / 40), false],
    he_normal: [Math.sqrt(2 / 40), true],
    lecun_normal: [Math.sqrt(1 / 40), true],
    'normal:0.3': [0.3, true],
  } as const;

  test('are all those of the table', () => {
    expect(Object.keys(known).sort()).toEqual([...kernelInits, 'normal:0.3'].sort());
  });

  test.each(Object.entries(known))(
    '%s has its variance and its fourth moment',
    (name, [deviation, isNormal]) => {
      const [m1, m2, , m4] = moments(kernelInitializer(name)!(rng(), 40, 500).map((w) => w / deviation));
      expect(Math.abs(m1)).toBeLessThan(5 * Math.sqrt(1 / 20000));
      expect(Math.abs(m2 - 1)).toBeLessThan(5 * Math.sqrt(2 / 20000));
      expect(Math.abs(m4 - (isNormal ? 3 : 1.8))).toBeLessThan(5 * Math.sqrt((isNormal ? 96 : 5.76) / 20000));
    },
  );

  test.each(['normal', 'normal:', 'normal:0', 'normal:-1', 'normal:0.10', 'normal:x', 'toString', 'he'])(
    '%s is none',
    (name) => {
      expect(kernelInitializer(name)).toBeNull();
    },
  );
});

describe('biases', () => {
  test('the names are those of the table', () => {
    expect(biasInits).toEqual(['zeros', 'random_normal']);
  });

  test('zeros', () => {
    expect(biasInitializers.zeros(rng(), 4)).toEqual(new Float64Array(4));
  });

  test('random_normal is normal with standard deviation 0.01', () => {
    const [m1, m2, , m4] = moments(biasInitializers.random_normal(rng(), 20000).map((b) => b / 0.01));
    expect(Math.abs(m1)).toBeLessThan(5 * Math.sqrt(1 / 20000));
    expect(Math.abs(m2 - 1)).toBeLessThan(5 * Math.sqrt(2 / 20000));
    expect(Math.abs(m4 - 3)).toBeLessThan(5 * Math.sqrt(96 / 20000));
  });
});
