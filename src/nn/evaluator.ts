import { Worker } from 'node:worker_threads';
import { createKernels } from '../kernels/index.ts';
import type { Dtype } from '../math/dtype.ts';
import { type Region, takeRegion } from '../math/memory.ts';
import { type Arena, createArena } from './arena.ts';
import { evaluate, evaluationRows, predict, type Scores, scoresOf, splitsOf } from './evaluate.ts';
import { type LossName, lossOf } from './losses.ts';
import { type LayerSpec, type LayerWeights, layOut } from './network.ts';
import { columnsOf, isSparse, layOutSamples, loadSamples, memoryOf, type Samples } from './samples.ts';
import { storeWeights } from './weights.ts';

/** Everything that an evaluation needs except the weights. */
export interface EvaluatorTask {
  readonly train: Samples;
  readonly test: Samples;
  readonly validation?: Samples;
  readonly layers: readonly LayerSpec[];
  readonly loss: LossName;
  readonly delta?: number | undefined;
  readonly dtype: Dtype;
}

/** Evaluates sets of weights on another core, one at a time. */
export interface Evaluator {
  evaluate(weights: readonly LayerWeights[]): Promise<Scores>;
  close(): Promise<void>;
}

/**
 * Lends another core to a training run if one is idle. Returns a function that gives the core back, or null.
 *
 * A training run asks after each epoch, so that it can use a core that becomes idle later. It passes the estimated
 * milliseconds that it has left, so that no core is lent for less time than a thread takes to start.
 */
export type LendCore = (millisecondsLeft: number) => (() => void) | null;

/** Evaluates sets of weights, one at a time, until its memory is released. */
export interface Evaluation {
  evaluate(weights: readonly LayerWeights[]): Scores;
  /** The outputs of the latest weights for the test rows, [rows][outputs]. */
  testOutputs(): Float64Array;
  release(): void;
}

/**
 * Creates an evaluation with its own memory, alongside the training. The same kernels in the same order give the same
 * bits. It works in the given region, by default in a new one.
 */
export async function createEvaluation(
  task: EvaluatorTask,
  region = takeEvaluationRegion(task),
): Promise<Evaluation> {
  const { dtype } = task;
  const loss = lossOf(task.loss, task.delta);
  const { samples, memory } = layOutTask(task, createArena(dtype, region.from));
  const kernels = await createKernels(dtype, region.memory);
  loadSamples(splitsOf(task), samples, kernels);
  return {
    evaluate(weights) {
      storeWeights(kernels, memory, weights);
      return scoresOf(samples.map((rows) => evaluate(kernels, memory, rows, loss)));
    },
    testOutputs: () => predict(kernels, memory, samples[1], loss),
    release: () => region.release(),
  };
}

/** Takes a region for an evaluation: in the memory of the sparse inputs, or in this thread's own memory. */
function takeEvaluationRegion(task: EvaluatorTask): Region {
  const size = createArena(task.dtype);
  layOutTask(task, size);
  return takeRegion(memoryOf(task.train), size.bytes());
}

function layOutTask(task: EvaluatorTask, arena: Arena) {
  const { train, layers } = task;
  return {
    samples: layOutSamples(splitsOf(task), arena),
    memory: layOut(layers, columnsOf(train), evaluationRows, 0, isSparse(train.inputs), arena),
  };
}

/**
 * The data passed to the thread. `from` is the start of its region in the shared memory of sparse inputs; null for
 * dense ones.
 */
export interface EvaluatorData {
  readonly task: EvaluatorTask;
  readonly from: number | null;
}

/** Starts an evaluator thread. It sleeps while it has no weights to evaluate. */
export function startEvaluator(task: EvaluatorTask): Evaluator {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/src/nn/' : './';
  // The region in shared memory is taken here, since the thread could not release it after its end.
  const region = memoryOf(task.train) === null ? null : takeEvaluationRegion(task);
  const workerData: EvaluatorData = { task, from: region?.from ?? null };
  const thread = new Worker(new URL(`${folder}evaluator-thread.js`, import.meta.url), { workerData });
  const waiting: { resolve(scores: Scores): void; reject(error: unknown): void }[] = [];
  thread.on('message', (scores: Scores) => waiting.shift()!.resolve(scores));
  thread.on('error', (error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return {
    evaluate: (weights) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        thread.postMessage(weights);
      }),
    close: async () => {
      await thread.terminate();
      region?.release();
    },
  };
}
