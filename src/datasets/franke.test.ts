import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { type FrankeConfig, frankeFunction, generateFranke } from './franke.ts';

const plain: FrankeConfig = { dataset: 'franke', samples: 200, noise: 0, target: null };

describe('frankeFunction', () => {
  // Computed with 40 decimal digits by Python's decimal module.
  test.each([
    [0, 0, 0.7664205912849231],
    [1, 1, 0.03586959238610449],
    [0.5, 0.5, 0.3257620892806841],
    [0.25, 0.75, 0.27241325160812113],
    [0.125, 0.875, 0.28166736936514036],
    [1, 0, 0.10755755225803063],
    [0, 1, 0.27033716159113436],
  ])('f(%p, %p)', (x, y, expected) => {
    expect(Math.abs(frankeFunction(x, y) - expected)).toBeLessThan(2e-16);
  });
});

describe('generateFranke', () => {
  test('many points leave turns to others', async () => {
    let turns = 0;
    const count = (): NodeJS.Immediate =>
      setImmediate(() => {
        turns++;
        next = count();
      });
    let next = count();
    await generateFranke({ ...plain, samples: 300_000 }, 1);
    clearImmediate(next);
    expect(turns).toBeGreaterThan(2);
  });

  test('targets without noise are the function at points of the unit square', async () => {
    const { rows, columns, inputs, largest, targets, classes, task, canonicalTrainRows } =
      await generateFranke(plain, 1);
    expect({ rows, columns, largest, classes, task, canonicalTrainRows }).toEqual({
      rows: 200,
      columns: 2,
      largest: 1,
      classes: 1,
      task: 'regression',
      canonicalTrainRows: null,
    });
    expect(inputs).toHaveLength(400);
    expect(inputs.every((input) => input >= 0 && input < 1)).toBe(true);
    expect([...targets]).toEqual(
      Array.from(targets, (_, n) => frankeFunction(inputs[2 * n], inputs[2 * n + 1])),
    );
  });

  test('fewer samples are the first of more, noise included', async () => {
    const few = await generateFranke({ ...plain, noise: 1, samples: 7 }, 5);
    const many = await generateFranke({ ...plain, noise: 1, samples: 50 }, 5);
    expect([...few.inputs]).toEqual([...many.inputs.slice(0, 14)]);
    expect([...few.targets]).toEqual([...many.targets.slice(0, 7)]);
  });

  test('the same seed gives the same data, another seed others', async () => {
    const [a, b, c] = await Promise.all(
      [1, 1, 2].map((seed) => generateFranke({ ...plain, noise: 1 }, seed)),
    );
    expect(a).toEqual(b);
    expect([...a.inputs]).not.toEqual([...c.inputs]);
  });

  test('noise keeps the points and is scaled by 0.2 and by what is asked', async () => {
    const config = { ...plain, samples: 4000 };
    const none = await generateFranke(config, 3);
    const one = await generateFranke({ ...config, noise: 1 }, 3);
    const half = await generateFranke({ ...config, noise: 0.5 }, 3);
    expect(one.inputs).toEqual(none.inputs);
    const errors = Array.from(one.targets, (target, n) => target - none.targets[n]);
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    expect(Math.abs(deviation - 0.2)).toBeLessThan(0.01);
    errors.forEach((error, n) => {
      expect(half.targets[n] - none.targets[n]).toBeCloseTo(error / 2, 14);
    });
  });

  test('a target of the user is taken at the same points', async () => {
    const { inputs, targets } = await generateFranke({ ...plain, target: 'sin(5*x)*y' }, 1);
    expect(inputs).toEqual((await generateFranke(plain, 1)).inputs);
    expect([...targets]).toEqual(
      Array.from(targets, (_, n) => Math.sin(5 * inputs[2 * n]) * inputs[2 * n + 1]),
    );
  });

  test('a target that is not finite somewhere names the point', async () => {
    const error = await generateFranke({ ...plain, target: 'log(x - 0.5)' }, 1).catch((reason) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(
      /\{formula\} is not finite at x = 0\.\d+, y = 0\.\d+: its value there is NaN/,
    );
  });

  test('a target with another variable is refused', async () => {
    await expect(generateFranke({ ...plain, target: 'z' }, 1)).rejects.toThrow(
      /\{formula\} has the unknown name z/,
    );
  });
});
