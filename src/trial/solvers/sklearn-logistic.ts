import type { ShapeOf } from '../../parsing/shape.ts';
import type { SklearnVersions } from '../../references/sklearn.ts';
import { secondsPer } from './seconds.ts';
import { logisticFit, ofSklearn, sklearnSchema } from './sklearn.ts';
import { refuseSetting, type Solver } from './solver.ts';

/** scikit-learn's LogisticRegression with our penalty: the minimum that L-BFGS finds. */
export interface SklearnLogisticConfig extends SklearnVersions {
  readonly solver: 'sklearn-logistic';
  readonly lambda: number;
  readonly penalizeBiases: boolean;
  readonly maxIterations: number;
  /** Its own tolerance, for the largest component of the gradient of the sum of losses. */
  readonly gradientTolerance: number;
}

export const sklearnLogistic = {
  ...ofSklearn,
  title: "scikit-learn's LogisticRegression",
  reference: 'sklearn-logistic',
  comparedWith: 'lbfgs',
  reads: ['lambda', 'penalize', 'maxIterations', 'gradientTolerance', 'streams'],
  sparse: true,
  fits: ({ task }) => task === 'classification',
  defaults: { lambda: 0, penalizeBiases: true },
  config: ({ lambda, penalize, maxIterations, gradientTolerance }, { versions }) => ({
    solver: 'sklearn-logistic',
    ...(versions as SklearnVersions),
    lambda: lambda as number,
    penalizeBiases: penalize === 'all',
    maxIterations: maxIterations as number,
    gradientTolerance: gradientTolerance as number,
  }),
  check(settings) {
    const { l1 = 0, loss } = settings;
    if (l1 !== 0) refuseSetting(settings, 'l1', '0', 'its solver needs second derivatives');
    if (loss !== 'cross_entropy')
      refuseSetting(settings, 'loss', 'cross_entropy', 'it minimises the cross-entropy');
  },
  schema: ((z) => ({
    ...sklearnSchema(z),
    lambda: z.number().min(0),
    penalizeBiases: z.boolean(),
    maxIterations: z.int().min(1),
    gradientTolerance: z.number().positive(),
  })) as ShapeOf,
  loss: () => 'cross_entropy',
  seconds: ({ maxIterations }, { trainRows, inputs }) =>
    secondsPer.python +
    Math.min(maxIterations, 100) * 4 * trainRows * inputs * 10 * secondsPer.multiplication,
  memory: (_model, { inputs }) => 32 * inputs,
  fit(data, model) {
    const { lambda, penalizeBiases, maxIterations, gradientTolerance } = model;
    // Sum of losses + sum(w^2) / 2C. Its L-BFGS stops when the loss falls by less than 2e-9 of itself, which is too early here.
    const penalty = lambda === 0 ? { penalty: null } : { C: 1 / (2 * lambda * data.train.rows) };
    const parameters = { ...penalty, solver: 'newton-cg', max_iter: maxIterations, tol: gradientTolerance };
    return logisticFit(data, parameters, model, lambda !== 0 && penalizeBiases);
  },
} satisfies Solver<SklearnLogisticConfig>;
