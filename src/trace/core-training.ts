import { recordedBatches } from '../nn/batches.ts';
import type { LayerWeights } from '../nn/network.ts';
import { type Training, train } from '../nn/train.ts';
import type { Exercise } from './exercise.ts';
import { batchesOf } from './quantities.ts';

/** The weights that the training core reaches after the first `count` steps of an exercise. */
export async function coreWeights(
  exercise: Exercise,
  count: number,
  changes: Partial<Training> = {},
): Promise<readonly LayerWeights[]> {
  const { x, y, layers, loss, delta, penalty, optimizer, learningRate, rateOf } = exercise;
  const steps = batchesOf(exercise).slice(0, count);
  const samples = { rows: x.shape[0], inputs: x.values, targets: y.values };
  const { weights } = await train(samples, samples, {
    layers: layers.map(({ units, activation, bias }) => ({
      ...{ units, activation, kernelInit: 'given' },
      biasInit: bias === null ? null : 'given',
    })),
    weights: layers.map(({ kernel, bias }) => ({ kernel: kernel.values, bias: bias?.values ?? null })),
    ...{ loss, delta, penalty, optimizer, learningRate },
    // One epoch of these steps, so that it can end anywhere. Their rates are those of their own epochs.
    schedule: (eta0, _epoch, step) => rateOf(eta0, steps[step].epoch, steps[step].batch, steps[step].steps),
    batches: recordedBatches([steps.map(({ rows }) => rows)]),
    epochs: 1,
    endBeyondUse: false,
    keepTrainOutputs: false,
    dtype: 'float64',
    ...changes,
  });
  return weights;
}
