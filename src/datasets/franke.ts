import { exp } from '../math/elementary.ts';
import type { FormulaKind } from '../math/expression.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import type { Dataset, DatasetEntry } from './dataset.ts';
import type { Interval } from './domain.ts';
import {
  finiteFunction,
  generate,
  generatedEntry,
  generatedFacts,
  generatedOptions,
  inputNames,
  rowsOf,
} from './generated.ts';
import { gridOf } from './grid.ts';

export interface FrankeConfig {
  readonly dataset: 'franke';
  readonly samples: number;
  /** The strength of the noise: 1 is a standard deviation of 0.2. */
  readonly noise: number;
  /** An expression in x and y; null for Franke's function. */
  readonly target: string | null;
  /** The points along x and along y. Absent: random points. */
  readonly grid?: readonly number[];
}

const noiseDeviation = 0.2;
const unitSquare: readonly Interval[] = [
  [0, 1],
  [0, 1],
];

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
 * Generates points, uniform in [0, 1]^2 or on a grid, with targets f(x, y) + 0.2 * noise * N(0, 1).
 *
 * Errors: a target that is not a formula, or not finite at a point.
 */
export async function generateFranke(config: FrankeConfig, seed: number): Promise<Dataset> {
  const { target, noise } = config;
  const f = target === null ? frankeFunction : await finiteFunction(target, unitSquare, surfaceFormula);
  const deviation = noiseDeviation * noise;
  return generate({ ...config, name: 'franke', domain: unitSquare, deviation, f }, seed);
}

const surfaceFormula: FormulaKind = { variables: inputNames, names: ['franke'], example: 'sin(5*x)*y' };

const title = 'Franke function';
const source = 'R. Franke, Naval Postgraduate School, Technical Report NPS-53-79-003 (1979)';

export const franke = {
  title,
  description: "Franke's function of x and y with noise: points drawn from the seed (regression)",
  source,
  ...generatedEntry,
  options: {
    noise: {
      ...generatedOptions.noise,
      description: 'standard deviation of the noise, in units of 0.2',
      default: 1,
    },
    formula: {
      ...generatedOptions.formula,
      description: 'surface to learn: franke, or an expression in x and y',
      default: 'franke',
      inTitle: true,
    },
    grid: { ...generatedOptions.grid, default: 'none' },
  },
  defaults: { target: null },
  schema: ((z) => ({
    samples: z.int().min(4),
    noise: z.number().min(0),
    target: z.string().nullable(),
    grid: z.array(z.int().min(2)).length(2).optional(),
  })) as ShapeOf,
  dataName: () => 'franke',
  describe({ target }) {
    if (target !== null) {
      return { title: `f(x, y) = ${target}`, source: null, license: null, isReports: false, isDigits: false };
    }
    return { title, source, license: generatedEntry.license, isReports: true, isDigits: false };
  },
  columns: () => 2,
  // A user's own surface is checked at the points of each seed.
  resolvesPerSeed: ({ formula }) => formula !== 'franke',
  async resolve({ samples, noise, formula, grid: counts, seed }) {
    const grid = gridOf(counts, unitSquare.length);
    const config: FrankeConfig = {
      dataset: 'franke',
      samples: rowsOf(samples, grid),
      noise: noise as number,
      target: formula === 'franke' ? null : (formula as string),
      ...(grid === undefined ? {} : { grid }),
    };
    // Check here, before anything is trained or written.
    if (config.target !== null) await generateFranke(config, seed as number);
    return { config, facts: generatedFacts({ ...config, domain: unitSquare }) };
  },
  load: generateFranke,
} satisfies DatasetEntry<FrankeConfig>;
