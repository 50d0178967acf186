import { integer, number, type Option } from '../../parsing/option.ts';
import type { ShapeOf } from '../../parsing/shape.ts';
import { featuresOf, linearFit } from '../fit.ts';
import { checkSquares, closedForm, fitRidge } from './closed-form.ts';
import { secondsPer } from './seconds.ts';
import { maxEpochs } from './sgd.ts';
import type { Solver } from './solver.ts';

/** Minimises mean squared error + lambda sum(beta^2) + l1 sum(|beta|), as far as the tolerance says. */
export interface CoordinateDescentConfig {
  readonly solver: 'coordinate-descent';
  readonly lambda: number;
  readonly l1: number;
  readonly kktTolerance: number;
  readonly maxSweeps: number;
}

const options = {
  kktTolerance: number(
    'coordinate descent stops when the gradient of no coefficient is further from optimal (KKT conditions) than this share of ' +
      'the largest that it could have: the length of its column times that of the targets',
    'a finite number > 0',
    (x) => x > 0,
  ),
  maxSweeps: integer('maximum number of sweeps of coordinate descent over all coefficients', 1, maxEpochs),
} satisfies Record<string, Option>;

export const coordinateDescent = {
  title: 'coordinate descent',
  reference: null,
  options,
  reads: [...closedForm.reads, 'l1', ...Object.keys(options)],
  /** It fits every regression that has its settings. */
  fits: ({ task, settings }) => task === 'regression' && 'kktTolerance' in settings,
  defaults: { lambda: 0, l1: 0 },
  config: ({ lambda, l1, kktTolerance, maxSweeps }) => ({
    solver: 'coordinate-descent',
    lambda: lambda as number,
    l1: l1 as number,
    kktTolerance: kktTolerance as number,
    maxSweeps: maxSweeps as number,
  }),
  check: (settings) => checkSquares(settings, 'coordinate descent minimises a penalised sum of squares'),
  schema: ((z) => ({
    lambda: z.number().min(0),
    l1: z.number().min(0),
    kktTolerance: z.number().positive(),
    maxSweeps: z.int().min(1),
  })) as ShapeOf,
  sparse: false,
  dtype: () => 'float64',
  loss: () => 'mse',
  epochs: () => 0,
  curves: false,
  weights: (_model, inputs) => inputs,
  usualEpochs: null,
  seconds: (_model, { trainRows, inputs }) =>
    secondsPer.decomposition * trainRows * inputs * Math.min(trainRows, inputs),
  /** The columns of the inputs, and the products of all with all. */
  memory: (_model, { trainRows, inputs }) => trainRows * inputs + inputs * inputs,
  async fit(data, { lambda, l1, kktTolerance, maxSweeps }) {
    const { beta, sweeps, converged } =
      l1 === 0 ? { beta: await fitRidge(data, lambda), sweeps: 0, converged: true } : await fitElasticNet();
    const fit = linearFit(data, beta);
    if (fit.diverged) return fit;
    const ending = { converged: Number(converged), iterations: sweeps, nonzero: countNonzero(beta) };
    return { ...fit, metrics: { ...fit.metrics, ...ending } };

    async function fitElasticNet() {
      const { elasticNet } = await import('../../regression/coordinate-descent.ts');
      const { rows, targets } = data.train;
      // The same minimum as that of the mean square, whose penalties are 1/N of these.
      const penalties = { l2: lambda * rows, l1: l1 * rows };
      const how = { ...penalties, tolerance: kktTolerance, maxSweeps };
      return elasticNet(featuresOf(data.train), targets as Float64Array, how);
    }
  },
} satisfies Solver<CoordinateDescentConfig>;

/** The number of coefficients that are not 0. */
export function countNonzero(beta: Float64Array): number {
  return beta.reduce((count, value) => count + Number(value !== 0), 0);
}
