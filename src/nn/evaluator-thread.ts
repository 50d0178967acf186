import { parentPort, workerData } from 'node:worker_threads';
import { createEvaluation, type EvaluatorData } from './evaluator.ts';
import type { LayerWeights } from './network.ts';
import { memoryOf } from './samples.ts';

/** The thread that `startEvaluator` starts. It receives weights and posts their scores, in order. */
const { task, from } = workerData as EvaluatorData;
const memory = memoryOf(task.train);
const region = memory === null || from === null ? undefined : { memory, from, release: () => {} };
const evaluation = createEvaluation(task, region);

parentPort!.on('message', async (weights: readonly LayerWeights[]) => {
  parentPort!.postMessage((await evaluation).evaluate(weights));
});
