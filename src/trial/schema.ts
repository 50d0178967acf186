import { z } from 'zod';
import { datasets } from '../datasets/index.ts';
import { centerings } from '../datasets/scale.ts';
import { splitMethods } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import { dtypes } from '../math/dtype.ts';
import { activationNames } from '../nn/activations.ts';
import { batchingNames } from '../nn/batches.ts';
import { biasInits, kernelInits } from '../nn/initializers.ts';
import { losses, lossNames } from '../nn/losses.ts';
import { backends } from '../references/tensorflow.ts';
import { bases } from '../regression/polynomial.ts';
import { bootstrapMethods, numerics, type TrialConfig } from './trial.ts';

const count = z.int().min(1);
const nonNegative = z.number().min(0);

const data = z.discriminatedUnion('dataset', [
  z.strictObject({
    dataset: z.literal('franke'),
    samples: z.int().min(4),
    noise: nonNegative,
    target: z.string().nullable(),
  }),
  z.strictObject({ dataset: z.literal('mnist'), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
]);

const layer = z.strictObject({
  units: count,
  activation: z.enum([...activationNames, 'softmax']),
  kernelInit: z.enum(kernelInits),
  biasInit: z.enum(biasInits).nullable(),
});

const sgd = z.strictObject({
  solver: z.literal('sgd'),
  layers: z.array(layer).min(1),
  draw: z.int().min(0),
  loss: z.enum(lossNames),
  lambda: nonNegative,
  penalizeBiases: z.boolean(),
  learningRate: z.number().positive(),
  momentum: nonNegative.lt(1),
  schedule: z.string().min(1),
  batchSize: count,
  batches: z.enum(batchingNames),
  epochs: count,
  dtype: z.enum(dtypes),
});

const tfjs = sgd.omit({ dtype: true }).extend({
  solver: z.literal('reference'),
  reference: z.literal('tfjs'),
  method: z.literal('layers-sgd'),
  version: z.string().min(1),
  backend: z.enum(backends),
});

const sklearn = z.strictObject({
  solver: z.literal('reference'),
  reference: z.literal('sklearn'),
  version: z.string().min(1),
  numpy: z.string().min(1),
  scipy: z.string().min(1),
});
const sgdRegressor = sklearn.extend({
  method: z.literal('SGDRegressor'),
  parameters: z.strictObject({
    alpha: nonNegative,
    fit_intercept: z.boolean(),
    learning_rate: z.literal('invscaling'),
    eta0: z.number().positive(),
    power_t: nonNegative,
  }),
  partialFits: count,
  batchSize: count,
});
const logisticRegression = sklearn.extend({
  method: z.literal('LogisticRegression'),
  parameters: z.strictObject({
    solver: z.literal('lbfgs'),
    C: z.number().positive(),
    max_iter: count,
    tol: z.number().positive(),
  }),
});
const reference = z.discriminatedUnion('method', [tfjs, sgdRegressor, logisticRegression]);

const lbfgs = z.strictObject({
  ...sgd.pick({ layers: true, draw: true, loss: true, lambda: true, penalizeBiases: true }).shape,
  solver: z.literal('lbfgs'),
  maxIterations: count,
  gradientTolerance: z.number().positive(),
  dtype: z.literal('float64'),
});

const closedForm = z.strictObject({ solver: z.literal('closed-form'), lambda: nonNegative });

const trialConfig = z
  .strictObject({
    numerics: z.literal(numerics),
    seed: z.int().min(0),
    data,
    split: z.strictObject({ method: z.enum(splitMethods), trainRows: count, testRows: count }),
    features: z.strictObject({
      basis: z.enum(['none', ...bases]),
      degree: z.int().min(0).max(40).nullable(),
      center: z.enum(centerings),
      centerTargets: z.boolean(),
    }),
    model: z.discriminatedUnion('solver', [sgd, lbfgs, closedForm, reference]),
    bootstrap: z.strictObject({ resamples: z.int().min(2), method: z.enum(bootstrapMethods) }).nullable(),
  })
  .superRefine(({ model, split, features, data: { dataset } }, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: path.split('.'), message });
    if ((features.basis === 'none') !== (features.degree === null)) {
      refuse('features.degree', 'a degree goes with a polynomial basis, and null with none');
    }
    if (model.solver === 'closed-form') {
      if (datasets[dataset].task === 'classification')
        refuse('model.solver', 'a closed form needs a regression');
      return;
    }
    if (!('layers' in model)) {
      const regresses = model.method === 'SGDRegressor';
      if (regresses !== (datasets[dataset].task === 'regression'))
        refuse('model.method', regresses ? 'SGDRegressor needs a regression' : 'a classification');
      return;
    }
    const last = model.layers.length - 1;
    model.layers.forEach(({ activation }, index) => {
      if ((activation === 'softmax') !== (index === last && model.loss === 'cross_entropy')) {
        refuse(
          `model.layers.${index}.activation`,
          'softmax goes with the output of cross_entropy, and only there',
        );
      }
    });
    const { task } = datasets[dataset];
    if (losses[model.loss].task !== task) {
      refuse('model.loss', `a loss for ${task}`);
    }
    if ('batchSize' in model && model.batchSize > split.trainRows)
      refuse('model.batchSize', `at most ${split.trainRows} training rows`);
  });

/** Checks a config that comes from outside, key by key; unknown keys fail. Errors: UserError naming the key. */
export function checkTrialConfig(config: unknown): TrialConfig {
  const parsed = trialConfig.safeParse(config);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  const received = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown>)?.[key],
    config,
  );
  throw new UserError({
    what: `the trial's config is wrong at ${path.length === 0 ? 'the top' : path.join('.')}`,
    expected: message,
    received,
    remedy: 'see TrialConfig in src/experiment/trial.ts',
  });
}
