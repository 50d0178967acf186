import { setImmediate } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { compileExpression, type FormulaKind } from '../math/expression.ts';
import { createRng } from '../math/rng.ts';
import { formula, number } from '../parsing/option.ts';
import type { DataFacts, Dataset } from './dataset.ts';
import { domainText, type Interval } from './domain.ts';
import { gridInputs, gridOption, pointsOf } from './grid.ts';

/** What the inputs of a function are called. */
export const inputNames: readonly string[] = ['x', 'y'];

/** Rows that are computed from a function of one or two inputs. */
export interface Generated {
  readonly name: string;
  readonly samples: number;
  /** One interval for each input. */
  readonly domain: readonly Interval[];
  /** The points along each input; undefined for random points. */
  readonly grid?: readonly number[] | undefined;
  /** The standard deviation of the noise. */
  readonly deviation: number;
  /** The targets without noise; y is 0 where there is one input. */
  readonly f: (x: number, y: number) => number;
}

/**
 * Generates points, uniform in the domain or on a grid, with targets f(x, y) + deviation * N(0, 1).
 *
 * Points and noise have their own random streams ('data' 0 and 1). So a smaller sample is the start of a larger one,
 * and changing the noise keeps the points.
 */
export async function generate(
  { name, samples, domain, grid, deviation, f }: Generated,
  seed: number,
): Promise<Dataset> {
  const rows = grid === undefined ? samples : pointsOf(grid);
  const columns = domain.length;
  const inputs = grid === undefined ? randomInputs(domain, rows, seed) : gridInputs(domain, grid);
  const noise = createRng(seed, 'data', 1);
  const targets = new Float64Array(rows);
  const noiseFree = new Float64Array(rows);
  for (let n = 0; n < rows; n++) {
    noiseFree[n] = f(inputs[columns * n], columns === 1 ? 0 : inputs[columns * n + 1]);
    targets[n] = noiseFree[n] + deviation * noise.normal();
    // A formula of 500 characters at ten million points takes half a minute, so yield to let Ctrl-C work.
    if (n % 2 ** 16 === 2 ** 16 - 1) await setImmediate();
  }
  const dataset: Dataset = {
    name,
    task: 'regression',
    rows,
    columns,
    inputs,
    largest: largestOf(domain),
    targets,
    noiseFree,
    classes: 1,
    canonicalTrainRows: null,
    featureNames: inputNames.slice(0, domain.length),
  };
  truths.set(dataset, f);
  return dataset;
}

/** Rows are compared and sent to other threads, and functions cannot be. */
const truths = new WeakMap<Dataset, Generated['f']>();

/** The targets of generated rows without noise, at any point; undefined for other data. */
export function truthOf(dataset: Dataset): Generated['f'] | undefined {
  return truths.get(dataset);
}

/** What the entries of all generated data say. */
export const generatedEntry = {
  license: 'none needed, since the data are generated',
  tasks: ['regression'],
  taskOf: (): 'regression' => 'regression',
  fromFiles: false,
  hasPixels: false,
  mayBeSplit: false,
  keep: null,
} as const;

/** What a plan needs to know of generated rows. */
export function generatedFacts({ samples, domain }: Pick<Generated, 'samples' | 'domain'>): DataFacts {
  return {
    rows: samples,
    columns: domain.length,
    classes: 1,
    labels: 1,
    canonicalTrainRows: null,
    largest: largestOf(domain),
    sparse: false,
    featureNames: inputNames.slice(0, domain.length),
  };
}

function randomInputs(domain: readonly Interval[], rows: number, seed: number): Float64Array {
  const points = createRng(seed, 'data', 0);
  const inputs = new Float64Array(rows * domain.length);
  let to = 0;
  while (to < inputs.length)
    for (const [low, high] of domain) inputs[to++] = low + (high - low) * points.uniform();
  return inputs;
}

function largestOf(domain: readonly Interval[]): number {
  return Math.max(...domain.map(([, high]) => high));
}

/**
 * A user's expression in the first variables of its kind, one for each interval, as a function that is finite wherever it is
 * called. Errors: an expression that cannot be read; the function refuses a point where it is not finite.
 */
export async function finiteFunction(
  text: string,
  domain: readonly Interval[],
  kind: FormulaKind,
  otherRemedy = '',
): Promise<(x: number, y: number) => number> {
  const variables = kind.variables.slice(0, domain.length);
  const evaluate = await compileExpression(text, variables, '{formula}', { ...kind, variables });
  return (x, y) => {
    const value = evaluate({ x, y });
    if (Number.isFinite(value)) return value;
    const place = domain.length === 1 ? `x = ${x}` : `x = ${x}, y = ${y}`;
    throw new UserError({
      what: `{formula} is not finite at ${place}: its value there is ${value}`,
      expected: `an expression that is finite for all ${variables.join(' and ')} in ${domainText(domain)}`,
      received: text,
      remedy: `change the expression${otherRemedy}, for example guard a division or a logarithm: log(x + 1)`,
    });
  };
}

/** The number of rows: that of the grid, else the one that was asked for. Errors: UserError for all. */
export function rowsOf(samples: unknown, grid: readonly number[] | undefined): number {
  if (grid !== undefined) return pointsOf(grid);
  if (samples !== 'all') return samples as number;
  throw new UserError({
    what: '{samples} all cannot be used with generated data',
    expected: 'a whole number >= 4',
    received: 'all',
    remedy: 'give a number, such as {samples} 1000',
  });
}

/** The names of functions and the variables that `--formula` takes, whatever the data. */
const anyFormula = { variables: inputNames, names: ['franke', 'runge', 'runge-2d'], example: 'sin(5*x)*y' };

/** The options that generated data share. Each dataset has defaults and a description of its own. */
export const generatedOptions = {
  formula: formula(
    'expression',
    'function to learn: franke, runge, runge-2d, or an expression in x, or in x and y',
    anyFormula,
  ),
  noise: number(
    'standard deviation of the noise; for the Franke function in units of 0.2',
    'a number >= 0',
    (x) => x >= 0,
  ),
  grid: gridOption,
};
