import { heldOut } from '../../nn/evaluate.ts';
import type { ShapeOf } from '../../parsing/shape.ts';
import { missingInMlp } from '../../references/missing-in-mlp.ts';
import type { SklearnVersions } from '../../references/sklearn.ts';
import { trainedFit } from '../fit.ts';
import { ofLibraryTraining } from './library-training.ts';
import { secondsPer } from './seconds.ts';
import {
  type TrainingConfig,
  trainingArguments,
  trainingConfig,
  trainingMemory,
  trainingSchema,
  trainingSeconds,
} from './sgd.ts';
import { sklearnSchema, versionsOf } from './sklearn.ts';
import { refuseEarlyStopping, refuseSetting, type Solver } from './solver.ts';

/** The network of an SgdConfig, trained by scikit-learn's MLPRegressor or MLPClassifier. */
export interface SklearnMlpConfig extends TrainingConfig, SklearnVersions {
  readonly solver: 'sklearn-mlp';
}

export const sklearnMlp = {
  ...ofLibraryTraining,
  title: "scikit-learn's MLP",
  reference: 'sklearn-mlp',
  config(settings, context) {
    const training = trainingConfig(settings, context);
    const { lambda, l1, penalizeBiases } = training;
    const missing = missingInMlp({ ...training, penalty: { lambda, l1, penalizeBiases } });
    if (missing !== null) {
      const { setting, expected, why } = missing;
      // Random networks draw their activations from a pool.
      const name = setting === 'activation' && settings.activation === undefined ? 'activationPool' : setting;
      refuseSetting(settings, name, expected, why);
    }
    return { solver: 'sklearn-mlp', ...training, ...(context.versions as SklearnVersions) };
  },
  check: refuseEarlyStopping,
  schema: ((z) => ({ ...trainingSchema(z), ...sklearnSchema(z) })) as ShapeOf,
  dtype: () => 'float64',
  /** Each step takes a fixed time for its calls, and the rest several times as long as ours. */
  seconds: (model, size) => {
    const steps = model.epochs * Math.ceil(size.trainRows / model.batchSize);
    const calls = steps * (1 + model.layers.length) * 6e-5;
    return secondsPer.python + calls + 3 * trainingSeconds(model, size, 'float64');
  },
  memory: (model, size) => 3 * trainingMemory(model, size),
  drawn: ({ version: _, numpy: __, scipy: ___, ...model }) => ({ ...model, solver: 'sgd' }),
  async fit(data, model, seeds, { onEpoch }) {
    const { trainWithMlp } = await import('../../references/sklearn-network.ts');
    const training = { ...(await trainingArguments(data, model, seeds)), ...heldOut(data) };
    const full = model.batches === 'full';
    const versions = versionsOf(model);
    const trained = await trainWithMlp(
      ...([data.train, data.test, training, full, seeds.batches, versions, onEpoch] as const),
    );
    return trainedFit(data, model.loss, trained, model);
  },
} satisfies Solver<SklearnMlpConfig>;
