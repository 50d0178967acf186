import { UserError } from '../../errors.ts';
import type { ShapeOf } from '../../parsing/shape.ts';
import { backends, type TfjsVersions } from '../../references/tensorflow.ts';
import { missingInTfjs } from '../../references/tfjs.ts';
import { trainedFit } from '../fit.ts';
import { ofLibraryTraining } from './library-training.ts';
import {
  type TrainingConfig,
  trainingArguments,
  trainingConfig,
  trainingMemory,
  trainingSchema,
  trainingSeconds,
} from './sgd.ts';
import { refuseEarlyStopping, type Solver } from './solver.ts';

/** The network of an SgdConfig, trained with the Layers API of TensorFlow.js, which supports only float32. */
export interface TfjsConfig extends TrainingConfig, TfjsVersions {
  readonly solver: 'tfjs';
}

export const tfjs = {
  ...ofLibraryTraining,
  title: 'TensorFlow.js',
  reference: 'tfjs',
  config(settings, context) {
    const training = trainingConfig(settings, context);
    const missing = missingInTfjs(training);
    if (missing !== null) {
      throw new UserError({
        what: `TensorFlow.js does not support ${missing}`,
        expected: 'settings that its Layers API supports',
        remedy: 'leave out {reference}, or choose another one',
      });
    }
    return { solver: 'tfjs', ...training, ...(context.versions as TfjsVersions) };
  },
  check: refuseEarlyStopping,
  schema: ((z) => ({
    ...trainingSchema(z),
    version: z.string().min(1),
    backend: z.enum(backends),
  })) as ShapeOf,
  dtype: () => 'float32',
  /** It takes about 20 times as long as this program. */
  seconds: (model, size) => 20 * trainingSeconds(model, size, 'float32'),
  memory: trainingMemory,
  drawn: ({ version: _, backend: __, ...model }) => ({ ...model, solver: 'sgd' }),
  async fit(data, model, seeds, { onEpoch }) {
    const { trainWithTfjs } = await import('../../references/tfjs.ts');
    const training = await trainingArguments(data, model, seeds);
    const trained = await trainWithTfjs(data.train, data.test, training, model, onEpoch);
    return trainedFit(data, model.loss, trained, model);
  },
} satisfies Solver<TfjsConfig>;
