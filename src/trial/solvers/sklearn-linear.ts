import type { ShapeOf } from '../../parsing/shape.ts';
import type { SklearnVersions } from '../../references/sklearn.ts';
import { linearFit } from '../fit.ts';
import { checkSquares, closedForm } from './closed-form.ts';
import { type CoordinateDescentConfig, coordinateDescent, countNonzero } from './coordinate-descent.ts';
import { secondsPer } from './seconds.ts';
import { ofSklearn, sklearnSchema, versionsOf } from './sklearn.ts';
import type { ModelSize, Solver } from './solver.ts';

/** scikit-learn's Ridge, or LinearRegression for lambda 0: the minimum that the closed form finds. */
export interface SklearnRidgeConfig extends SklearnVersions {
  readonly solver: 'sklearn-ridge';
  readonly lambda: number;
}

/** scikit-learn's Lasso or ElasticNet: the minimum that coordinate descent finds. */
export interface SklearnLassoConfig extends SklearnVersions, Omit<CoordinateDescentConfig, 'solver'> {
  readonly solver: 'sklearn-lasso';
}

const seconds = (_model: object, { trainRows, inputs }: ModelSize) =>
  secondsPer.python + secondsPer.decomposition * trainRows * inputs * Math.min(trainRows, inputs);

const memory = (_model: object, { inputs }: ModelSize) => 4 * inputs;

export const sklearnRidge = {
  ...ofSklearn,
  title: "scikit-learn's Ridge",
  reference: 'sklearn-ridge',
  comparedWith: 'closed-form',
  reads: closedForm.reads.filter((name) => name !== 'solver'),
  sparse: false,
  fits: closedForm.fits,
  defaults: closedForm.defaults,
  config: ({ lambda }, { versions }) => ({
    solver: 'sklearn-ridge',
    ...(versions as SklearnVersions),
    lambda: lambda as number,
  }),
  check: (settings) => checkSquares(settings, "scikit-learn's Ridge minimises a sum of squares", ['l1']),
  schema: ((z) => ({ ...sklearnSchema(z), lambda: z.number().min(0) })) as ShapeOf,
  loss: () => 'mse',
  seconds,
  memory,
  async fit(data, model) {
    const { fitCoefficients } = await import('../../references/sklearn.ts');
    // Ridge penalises the sum of squares.
    const alpha = model.lambda * data.train.rows;
    const [method, parameters] =
      alpha === 0 ? (['LinearRegression', {}] as const) : (['Ridge', { alpha, solver: 'svd' }] as const);
    const { coefficients } = await fitCoefficients(data.train, method, parameters, versionsOf(model));
    return linearFit(data, coefficients);
  },
} satisfies Solver<SklearnRidgeConfig>;

export const sklearnLasso = {
  ...ofSklearn,
  title: "scikit-learn's Lasso and ElasticNet",
  reference: 'sklearn-lasso',
  comparedWith: 'coordinate-descent',
  reads: coordinateDescent.reads.filter((name) => name !== 'solver'),
  sparse: false,
  fits: coordinateDescent.fits,
  defaults: coordinateDescent.defaults,
  config: (settings, context) => ({
    ...coordinateDescent.config(settings),
    solver: 'sklearn-lasso',
    ...(context.versions as SklearnVersions),
  }),
  check: (settings) => checkSquares(settings, "scikit-learn's Lasso minimises a penalised sum of squares"),
  schema: ((z) => ({ ...coordinateDescent.schema(z), ...sklearnSchema(z) })) as ShapeOf,
  loss: () => 'mse',
  seconds,
  memory,
  async fit(data, model) {
    const { fitCoefficients } = await import('../../references/sklearn.ts');
    const { lambda, l1, kktTolerance, maxSweeps } = model;
    // Half of our objective: |y - X beta|^2 / 2N + alpha (l1_ratio |beta|_1 + (1 - l1_ratio) |beta|^2 / 2).
    const alpha = lambda + l1 / 2;
    const stop = { tol: kktTolerance, max_iter: maxSweeps };
    const [method, parameters] =
      lambda === 0
        ? (['Lasso', { alpha, ...stop }] as const)
        : (['ElasticNet', { alpha, l1_ratio: l1 / 2 / alpha, ...stop }] as const);
    const fitted = await fitCoefficients(data.train, method, parameters, versionsOf(model));
    const fit = linearFit(data, fitted.coefficients);
    if (fit.diverged) return fit;
    const { converged, iterations, coefficients } = fitted;
    const ending = { converged: Number(converged), iterations, nonzero: countNonzero(coefficients) };
    return { ...fit, metrics: { ...fit.metrics, ...ending } };
  },
} satisfies Solver<SklearnLassoConfig>;
