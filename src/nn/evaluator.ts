import { Worker } from 'node:worker_threads';
import { createKernels } from '../kernels/index.ts';
import type { Dtype } from '../math/dtype.ts';
import { allocate } from './arena.ts';
import { evaluate, evaluationRows, type Scores } from './evaluate.ts';
import { type LossName, losses } from './losses.ts';
import { type LayerSpec, type LayerWeights, layOut } from './network.ts';
import { columnsOf, isSparse, layOutSamples, loadSamples, memoryOf, type Samples } from './samples.ts';
import { storeWeights } from './weights.ts';

/** All that an evaluation needs but the weights. */
export interface EvaluatorTask {
  readonly train: Samples;
  readonly test: Samples;
  readonly layers: readonly LayerSpec[];
  readonly loss: LossName;
  readonly dtype: Dtype;
}

/** Evaluates weights on another core, one set after the other. */
export interface Evaluator {
  evaluate(weights: readonly LayerWeights[]): Promise<Scores>;
  close(): Promise<void>;
}

/**
 * Lends another core to a training, if one is idle; what it returns gives the core back.
 *
 * A training asks after each epoch, and says for about how many milliseconds it will go on: so a core that becomes
 * idle later is still of use, and none is lent for less than it takes to start a thread.
 */
export type LendCore = (millisecondsLeft: number) => (() => void) | null;

/**
 * Evaluation beside the training: the same kernels in the same order give the same bits. It keeps its stretch of memory,
 * which is small, until the process ends: no more cores are ever lent than there are.
 */
export async function createEvaluation(
  task: EvaluatorTask,
): Promise<(weights: readonly LayerWeights[]) => Scores> {
  const { train, test, layers, dtype } = task;
  const loss = losses[task.loss];
  const sparse = isSparse(train.inputs);
  const { offsets, stretch } = allocate(dtype, memoryOf(train), (arena) => ({
    samples: layOutSamples([train, test], arena),
    memory: layOut(layers, columnsOf(train), evaluationRows, false, sparse, arena),
  }));
  const { samples, memory } = offsets;
  const kernels = await createKernels(dtype, stretch.memory);
  loadSamples([train, test], samples, kernels);
  return (weights) => {
    storeWeights(kernels, memory, weights);
    return {
      train: evaluate(kernels, memory, samples[0], loss),
      test: evaluate(kernels, memory, samples[1], loss),
    };
  };
}

/** Starts a thread that evaluates. It sleeps between two sets of weights. */
export function startEvaluator(task: EvaluatorTask): Evaluator {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/src/nn/' : './';
  const thread = new Worker(new URL(`${folder}evaluator-thread.js`, import.meta.url), { workerData: task });
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
    },
  };
}
