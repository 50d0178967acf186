import type { Settings } from '../../parsing/option.ts';
import type { ShapeOf } from '../../parsing/shape.ts';
import { featuresOf, linearFit } from '../fit.ts';
import type { Prepared } from '../prepare.ts';
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
  reads: ['lambda', 'solver', 'streams', 'coefficients'],
  fits: ({ task }) => task === 'regression',
  defaults: { lambda: 0 },
  config: ({ lambda }) => ({ solver: 'closed-form', lambda: lambda as number }),
  check(settings) {
    const why = 'only a sum of squares has a closed form of its minimum';
    checkSquares(settings, why, ['l1']);
  },
  schema: ((z) => ({ lambda: z.number().min(0) })) as ShapeOf,
  sparse: false,
  dtype: () => 'float64',
  loss: () => 'mse',
  epochs: () => 0,
  curves: false,
  weights: (_model, inputs) => inputs,
  usualEpochs: null,
  seconds: (_model, { trainRows, inputs }) =>
    secondsPer.decomposition * trainRows * inputs * Math.min(trainRows, inputs),
  memory: (_model, { inputs }) => 4 * inputs,
  fit: async (data, { lambda }) => linearFit(data, await fitRidge(data, lambda)),
} satisfies Solver<ClosedFormConfig>;

/** The beta that minimises mean squared error + lambda |beta|^2 on the training rows. */
export async function fitRidge({ train }: Prepared, lambda: number): Promise<Float64Array> {
  const { leastSquares, ridge } = await import('../../regression/least-squares.ts');
  const targets = train.targets as Float64Array;
  // The sum of squares + N lambda |beta|^2 has the same minimum.
  return lambda === 0
    ? leastSquares(featuresOf(train), targets)
    : ridge(featuresOf(train), targets, lambda * train.rows);
}

/** Refuses settings with another objective than a sum of squares, or with some penalties, and says why. */
export function checkSquares(settings: Settings, why: string, penalties: readonly string[] = []): void {
  for (const name of penalties) if ((settings[name] ?? 0) !== 0) refuseSetting(settings, name, '0', why);
  const { loss = 'mse', outputActivation = 'auto' } = settings;
  if (loss !== 'mse') refuseSetting(settings, 'loss', 'mse', why);
  if (outputActivation !== 'auto' && outputActivation !== 'linear')
    refuseSetting(settings, 'outputActivation', 'auto', why);
}
