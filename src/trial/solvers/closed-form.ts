import type { ShapeOf } from '../../parsing/shape.ts';
import { featuresOf, linearFit } from '../fit.ts';
import { secondsPer } from './seconds.ts';
import { refuseSetting, type Solver } from './solver.ts';

/** Minimises mean squared error + lambda sum(beta^2) exactly. Lambda 0 is minimum-norm least squares. */
export interface ClosedFormConfig {
  readonly solver: 'closed-form';
  readonly lambda: number;
}

export const closedForm = {
  title: 'closed form',
  reference: null,
  options: {},
  reads: ['lambda', 'solver', 'streams'],
  fits: ({ task }) => task === 'regression',
  defaults: { lambda: 0 },
  config: ({ lambda }) => ({ solver: 'closed-form', lambda: lambda as number }),
  check(settings) {
    const { l1 = 0, loss = 'mse', outputActivation = 'auto' } = settings;
    const why = 'only a sum of squares has a closed form of its minimum';
    if (l1 !== 0) refuseSetting(settings, 'l1', '0', why);
    if (loss !== 'mse') refuseSetting(settings, 'loss', 'mse', why);
    if (outputActivation !== 'auto' && outputActivation !== 'linear')
      refuseSetting(settings, 'outputActivation', 'auto', why);
  },
  schema: ((z) => ({ lambda: z.number().min(0) })) as ShapeOf,
  sparse: false,
  dtype: () => 'float64',
  loss: () => 'mse',
  epochs: () => 0,
  weights: (_model, inputs) => inputs,
  usualEpochs: null,
  seconds: (_model, { trainRows, inputs }) =>
    secondsPer.decomposition * trainRows * inputs * Math.min(trainRows, inputs),
  memory: (_model, { inputs }) => 4 * inputs,
  async fit(data, { lambda }) {
    const { leastSquares, ridge } = await import('../../regression/least-squares.ts');
    const targets = data.train.targets as Float64Array;
    // Mean squared error + lambda |beta|^2 and sum of squares + N lambda |beta|^2 have the same minimum.
    const beta =
      lambda === 0
        ? await leastSquares(featuresOf(data.train), targets)
        : await ridge(featuresOf(data.train), targets, lambda * data.train.rows);
    return linearFit(data, beta);
  },
} satisfies Solver<ClosedFormConfig>;
