import { heldOut } from '../../nn/evaluate.ts';
import { type LossName, losses } from '../../nn/losses.ts';
import { initialWeights } from '../../nn/network.ts';
import { columnsOf } from '../../nn/samples.ts';
import { integer, number, type Option } from '../../parsing/option.ts';
import type { ShapeOf } from '../../parsing/shape.ts';
import { needsOutputs, trainedFit } from '../fit.ts';
import {
  type NetworkConfig,
  networkConfig,
  networkDefaults,
  networkReads,
  networkSchema,
} from './network.ts';
import { passesSeconds } from './seconds.ts';
import { maxEpochs } from './sgd.ts';
import { layerWeights, refuseSetting, type Solver } from './solver.ts';

/** Minimises mean loss + lambda sum(w^2) over all training rows by L-BFGS. */
export interface LbfgsConfig extends NetworkConfig {
  readonly solver: 'lbfgs';
  readonly maxIterations: number;
  /** Stops when no component of the objective's gradient is larger than this share of the largest at the start. */
  readonly gradientTolerance: number;
  readonly dtype: 'float64';
}

const options = {
  maxIterations: integer('maximum number of L-BFGS iterations', 1, maxEpochs),
  gradientTolerance: number(
    'L-BFGS stops when no component of the gradient is larger than this share of the largest at the start',
    'a finite number > 0',
    (x) => x > 0,
  ),
} satisfies Record<string, Option>;

/** The iterations foreseen: the larger the penalty, the fewer. How many it takes is known at the end. */
function usualIterations({ lambda, maxIterations }: LbfgsConfig): number {
  const usual = lambda === 0 ? 150 : Math.min(300, 9 * lambda ** (-1 / 3));
  return Math.min(maxIterations, Math.round(usual));
}

export const lbfgs = {
  title: 'L-BFGS',
  reference: null,
  options,
  reads: [...networkReads, ...Object.keys(options), 'solver', 'streams', 'initSeed', 'coefficients'],
  /** It fits every experiment that has its settings. */
  fits: ({ settings }) => 'maxIterations' in settings,
  defaults: networkDefaults,
  config: (settings, context) => ({
    solver: 'lbfgs',
    ...networkConfig(settings, context),
    maxIterations: settings.maxIterations as number,
    gradientTolerance: settings.gradientTolerance as number,
    dtype: 'float64',
  }),
  check(settings) {
    const { l1, loss, dropout = '0' } = settings;
    const why = 'it needs a gradient that is continuous';
    if (l1 !== 0) refuseSetting(settings, 'l1', '0', why);
    if (dropout !== '0')
      refuseSetting(settings, 'dropout', '0', 'it trains on all rows without random draws');
    if (!losses[loss as LossName].smooth) refuseSetting(settings, 'loss', 'huber or mse', why);
  },
  schema: ((z) => ({
    ...networkSchema(z),
    l1: z.literal(0),
    maxIterations: z.int().min(1),
    gradientTolerance: z.number().positive(),
    dtype: z.literal('float64'),
  })) as ShapeOf,
  sparse: true,
  dtype: () => 'float64',
  loss: ({ loss }) => loss,
  epochs: ({ maxIterations }) => maxIterations,
  curves: true,
  weights: ({ layers }, inputs) => layerWeights(layers, inputs),
  usualEpochs: usualIterations,
  seconds: (model, size) =>
    passesSeconds(model.layers, size, { epochs: usualIterations(model), steps: 1, dtype: 'float64' }),
  /** Ten steps, their gradient changes, and a few more vectors. */
  memory: ({ layers }, { inputs }) =>
    32 * layerWeights(layers, inputs) + 2 * 128 * layers.reduce((sum, { units }) => sum + units, 0),
  async fit(data, model, { init, weights: given }, { onEpoch }) {
    const { fitLbfgs } = await import('../../nn/fit-lbfgs.ts');
    const weights = given ?? initialWeights(model.layers, columnsOf(data.train), init, model.draw);
    const keepTrainOutputs = needsOutputs(model.loss);
    const how = { ...model, weights, keepTrainOutputs, ...heldOut(data) };
    const fitted = await fitLbfgs(data.train, data.test, how, onEpoch);
    const { iterations, converged, noOptimum, gradientNorm } = fitted;
    const fit = { ...trainedFit(data, model.loss, fitted), weights: fitted.weights };
    const ending = fit.diverged
      ? { iterations: null, converged: null, gradient_norm: null, no_optimum: null }
      : {
          iterations,
          converged: Number(converged),
          gradient_norm: gradientNorm,
          no_optimum: Number(noOptimum),
        };
    return { ...fit, metrics: { ...fit.metrics, ...ending } };
  },
} satisfies Solver<LbfgsConfig>;
