import { Worker } from 'node:worker_threads';
import { createKernels } from '../kernels/index.ts';
import type { Dtype } from '../math/dtype.ts';
import { type Stretch, takeStretch } from '../math/memory.ts';
import { type Arena, createArena } from './arena.ts';
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

/** Evaluates one set of weights after another, until it gives its memory back. */
export interface Evaluation {
  evaluate(weights: readonly LayerWeights[]): Scores;
  release(): void;
}

/**
 * Evaluation next to the training: the same kernels in the same order give the same bits. It works in the room that
 * `takeRoom` took for it, or takes its own.
 */
export async function createEvaluation(task: EvaluatorTask, room = takeRoom(task)): Promise<Evaluation> {
  const { train, test, dtype } = task;
  const loss = losses[task.loss];
  const { samples, memory } = layOutTask(task, createArena(dtype, room.from));
  const kernels = await createKernels(dtype, room.memory);
  loadSamples([train, test], samples, kernels);
  return {
    evaluate(weights) {
      storeWeights(kernels, memory, weights);
      return {
        train: evaluate(kernels, memory, samples[0], loss),
        test: evaluate(kernels, memory, samples[1], loss),
      };
    },
    release: () => room.release(),
  };
}

/** Room for an evaluation, behind sparse inputs or in this thread's own memory. */
function takeRoom(task: EvaluatorTask): Stretch {
  const size = createArena(task.dtype);
  layOutTask(task, size);
  return takeStretch(memoryOf(task.train), size.bytes());
}

function layOutTask({ train, test, layers }: EvaluatorTask, arena: Arena) {
  return {
    samples: layOutSamples([train, test], arena),
    memory: layOut(layers, columnsOf(train), evaluationRows, 0, isSparse(train.inputs), arena),
  };
}

/** What the thread is given: with sparse inputs, which lie in shared memory, its room there. */
export interface EvaluatorData {
  readonly task: EvaluatorTask;
  readonly from: number | null;
}

/** Starts a thread that evaluates. It sleeps between two sets of weights. */
export function startEvaluator(task: EvaluatorTask): Evaluator {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/src/nn/' : './';
  // Room in shared memory is taken here, as the thread could not give it back after its end.
  const room = memoryOf(task.train) === null ? null : takeRoom(task);
  const workerData: EvaluatorData = { task, from: room?.from ?? null };
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
      room?.release();
    },
  };
}
