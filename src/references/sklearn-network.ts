import { createRng } from '../math/rng.ts';
import { heldOut, splitsOf } from '../nn/evaluate.ts';
import { losses } from '../nn/losses.ts';
import { withDefaults } from '../nn/optimizers.ts';
import { columnsOf, isSparse, type Samples } from '../nn/samples.ts';
import type { Trained, Training } from '../nn/train.ts';
import { followTraining, parts, samplesArrays, weightsArrays } from './followed-training.ts';
import { mlpActivations } from './missing-in-mlp.ts';
import { type SklearnVersions, sklearn } from './sklearn.ts';

/**
 * Trains the network of `training` with scikit-learn's MLPRegressor or MLPClassifier, in float64, without early stopping.
 *
 * Data and initial weights are those of `train` in nn/train.ts, and it returns the same kinds of curves and outputs. The order of the rows
 * in an epoch is its own, and its last mini-batch has the rows that are left over. Adam adds epsilon before it corrects the means,
 * not after. Its objective for a regression is half of ours. For `missingInMlp` other than null it is not defined. Errors:
 * those of scikit-learn, and versions other than the expected ones.
 */
export function trainWithMlp(
  train: Samples,
  test: Samples,
  training: Omit<Training, 'dtype'>,
  full: boolean,
  seed: number,
  expected: SklearnVersions,
  onEpoch: (epoch: number) => void = () => {},
): Promise<Omit<Trained, 'weights'>> {
  const { layers, weights, loss, epochs, evaluateEvery = 1, keepTrainOutputs = true } = training;
  const splits = splitsOf({ train, test, ...heldOut(training) });
  const hidden = layers.slice(0, -1);
  const job = {
    method: 'network',
    sparseColumns: isSparse(train.inputs) ? columnsOf(train) : null,
    parts: parts.slice(0, splits.length),
    loss,
    parameters: {
      hidden_layer_sizes: hidden.map(({ units }) => units),
      activation: mlpActivations[hidden[0].activation as keyof typeof mlpActivations],
      batch_size: training.batches.size,
      shuffle: !full,
      ...parametersOf(training),
    },
    randomState: createRng(seed, 'batches').uint32(),
    learningRate: rateOf(training),
    epochs,
    evaluateEvery,
    keepTrainOutputs,
  };
  const arrays = { ...samplesArrays(splits), ...weightsArrays(weights) };
  return followTraining(sklearn, job, expected, arrays, { train, training, loss: losses[loss], onEpoch });
}

type Steps = Pick<Training, 'loss' | 'optimizer' | 'learningRate' | 'penalty' | 'batches'>;

/** Its loss as a part of ours: it minimises half of the squared error. */
const share = ({ loss }: Pick<Training, 'loss'>): number => (loss === 'mse' ? 1 / 2 : 1);

/** The steps of SGD are proportional to the gradient, those of Adam are not. */
function rateOf({ learningRate, optimizer, loss }: Steps): number {
  return optimizer.name === 'sgd' ? learningRate / share({ loss }) : learningRate;
}

/** Its penalty is alpha / 2n sum(w^2) for a batch of n rows. */
function parametersOf({ loss, optimizer: given, penalty, batches }: Steps): object {
  const alpha = 2 * penalty.lambda * batches.size * share({ loss });
  const optimizer = withDefaults(given);
  if (optimizer.name === 'sgd') {
    const { momentum, nesterov } = optimizer;
    return { alpha, solver: 'sgd', momentum, nesterovs_momentum: nesterov === 'yes' };
  }
  const { beta1, beta2, epsilon } = optimizer as typeof optimizer & { name: 'adam' };
  return { alpha, solver: 'adam', beta_1: beta1, beta_2: beta2, epsilon: epsilon * share({ loss }) };
}
