import { heldOut } from '../../nn/evaluate.ts';
import type { ShapeOf } from '../../parsing/shape.ts';
import type { TorchVersions } from '../../references/torch.ts';
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
import { refuseEarlyStopping, refuseSetting, type Solver } from './solver.ts';

/** The network of an SgdConfig, trained with PyTorch in float64. */
export interface TorchConfig extends TrainingConfig, TorchVersions {
  readonly solver: 'torch';
}

export const torch = {
  ...ofLibraryTraining,
  title: 'PyTorch',
  reference: 'torch',
  config: (settings, context) => ({
    solver: 'torch',
    ...trainingConfig(settings, context),
    ...(context.versions as TorchVersions),
  }),
  check(settings) {
    if ((settings.dropout ?? '0') !== '0')
      refuseSetting(settings, 'dropout', '0', 'PyTorch draws other masks');
    refuseEarlyStopping(settings);
  },
  schema: ((z) => ({ ...trainingSchema(z), version: z.string().min(1) })) as ShapeOf,
  dtype: () => 'float64',
  /** Each step takes a fixed time for its calls, and dense inputs three times as long as ours. */
  seconds: (model, size) => {
    const steps = model.epochs * Math.floor(size.trainRows / model.batchSize);
    const calls = steps * (1 + model.layers.length) * 6e-5;
    return (
      secondsPer.python + calls + 3 * trainingSeconds(model, { ...size, sparseInputs: false }, 'float64')
    );
  },
  memory: (model, size) => 2 * trainingMemory(model, size) + 2 * size.rows * size.inputs,
  drawn: ({ version: _, ...model }) => ({ ...model, solver: 'sgd' }),
  async fit(data, model, seeds, { onEpoch }) {
    const { trainWithTorch } = await import('../../references/torch.ts');
    const training = { ...(await trainingArguments(data, model, seeds)), ...heldOut(data) };
    const full = model.batches === 'full';
    const { version } = model;
    const trained = await trainWithTorch(data.train, data.test, training, full, { version }, onEpoch);
    return trainedFit(data, model.loss, trained, model);
  },
} satisfies Solver<TorchConfig>;
