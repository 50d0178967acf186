import { setImmediate } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { exp } from '../math/elementary.ts';
import { compileExpression, type FormulaKind } from '../math/expression.ts';
import { createRng } from '../math/rng.ts';
import { formula, number } from '../parsing/option.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import type { Dataset, DatasetEntry } from './dataset.ts';

export interface FrankeConfig {
  readonly dataset: 'franke';
  readonly samples: number;
  /** The strength of the noise: 1 is a standard deviation of 0.2. */
  readonly noise: number;
  /** An expression in x and y; null for Franke's function. */
  readonly target: string | null;
}

const noiseDeviation = 0.2;

/**
 * Franke's test surface on the unit square: two peaks, a saddle and a dip.
 *
 * f(x, y) =  3/4 exp(-(9x-2)^2/4  - (9y-2)^2/4) + 3/4 exp(-(9x+1)^2/49 - (9y+1)/10)
 *          + 1/2 exp(-(9x-7)^2/4  - (9y-3)^2/4) - 1/5 exp(-(9x-4)^2    - (9y-7)^2)
 *
 * Source: R. Franke, A critical comparison of some methods for interpolation of scattered data, Naval Postgraduate
 * School, Technical Report NPS-53-79-003 (1979).
 */
export function frankeFunction(x: number, y: number): number {
  const u = 9 * x;
  const v = 9 * y;
  return (
    0.75 * exp(-square(u - 2) / 4 - square(v - 2) / 4) +
    0.75 * exp(-square(u + 1) / 49 - (v + 1) / 10) +
    0.5 * exp(-square(u - 7) / 4 - square(v - 3) / 4) -
    0.2 * exp(-square(u - 4) - square(v - 7))
  );
}

/** x^2 as a product: every engine rounds it once, which is not guaranteed for the power operator. */
function square(x: number): number {
  return x * x;
}

/**
 * Generates points, uniform in [0, 1]^2, with targets f(x, y) + 0.2 * noise * N(0, 1).
 *
 * Points and noise have their own random streams ('data' 0 and 1). So a smaller sample is the start of a larger one,
 * and changing the noise keeps the points. Errors: a target that is not a formula, or not finite at a point.
 */
export async function generateFranke(config: FrankeConfig, seed: number): Promise<Dataset> {
  const surface = await surfaceFunction(config.target);
  const points = createRng(seed, 'data', 0);
  const noise = createRng(seed, 'data', 1);
  const rows = config.samples;
  const inputs = new Float64Array(rows * 2);
  const targets = new Float64Array(rows);
  const noiseFree = new Float64Array(rows);
  for (let n = 0; n < rows; n++) {
    const x = points.uniform();
    const y = points.uniform();
    inputs[2 * n] = x;
    inputs[2 * n + 1] = y;
    noiseFree[n] = surface(x, y);
    targets[n] = noiseFree[n] + noiseDeviation * config.noise * noise.normal();
    // A formula of 500 characters at ten million points takes half a minute, so yield to let Ctrl-C work.
    if (n % 2 ** 16 === 2 ** 16 - 1) await setImmediate();
  }
  return {
    name: 'franke',
    task: 'regression',
    rows,
    columns: 2,
    inputs,
    largest: 1,
    targets,
    noiseFree,
    classes: 1,
    canonicalTrainRows: null,
  };
}

export const surfaceFormula: FormulaKind = {
  variables: ['x', 'y'],
  names: ['franke'],
  example: 'sin(5*x)*y',
};

async function surfaceFunction(target: string | null): Promise<(x: number, y: number) => number> {
  if (target === null) return frankeFunction;
  const evaluate = await compileExpression(target, surfaceFormula.variables, '{formula}', surfaceFormula);
  return (x, y) => {
    const value = evaluate({ x, y });
    if (Number.isFinite(value)) return value;
    throw new UserError({
      what: `{formula} is not finite at x = ${x}, y = ${y}: its value there is ${value}`,
      expected: 'an expression that is finite for all x and y in [0, 1]',
      received: target,
      remedy: 'change the expression, for example guard a division or a logarithm: log(x + 1)',
    });
  };
}

const title = 'Franke function';
const source = 'R. Franke, Naval Postgraduate School, Technical Report NPS-53-79-003 (1979)';
const license = 'none needed, since the data are generated';

export const franke = {
  title,
  description: "Franke's function of x and y with noise: points drawn from the seed (regression)",
  source,
  license,
  tasks: ['regression'],
  taskOf: () => 'regression',
  fromFiles: false,
  hasPixels: false,
  mayBeSplit: false,
  options: {
    noise: {
      ...number('standard deviation of the noise, in units of 0.2', 'a number >= 0', (x) => x >= 0),
      default: 1,
    },
    formula: {
      ...formula('expression', 'surface to learn: franke, or an expression in x and y', surfaceFormula),
      default: 'franke',
      inTitle: true,
    },
  },
  defaults: { target: null },
  schema: ((z) => ({
    samples: z.int().min(4),
    noise: z.number().min(0),
    target: z.string().nullable(),
  })) as ShapeOf,
  dataName: () => 'franke',
  describe({ target }) {
    if (target !== null) {
      return { title: `f(x, y) = ${target}`, source: null, license: null, isReports: false, isDigits: false };
    }
    return { title, source, license, isReports: true, isDigits: false };
  },
  columns: () => 2,
  // A user's own surface is checked at the points of each seed.
  resolvesPerSeed: ({ formula }) => formula !== 'franke',
  async resolve({ samples, noise, formula, seed }) {
    if (samples === 'all') {
      throw new UserError({
        what: '{samples} all cannot be used with generated data',
        expected: 'a whole number >= 4',
        received: 'all',
        remedy: 'give a number, such as {samples} 1000',
      });
    }
    const config: FrankeConfig = {
      dataset: 'franke',
      samples: samples as number,
      noise: noise as number,
      target: formula === 'franke' ? null : (formula as string),
    };
    // Check here, before anything is trained or written.
    if (config.target !== null) await generateFranke(config, seed as number);
    const facts = {
      rows: config.samples,
      columns: 2,
      classes: 1,
      labels: 1,
      canonicalTrainRows: null,
      largest: 1,
      sparse: false,
    };
    return { config, facts };
  },
  load: generateFranke,
  keep: null,
} satisfies DatasetEntry<FrankeConfig>;
