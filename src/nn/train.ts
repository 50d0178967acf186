import { createKernels } from '../kernels/index.ts';
import type { Dtype } from '../math/dtype.ts';
import { allocate } from './arena.ts';
import type { Batches } from './batches.ts';
import { divergenceTest, isNotFinite } from './divergence.ts';
import { createMasks, layOutDropout } from './dropout.ts';
import { createEarlyStopping } from './early-stopping.ts';
import { type Checkpoints, type Curves, createRecord, noCheckpoints, runEpochs } from './epochs.ts';
import { evaluate, evaluationRows, heldOut, predict, type Scores, scoresOf, splitsOf } from './evaluate.ts';
import { valuesAfter } from './evaluated-epochs.ts';
import type { EvaluatorTask, LendCore } from './evaluator.ts';
import { type LossName, lossOf } from './losses.ts';
import { type LayerSpec, type LayerWeights, layOut } from './network.ts';
import { createOptimizer, type OptimizerConfig } from './optimizers.ts';
import { columnsOf, isSparse, layOutSamples, loadSamples, memoryOf, type Samples } from './samples.ts';
import type { Schedule } from './schedules.ts';
import { createSteps, layOutStep } from './steps.ts';
import type { Penalty } from './update.ts';
import { copyWeights, slotMemory, storeWeights } from './weights.ts';

export interface Training {
  readonly layers: readonly LayerSpec[];
  /** Initial weights, one entry per layer. */
  readonly weights: readonly LayerWeights[];
  readonly loss: LossName;
  /** The width of the Huber loss; `defaultDelta` if it is left out. */
  readonly delta?: number | undefined;
  readonly penalty: Penalty;
  readonly optimizer: OptimizerConfig;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly batches: Batches;
  readonly epochs: number;
  /** Losses are evaluated after this many epochs, twice as many, and so on, and after the last one; 1 by default. */
  readonly evaluateEvery?: number;
  /** The seed of the masks of layers with dropout; 0 if it is left out. */
  readonly dropoutSeed?: number;
  readonly dtype: Dtype;
  /** Whether a loss that has grown beyond any use ends the training, not only one that is not finite; true by default. */
  readonly endBeyondUse?: boolean;
  /** Whether to return the outputs of the training rows; true by default. */
  readonly keepTrainOutputs?: boolean;
  /** Rows that are evaluated after each epoch and chosen on, but neither trained nor tested on. */
  readonly validation?: Samples;
  /** The epochs without a better value after which training stops (see `createEarlyStopping`); absent: never. */
  readonly earlyStopping?: number;
}

export interface Trained extends Curves {
  /** The epoch (from 0) after which training had diverged and stopped (see `divergenceTest`); null if all were run. */
  readonly divergedAt: number | null;
  /** With early stopping, the epoch (from 1) whose weights are the result; absent if those of the last epoch are. */
  readonly bestEpoch?: number;
  /** [test rows][outputs] of the resulting weights */
  readonly testOutputs: Float64Array;
  /** [train rows][outputs] of the resulting weights; empty if not requested */
  readonly trainOutputs: Float64Array;
  /** [validation rows][outputs] of the resulting weights; absent without validation rows */
  readonly validationOutputs?: Float64Array;
  readonly weights: LayerWeights[];
}

/**
 * Trains a feed-forward network by mini-batch stochastic gradient descent and backpropagation.
 *
 * For each batch: a_l = f(a_{l-1} W_l + b_l); delta_L = dC/dz_L; delta_{l-1} = delta_l W_l' * f'(z_{l-1});
 * dC/dW_l = a_{l-1}' delta_l; dC/db_l = sum of delta_l (equations 1 to 5 of the report). Linear and logistic regression
 * are networks without hidden layers. Divergence is noticed where losses are
 * evaluated. `onEpoch` is called after each epoch, with numbers from 1. If `lendCore` lends a
 * core, it evaluates one epoch while the next one trains here. This changes the time but not the bits. A run resumed
 * from a checkpoint gives the same bits as an uninterrupted one, since each epoch draws its batches and masks from its own
 * random streams.
 */
export async function train(
  trainSamples: Samples,
  testSamples: Samples,
  training: Training,
  onEpoch: (epoch: number) => void = () => {},
  lendCore: LendCore = () => null,
  checkpoints: Checkpoints = noCheckpoints,
): Promise<Trained> {
  const { layers, batches, schedule, learningRate, epochs, evaluateEvery = 1 } = training;
  const optimizer = createOptimizer(training.optimizer);
  const loss = lossOf(training.loss, training.delta);
  const outputs = layers[layers.length - 1].units;

  const sparse = isSparse(trainSamples.inputs);
  const capacity = Math.max(batches.size, evaluationRows);
  const splits = splitsOf({ train: trainSamples, test: testSamples, ...heldOut(training) });
  const { offsets, region } = allocate(training.dtype, memoryOf(trainSamples), (arena) => {
    const samples = layOutSamples(splits, arena);
    const memory = layOut(layers, columnsOf(trainSamples), capacity, optimizer.slots.length, sparse, arena);
    const stepMemory = layOutStep(trainSamples, batches.size, outputs, arena);
    return { samples, memory, stepMemory, trained: layOutDropout(memory, layers, batches.size, arena) };
  });
  const { memory, stepMemory, trained } = offsets;
  const [trainRows, testRows, validationRows] = offsets.samples;
  const kernels = await createKernels(training.dtype, region.memory);
  loadSamples(splits, offsets.samples, kernels);
  const { resume } = checkpoints;
  storeWeights(kernels, memory, resume?.weights ?? training.weights);
  const slots = optimizer.slots.map((_, slot) => slotMemory(memory, slot));
  resume?.state.forEach((state, slot) => {
    storeWeights(kernels, slots[slot], state);
  });

  const { penalty } = training;
  const { inOrder = false } = batches;
  const steps = createSteps(kernels, trained, trainRows, stepMemory, loss, penalty, optimizer, inOrder);
  const masks = createMasks(trained, layers, training.dropoutSeed ?? 0);
  const trainEpoch = (epoch: number): void => {
    batches.startEpoch(epoch);
    masks?.startEpoch(epoch);
    for (let index = 0; index < batches.steps; index++) {
      batches.fill(index, kernels.ints, stepMemory.rows);
      const rows = batches.sizeOf?.(index) ?? batches.size;
      masks?.draw(kernels, rows);
      const rate = schedule(learningRate, epoch, index, batches.steps);
      steps.run(rows, rate, epoch * batches.steps + index + 1);
    }
  };
  const evaluateHere = (): Scores =>
    scoresOf(
      offsets.samples.map((rows) =>
        rows === trainRows && steps.evaluate !== undefined
          ? steps.evaluate()
          : evaluate(kernels, memory, rows, loss),
      ),
    );
  const { dtype, earlyStopping } = training;
  const task: EvaluatorTask = {
    train: trainSamples,
    test: testSamples,
    ...heldOut(training),
    layers,
    loss: training.loss,
    delta: training.delta,
    dtype,
  };
  const copy = () => copyWeights(kernels, memory);
  const initialLoss = (): number => {
    const current = copy();
    storeWeights(kernels, memory, training.weights);
    const { loss: initial } = evaluate(kernels, memory, trainRows, loss);
    storeWeights(kernels, memory, current);
    return initial;
  };
  const hasDiverged =
    training.endBeyondUse === false ? isNotFinite : divergenceTest(loss, trainSamples, initialLoss);
  const from = resume && {
    epoch: evaluateEvery * valuesAfter(resume.epoch, { evaluateEvery }),
    best: resume.best,
  };
  const stopping = earlyStopping === undefined ? null : createEarlyStopping(earlyStopping, loss, from);
  const record = createRecord(hasDiverged, onEpoch, resume, training.validation !== undefined, stopping);
  const copyState = () => slots.map((slot) => copyWeights(kernels, slot));
  try {
    await runEpochs({
      epochs,
      evaluateEvery,
      trainEpoch,
      evaluateHere,
      copy,
      copyState,
      record,
      task,
      // A forward pass that is also the next step's is not worth another core.
      lendCore: steps.evaluate === undefined ? lendCore : () => null,
      checkpoints,
    });
    const best = record.best();
    if (best !== null) storeWeights(kernels, memory, best.weights);
    return {
      train: record.train,
      test: record.test,
      ...(record.validation === undefined ? {} : { validation: record.validation }),
      divergedAt: record.divergedAt(),
      ...(best === null ? {} : { bestEpoch: best.epoch }),
      testOutputs: predict(kernels, memory, testRows, loss),
      trainOutputs:
        training.keepTrainOutputs === false ? new Float64Array() : predict(kernels, memory, trainRows, loss),
      ...(validationRows === undefined
        ? {}
        : { validationOutputs: predict(kernels, memory, validationRows, loss) }),
      weights: copy(),
    };
  } finally {
    region.release();
  }
}
