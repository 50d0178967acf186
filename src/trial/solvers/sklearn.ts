import type * as Zod from 'zod';
import { fittedRows } from '../../datasets/split.ts';
import { divergenceTest } from '../../nn/divergence.ts';
import { losses } from '../../nn/losses.ts';
import type { ShapeOf } from '../../parsing/shape.ts';
import type { SklearnVersions } from '../../references/sklearn.ts';
import { type Fit, linearFit } from '../fit.ts';
import type { Prepared } from '../prepare.ts';
import { secondsPer } from './seconds.ts';
import type { Solver } from './solver.ts';

/** scikit-learn's SGDRegressor, fitted by partial fits on `batchSize` training rows drawn with replacement. */
export interface SgdRegressorConfig extends SklearnVersions {
  readonly solver: 'SGDRegressor';
  /** By its own names. */
  readonly parameters: {
    readonly alpha: number;
    readonly fit_intercept: boolean;
    readonly learning_rate: 'invscaling';
    readonly eta0: number;
    readonly power_t: number;
  };
  readonly partialFits: number;
  readonly batchSize: number;
}

/** scikit-learn's LogisticRegression on all training rows. */
export interface LogisticRegressionConfig extends SklearnVersions {
  readonly solver: 'LogisticRegression';
  /** Under its own names. C is the inverse of an L2 penalty on the sum of losses. */
  readonly parameters: {
    readonly solver: 'lbfgs';
    readonly C: number;
    readonly max_iter: number;
    readonly tol: number;
  };
}

/** What all solvers of scikit-learn share, unless they say otherwise. */
export const ofSklearn = {
  options: {},
  defaults: {},
  dtype: () => 'float64' as const,
  epochs: () => 0,
  curves: false,
  usualEpochs: null,
  weights: (_model: object, inputs: number) => inputs,
} as const;

/** The two solvers below use the report's settings, independent of ours. */
const common = { ...ofSklearn, reference: 'sklearn', reads: [] } as const;

export function versionsOf({ version, numpy, scipy }: SklearnVersions): SklearnVersions {
  return { version, numpy, scipy };
}

export const sklearnSchema = (z: typeof Zod.z) => ({
  version: z.string().min(1),
  numpy: z.string().min(1),
  scipy: z.string().min(1),
});

export const sgdRegressor = {
  ...common,
  title: "scikit-learn's SGDRegressor",
  reads: ['streams', 'batchSeed', 'coefficients'],
  sparse: false,
  fits: ({ task }) => task === 'regression',
  config: (_settings, { split, versions }) => ({
    solver: 'SGDRegressor',
    ...(versions as SklearnVersions),
    parameters: { alpha: 0, fit_intercept: false, learning_rate: 'invscaling', eta0: 0.1, power_t: 0.25 },
    partialFits: 100,
    batchSize: fittedRows(split),
  }),
  schema: ((z) => ({
    ...sklearnSchema(z),
    parameters: z.strictObject({
      alpha: z.number().min(0),
      fit_intercept: z.boolean(),
      learning_rate: z.literal('invscaling'),
      eta0: z.number().positive(),
      power_t: z.number().min(0),
    }),
    partialFits: z.int().min(1),
    batchSize: z.int().min(1),
  })) as ShapeOf,
  loss: () => 'mse',
  seconds: ({ partialFits, batchSize }, { inputs }) =>
    secondsPer.python + partialFits * batchSize * inputs * secondsPer.multiplication,
  /** The row numbers of every partial fit, two to a number, and their copy for Python. */
  memory: ({ partialFits, batchSize }, { inputs }) => 4 * inputs + partialFits * batchSize,
  async fit(data, model, { batches }) {
    const { fitSgdRegressor } = await import('../../references/sklearn.ts');
    return linearFit(data, await fitSgdRegressor(data.train, model, batches, versionsOf(model)));
  },
} satisfies Solver<SgdRegressorConfig>;

export const logisticRegression = {
  ...common,
  title: "scikit-learn's LogisticRegression",
  sparse: true,
  fits: ({ task }) => task === 'classification',
  config: (_settings, { versions }) => ({
    solver: 'LogisticRegression',
    ...(versions as SklearnVersions),
    parameters: { solver: 'lbfgs', C: 1, max_iter: 100, tol: 1e-4 },
  }),
  schema: ((z) => ({
    ...sklearnSchema(z),
    parameters: z.strictObject({
      solver: z.literal('lbfgs'),
      C: z.number().positive(),
      max_iter: z.int().min(1),
      tol: z.number().positive(),
    }),
  })) as ShapeOf,
  loss: () => 'cross_entropy',
  seconds: ({ parameters }, { trainRows, inputs }) =>
    secondsPer.python + parameters.max_iter * 4 * trainRows * inputs * 10 * secondsPer.multiplication,
  memory: (_model, { inputs }) => 32 * inputs,
  fit: (data, model) => logisticFit(data, model.parameters, model),
} satisfies Solver<LogisticRegressionConfig>;

/** Fits scikit-learn's LogisticRegression with parameters under its own names. Biases are penalised if `penalizeBiases`. */
export async function logisticFit(
  data: Prepared,
  parameters: Readonly<Record<string, number | string | null>>,
  versions: SklearnVersions,
  penalizeBiases = false,
): Promise<Fit> {
  const { fitLogisticRegression } = await import('../../references/sklearn.ts');
  const { scores, testOutputs, converged, iterations } = await fitLogisticRegression(
    data,
    parameters,
    versionsOf(versions),
    penalizeBiases,
  );
  const { guess } = losses.cross_entropy;
  // It begins with all weights 0, where all classes have the same probability.
  const atZero = () => guess(data.train.targets, data.train.rows);
  const diverged = divergenceTest({ guess }, data.train, atZero)(scores);
  const metrics: Record<string, number | null> = { converged: Number(converged), iterations };
  for (const [split, { loss, second }] of Object.entries(scores)) {
    metrics[`${split}_cross_entropy`] = loss;
    metrics[`${split}_accuracy`] = second;
  }
  return {
    diverged,
    divergedAt: null,
    metrics: diverged ? {} : metrics,
    curves: {},
    predictions: null,
    probabilities: diverged ? null : testOutputs,
  };
}
