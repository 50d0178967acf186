import { UserError } from '../errors.ts';
import { type FormulaKind, variablesIn } from '../math/expression.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import type { DatasetEntry } from './dataset.ts';
import { domainOption, domainText, type Interval, intervalsOf } from './domain.ts';
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

export interface FunctionConfig {
  readonly dataset: 'function';
  readonly samples: number;
  /** The name of a function, or an expression in x, or in x and y. */
  readonly formula: string;
  /** One interval for each input. */
  readonly domain: readonly Interval[];
  /** The standard deviation of the noise. */
  readonly noise: number;
  /** The points along each input. Absent: random points. */
  readonly grid?: readonly number[];
}

interface NamedFunction {
  readonly title: string;
  /** Where it is usually sampled. */
  readonly domain: readonly Interval[];
  readonly f: (x: number, y: number) => number;
}

/** The functions that have a name. */
const functions = {
  /** f(x) = 1 / (1 + 25 x^2) */
  runge: { title: 'Runge function', domain: [[-1, 1]], f: (x) => 1 / (1 + 25 * x * x) },
  /** f(x, y) = 1 / ((10x - 5)^2 + (10y - 5)^2 + 1), which is 1 / (1 + 25 u^2 + 25 v^2) with u = 2x - 1 and v = 2y - 1 */
  'runge-2d': {
    title: 'two-dimensional Runge function',
    domain: [
      [0, 1],
      [0, 1],
    ],
    f: (x, y) => 1 / ((10 * x - 5) * (10 * x - 5) + (10 * y - 5) * (10 * y - 5) + 1),
  },
} as const satisfies Record<string, NamedFunction>;

const named: Readonly<Record<string, NamedFunction>> = functions;
const isNamed = (formula: string): boolean => Object.hasOwn(named, formula);

const kind: FormulaKind = {
  variables: inputNames,
  names: Object.keys(functions),
  example: 'exp(-x^2)+0.1*y',
};

/** The function of a config. Errors: an expression that cannot be read; it refuses points where it is not finite. */
function functionOf({ formula, domain }: FunctionConfig): Promise<NamedFunction['f']> | NamedFunction['f'] {
  return isNamed(formula) ? named[formula].f : finiteFunction(formula, domain, kind, ', or {domain}');
}

/**
 * The intervals of a formula's inputs: those that were given, else where the function is usual. There are as many as the
 * formula has variables, or more if more are given. Errors: UserError for a function with fewer inputs.
 */
async function domainOf(formula: string, setting: string): Promise<readonly Interval[]> {
  if (isNamed(formula)) {
    const { domain, title } = named[formula];
    const intervals = intervalsOf(setting, domain.length) ?? domain;
    if (intervals.length === domain.length) return intervals;
    throw new UserError({
      what: `{domain} has two intervals, the ${title} one input`,
      expected: 'one interval',
      received: setting,
      remedy: 'use {formula} runge-2d, or give one interval',
    });
  }
  const used = await variablesIn(formula, inputNames, '{formula}', kind);
  const inputs = used.includes('y') ? 2 : 1;
  return intervalsOf(setting, inputs) ?? Array.from({ length: inputs }, () => [0, 1] as const);
}

const load = async (config: FunctionConfig, seed: number) =>
  generate(
    {
      ...config,
      name: dataName(config),
      deviation: config.noise,
      f: await functionOf(config),
    },
    seed,
  );

function dataName({ formula }: Pick<FunctionConfig, 'formula'>): string {
  return isNamed(formula) ? formula : 'function';
}

/** "Runge function", "f(x) = exp(-x^2) on [-1, 1]". */
function titleOf({ formula, domain }: FunctionConfig): string {
  const on = ` on ${domainText(domain)}`;
  if (!isNamed(formula)) return `f(${inputNames.slice(0, domain.length).join(', ')}) = ${formula}${on}`;
  const { title, domain: usual } = named[formula];
  return domainText(domain) === domainText(usual) ? title : `${title}${on}`;
}

const source =
  'C. Runge, Über empirische Funktionen und die Interpolation zwischen äquidistanten Ordinaten, Zeitschrift für ' +
  'Mathematik und Physik 46, 224 (1901); in two dimensions: Project 2 of FYS-STK4155, University of Oslo (2025)';

/** Rows computed from the Runge function or from an expression of the user's. */
export const functionData = {
  title: 'Runge function',
  description:
    'the Runge function of x, or of x and y, or an expression of your own, with noise (regression)',
  source,
  ...generatedEntry,
  options: {
    formula: {
      ...generatedOptions.formula,
      description: 'function to learn: runge, runge-2d, or an expression in x, or in x and y',
      default: 'runge',
      inTitle: true,
    },
    domain: { ...domainOption, default: 'auto', inTitle: true },
    noise: { ...generatedOptions.noise, description: 'standard deviation of the noise', default: 0 },
    grid: { ...generatedOptions.grid, default: 'none' },
  },
  defaults: {},
  schema: ((z) => ({
    samples: z.int().min(4),
    formula: z.string(),
    domain: z
      .array(z.tuple([z.number(), z.number()]))
      .min(1)
      .max(2),
    noise: z.number().min(0),
    grid: z.array(z.int().min(2)).min(1).max(2).optional(),
  })) as ShapeOf,
  dataName,
  describe(config) {
    const own = isNamed(config.formula)
      ? { source, license: generatedEntry.license }
      : { source: null, license: null };
    return { title: titleOf(config), ...own, isReports: false, isDigits: false };
  },
  columns: ({ domain }) => domain.length,
  // A user's own expression is checked at the points of each seed.
  resolvesPerSeed: ({ formula }) => !isNamed(String(formula)),
  async resolve({ samples, formula, domain: asked, noise, grid: counts, seed }) {
    const domain = await domainOf(String(formula), String(asked ?? 'auto'));
    const grid = gridOf(counts, domain.length);
    const config: FunctionConfig = {
      dataset: 'function',
      samples: rowsOf(samples, grid),
      formula: String(formula),
      domain,
      noise: noise as number,
      ...(grid === undefined ? {} : { grid }),
    };
    // Check here, before anything is trained or written.
    if (!isNamed(config.formula)) await load(config, seed as number);
    return { config, facts: generatedFacts(config) };
  },
  load,
} satisfies DatasetEntry<FunctionConfig>;
