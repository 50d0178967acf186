import { heldOut, splitsOf } from '../nn/evaluate.ts';
import { defaultDelta, lossOf } from '../nn/losses.ts';
import { withDefaults } from '../nn/optimizers.ts';
import { columnsOf, isSparse, type Samples } from '../nn/samples.ts';
import type { Trained, Training } from '../nn/train.ts';
import { followTraining, parts, samplesArrays, weightsArrays } from './followed-training.ts';
import { type Arrays, pythonLibrary } from './python-library.ts';

export interface TorchVersions {
  readonly version: string;
}

const torch = pythonLibrary<TorchVersions>({
  title: 'PyTorch',
  program: 'torch_reference.py',
  versions: ['version'],
  package: 'python3-torch',
});

export const findTorch = torch.find;

/**
 * Trains the network of `training` with PyTorch, in float64: autograd, and the optimisers of torch.optim.
 *
 * The data, initial weights, mini-batches and learning rates are those of `train` in nn/train.ts, and it returns the
 * same kinds of curves and outputs. Like `train` it stops when it has diverged. With `full`, every batch has all rows in
 * their order. Errors: those of PyTorch, and versions other than the expected ones.
 */
export async function trainWithTorch(
  train: Samples,
  test: Samples,
  training: Omit<Training, 'dtype'>,
  full: boolean,
  expected: TorchVersions,
  onEpoch: (epoch: number) => void = () => {},
): Promise<Omit<Trained, 'weights'>> {
  const { layers, loss: name, delta = defaultDelta, penalty, learningRate } = training;
  const { evaluateEvery = 1, keepTrainOutputs = true } = training;
  const loss = lossOf(name, delta);
  const splits = splitsOf({ train, test, ...heldOut(training) });
  const { name: optimizer, clipNorm, ...hyperparameters } = withDefaults(training.optimizer);
  const job = {
    method: 'train',
    columns: columnsOf(train),
    sparseColumns: isSparse(train.inputs) ? columnsOf(train) : null,
    layers: layers.map(({ units, activation, biasInit }) => ({ units, activation, bias: biasInit !== null })),
    loss: name,
    delta: loss.withDelta === null ? null : delta,
    parts: parts.slice(0, splits.length),
    lambda: penalty.lambda,
    l1: penalty.l1 ?? 0,
    penalizeBiases: penalty.penalizeBiases,
    optimizer,
    hyperparameters,
    clipNorm: clipNorm === 'none' ? null : clipNorm,
    learningRate,
    full,
    evaluateEvery,
    keepTrainOutputs,
  };
  return followTraining(torch, job, expected, arraysOf(splits, training, full), {
    train,
    training,
    loss,
    onEpoch,
  });
}

function arraysOf(
  splits: readonly Samples[],
  { weights, batches, epochs, schedule, learningRate }: Omit<Training, 'dtype'>,
  full: boolean,
): Arrays {
  const { size, steps } = batches;
  const arrays: Arrays = {
    ...samplesArrays(splits),
    ...weightsArrays(weights),
    rates: [
      pieces(Float64Array, epochs, steps, (epoch, to) => {
        for (let step = 0; step < steps; step++) to[step] = schedule(learningRate, epoch, step, steps);
      }),
      [epochs, steps],
    ],
  };
  if (full) return arrays;
  const rows = pieces(Int32Array, epochs, steps * size, (epoch, to) => {
    batches.startEpoch(epoch);
    for (let step = 0; step < steps; step++) batches.fill(step, to, step * size);
  });
  return { ...arrays, batches: [rows, [epochs, steps, size]] };
}

/** At least so many numbers are made and written at a time. */
const pieceLength = 2 ** 16;

/** An array of `size` numbers for each epoch, made a few epochs at a time, so that all of it is never in memory. */
function* pieces<Values extends Int32Array | Float64Array>(
  Type: new (length: number) => Values,
  epochs: number,
  size: number,
  fill: (epoch: number, to: Values) => void,
): Generator<Values, void, undefined> {
  const many = Math.ceil(pieceLength / size);
  for (let from = 0; from < epochs; from += many) {
    const count = Math.min(many, epochs - from);
    const piece = new Type(count * size);
    for (let n = 0; n < count; n++) fill(from + n, piece.subarray(n * size, (n + 1) * size) as Values);
    yield piece;
  }
}
