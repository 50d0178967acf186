import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from '../errors.ts';
import { parseOption } from '../experiment/options.ts';
import { fixedSeed, hostileText, valueOrRefusal } from '../hostile.testing.ts';
import { generateFranke } from './franke.ts';
import { type FunctionConfig, functionData } from './function.ts';
import { gridInputs } from './grid.ts';

const runs = { seed: fixedSeed, numRuns: 60 };
const runge: FunctionConfig = {
  dataset: 'function',
  samples: 50,
  formula: 'runge',
  domain: [[-1, 1]],
  noise: 0,
};
const load = (config: Partial<FunctionConfig>, seed = 1) =>
  functionData.load({ ...runge, ...config } as FunctionConfig, seed);
const resolve = (settings: Record<string, string | number>) =>
  functionData.resolve({ samples: 50, formula: 'runge', noise: 0, seed: 1, ...settings });

describe('the Runge function', () => {
  // Computed with 40 decimal digits by Python's decimal module, from the float64 values of x and y.
  test('in one dimension', async () => {
    const { inputs, targets } = await load({ grid: [11], samples: 11 });
    expect([...inputs].map((x) => Math.round(x * 10) / 10)).toEqual([
      -1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1,
    ]);
    expect(targets[0]).toBe(0.038461538461538464);
    expect(targets[4]).toBeCloseTo(0.5, 15);
    expect(targets[5]).toBe(1);
  });

  test('in two dimensions, on the unit square', async () => {
    const { config, facts } = await resolve({ formula: 'runge-2d', grid: '3x3' });
    expect(config).toMatchObject({
      domain: [
        [0, 1],
        [0, 1],
      ],
    });
    expect(facts).toMatchObject({ rows: 9, columns: 2, featureNames: ['x', 'y'] });
    const { targets } = await functionData.load(config, 1);
    expect([targets[0], targets[4]]).toEqual([0.0196078431372549, 1]);
    expect(targets[1]).toBe(1 / 26);
  });
});

describe('the inputs of a formula', () => {
  test.each([
    ['x^2', 'auto', [[0, 1]]],
    [
      'exp(-x^2)+0.1*y',
      '-2:2',
      [
        [-2, 2],
        [-2, 2],
      ],
    ],
    [
      'y',
      'auto',
      [
        [0, 1],
        [0, 1],
      ],
    ],
    ['3', 'auto', [[0, 1]]],
    [
      'x^2',
      '-1:1x0:2',
      [
        [-1, 1],
        [0, 2],
      ],
    ],
    ['max(x, 0.5)', '0:2', [[0, 2]]],
    ['runge', 'auto', [[-1, 1]]],
    ['runge', '-2:2', [[-2, 2]]],
  ])('%s in %s', async (formula, domain, expected) => {
    const { config, facts } = await resolve({ formula, domain });
    expect(config.domain).toEqual(expected);
    expect(facts.columns).toBe(expected.length);
  });

  test.each<[string, Record<string, string | number>, RegExp]>([
    [
      'a point where it is not finite',
      { formula: 'log(x)', domain: '-1:1' },
      /\{formula\} is not finite at x = -0/,
    ],
    [
      'a place where it is infinite',
      { formula: '1/x', grid: '3', domain: '-1:1' },
      /finite at x = 0: its value there is Inf/,
    ],
    ['an unknown name', { formula: 'sin(z)' }, /unknown name z/],
    ['the name of other data', { formula: 'frnke' }, /runge, runge-2d/],
    [
      'more intervals than a function by name has',
      { domain: '0:1x0:1' },
      /two intervals, the Runge function one input/,
    ],
    [
      'a grid of two inputs for one',
      { grid: '20x20' },
      /\{grid\} 20x20 is a grid over two inputs(.|\n)*\{grid\} 400/,
    ],
    [
      'a grid of one input for two',
      { grid: '20', formula: 'x*y' },
      /over one input(.|\n)*write \{grid\} 20x20/,
    ],
    ['all rows', { samples: 'all' }, /\{samples\} all/],
  ])('%s is refused', async (_what, settings, message) => {
    const error = await resolve(settings).catch((reason) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toMatch(message);
  });
});

test.each([
  [{}, 'Runge function', 'runge'],
  [{ domain: [[-2, 2]] as const }, 'Runge function on [-2, 2]', 'runge'],
  [{ formula: 'exp(-x^2)' }, 'f(x) = exp(-x^2) on [-1, 1]', 'function'],
  [
    {
      formula: 'x*y',
      domain: [
        [0, 1],
        [-1, 1],
      ] as const,
    },
    'f(x, y) = x*y on [0, 1] × [-1, 1]',
    'function',
  ],
])('%j is called %s', (config, title, name) => {
  const whole: FunctionConfig = { ...runge, ...config };
  expect(functionData.describe(whole)).toMatchObject({ title, isReports: false });
  expect(functionData.dataName(whole)).toBe(name);
});

describe('random points', () => {
  const interval = fc
    .tuple(fc.double({ min: -100, max: 100, noNaN: true }), fc.double({ min: 0.01, max: 50, noNaN: true }))
    .map(([low, length]) => [low, low + length] as const);
  const formulas = fc.constantFrom('runge', 'x^3-x', 'exp(-x^2)', 'sin(5*x)', 'x < 0 ? 1 : 2');

  test('lie in the domain; fewer are the first of more; noise keeps them; the same seed gives the same bits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(interval, { minLength: 1, maxLength: 2 }),
        formulas,
        fc.integer({ min: 4, max: 40 }),
        async (domain, text, samples) => {
          const formula = domain.length === 2 && text === 'runge' ? 'runge-2d' : text;
          const noisy = { domain, formula, noise: 0.5 };
          const few = await load({ ...noisy, samples });
          const many = await load({ ...noisy, samples: 60 });
          const exact = await load({ ...noisy, noise: 0, samples });
          const D = domain.length;
          few.inputs.forEach((x, i) => {
            expect(x).toBeGreaterThanOrEqual(domain[i % D][0]);
            expect(x).toBeLessThanOrEqual(domain[i % D][1]);
          });
          expect(few.inputs).toEqual(many.inputs.slice(0, samples * D));
          expect(few.targets).toEqual(many.targets.slice(0, samples));
          expect(exact.inputs).toEqual(few.inputs);
          expect(exact.targets).toEqual(few.noiseFree);
          expect(await load({ ...noisy, samples })).toEqual(few);
        },
      ),
      runs,
    );
  });

  test('of the unit square are those of the Franke function', async () => {
    const square = [
      [0, 1],
      [0, 1],
    ] as const;
    const own = await load({ formula: 'x*y', domain: square, noise: 0.2 }, 7);
    const franke = await generateFranke({ dataset: 'franke', samples: 50, noise: 1, target: 'x*y' }, 7);
    expect({ ...own, name: 'franke' }).toEqual(franke);
  });

  test('have noise of the standard deviation that is asked for', async () => {
    const { targets, noiseFree } = await load({ samples: 20_000, noise: 0.1 });
    const squares = (targets as Float64Array).reduce(
      (sum, target, n) => sum + (target - noiseFree![n]) ** 2,
      0,
    );
    expect(Math.sqrt(squares / 20_000)).toBeCloseTo(0.1, 2);
  });
});

describe('a grid', () => {
  // numpy.linspace and numpy.meshgrid of NumPy 1.24, printed with repr.
  test('has the points of NumPy, bit for bit', () => {
    expect([...gridInputs([[-0.3, 1.7]], [7])]).toEqual([
      -0.3, 0.033333333333333326, 0.36666666666666664, 0.7, 1.0333333333333332, 1.3666666666666665, 1.7,
    ]);
    const twenty = gridInputs([[0, 1]], [20]);
    expect([twenty[1], twenty[7], twenty[13], twenty[18]]).toEqual([
      0.05263157894736842, 0.3684210526315789, 0.6842105263157894, 0.9473684210526315,
    ]);
    const square = gridInputs(
      [
        [-0.3, 1.7],
        [0, 1],
      ],
      [3, 4],
    );
    expect([...square.slice(0, 8)]).toEqual([-0.3, 0, 0.7, 0, 1.7, 0, -0.3, 0.3333333333333333]);
    expect([...square.slice(-4)]).toEqual([0.7, 1, 1.7, 1]);
  });

  test('has both ends, rising values, and the same noise as random points', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 4, max: 200 }),
        fc.double({ min: -9, max: 9, noNaN: true }),
        async (count, low) => {
          const { inputs, targets, noiseFree, rows } = await load({
            domain: [[low, low + 3]],
            grid: [count],
            noise: 1,
          });
          expect(rows).toBe(count);
          expect([inputs[0], inputs[count - 1]]).toEqual([low + 0, low + 3]);
          expect(inputs.every((x, i) => i === 0 || x > inputs[i - 1])).toBe(true);
          const random = await load({ samples: count, noise: 1 });
          const noise = (one: typeof random) => one.targets[0] - one.noiseFree![0];
          expect(noise({ ...random, targets, noiseFree: noiseFree! })).toBeCloseTo(noise(random), 12);
        },
      ),
      runs,
    );
  });
});

describe('on the command line', () => {
  test.each<['domain' | 'grid', string, string[]]>([
    ['domain', '-1:1', ['-1:1']],
    ['domain', '[-1,1]', ['-1:1']],
    ['domain', '(-1, 1) x [0, 2]', ['-1:1x0:2']],
    ['domain', '-1..1', ['-1:1']],
    ['domain', '−1:1,0:2', ['-1:1', '0:2']],
    ['domain', '[-1,1],[0,1]', ['-1:1', '0:1']],
    ['domain', 'auto', ['auto']],
    ['domain', '-0:1e3', ['0:1000']],
    ['grid', '20x20,none', ['20x20', 'none']],
    ['grid', '20 x 30', ['20x30']],
    ['grid', '100', ['100']],
  ])('--%s %s is %j', (name, text, expected) => {
    expect(parseOption(name, text)).toEqual(expected);
  });

  test.each<['domain' | 'grid', string, RegExp]>([
    ['domain', '-1,1', /--domain -1,1 is two values(.|\n)*write --domain -1:1/],
    ['domain', '1:-1', /runs backwards(.|\n)*write --domain -1:1/],
    ['domain', '1:1', /has no length/],
    ['domain', '0:1e999', /out of range/],
    ['domain', '-1e308:1e308', /out of range/],
    ['domain', '0:1x0:1x0:1', /not an interval/],
    ['domain', '', /not an interval/],
    ['grid', '1x5', /not a grid/],
    ['grid', '0', /not a grid/],
    ['grid', '20.5', /not a grid/],
    ['grid', '3', /out of range/],
    ['grid', '9999x9999', /out of range/],
  ])('--%s %j is refused', (name, text, message) => {
    expect(() => parseOption(name, text)).toThrow(message);
  });

  test('any text is read to a value that is read to itself, or refused', async () => {
    for (const name of ['domain', 'grid'] as const) {
      const text = fc.oneof(
        hostileText,
        fc.stringMatching(/^[[(]?-?[0-9.e]{1,4}[:,]-?[0-9.e]{1,4}[\])]?(x[0-9:.-]{1,8})?$/),
      );
      await fc.assert(
        fc.asyncProperty(text, async (written) => {
          const outcome = await valueOrRefusal(() => parseOption(name, written));
          if (!('value' in outcome)) return;
          for (const value of outcome.value.slice(0, 3))
            expect(parseOption(name, String(value))).toEqual([value]);
        }),
        { ...runs, numRuns: 200 },
      );
    }
  });
});
