import { withDefaults } from '../nn/optimizers.ts';
import type { Training } from '../nn/train.ts';

/** The activations of scikit-learn's MLPRegressor and MLPClassifier, by their names there. */
export const mlpActivations = {
  linear: 'identity',
  sigmoid: 'logistic',
  tanh: 'tanh',
  relu: 'relu',
} as const;

/** A part of a training run that it does not have: a setting, what it may be, and why. */
export interface Missing {
  readonly setting: string;
  readonly expected: string;
  readonly why: string;
}

type Network = Pick<Training, 'layers' | 'loss' | 'optimizer' | 'penalty'> & {
  readonly schedule: string;
  readonly batches: string;
};

/** The first part of a training run that its MLPRegressor and MLPClassifier do not have; null if they have all of it. */
export function missingInMlp({
  layers,
  loss,
  penalty,
  optimizer,
  schedule,
  batches,
}: Network): Missing | null {
  const missing = (setting: string, expected: string, why: string): Missing => ({ setting, expected, why });
  const hidden = layers.slice(0, -1);
  const activations = new Set(hidden.map(({ activation }) => activation));
  if (hidden.length === 0)
    return missing('hidden', 'one or more layers', 'it is a network with hidden layers');
  if (activations.size > 1)
    return missing('activation', 'one for all layers', 'its hidden layers have the same activation');
  if (![...activations].every((name) => name in mlpActivations))
    return missing('activation', Object.keys(mlpActivations).join(', '), 'it does not have that activation');
  if (hidden.some(({ biasInit }) => biasInit === null))
    return missing('biasInit', 'zeros or random_normal', 'all of its layers have biases');
  if (layers.at(-1)!.biasInit === null)
    return missing('outputBiasInit', 'zeros or random_normal', 'all of its layers have biases');
  if (layers.some(({ dropout = 0 }) => dropout !== 0)) return missing('dropout', '0', 'it has no dropout');
  if (!['mse', 'cross_entropy', 'binary_cross_entropy'].includes(loss))
    return missing('loss', 'mse or a cross-entropy of classes', 'it does not have that loss');
  if (loss === 'mse' && layers.at(-1)!.activation !== 'linear')
    return missing('outputActivation', 'auto', 'the output of its regression is linear');
  if (loss === 'cross_entropy' && layers.at(-1)!.units === 2)
    return missing('loss', 'binary_cross_entropy', 'it has one output for two classes');
  if ((penalty.l1 ?? 0) !== 0) return missing('l1', '0', 'it has no L1 penalty');
  if (penalty.lambda !== 0 && penalty.penalizeBiases)
    return missing('penalize', 'kernels', 'its penalty leaves out biases');
  if (schedule !== 'constant') return missing('schedule', 'constant', 'its own schedules are others');
  if (optimizer.name !== 'sgd' && optimizer.name !== 'adam')
    return missing('optimizer', 'sgd or adam', 'it does not have that optimiser');
  if (withDefaults(optimizer).clipNorm !== 'none')
    return missing('clipNorm', 'none', 'it does not clip gradients');
  if (batches === 'with-replacement')
    return missing('batches', 'permutation or full', 'it cuts a permutation of the rows into mini-batches');
  return null;
}
