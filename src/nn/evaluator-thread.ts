import { parentPort, workerData } from 'node:worker_threads';
import { createEvaluation, type EvaluatorTask } from './evaluator.ts';
import type { LayerWeights } from './network.ts';

/** The thread behind `startEvaluator`: weights in, scores out, in their order. */
const evaluation = createEvaluation(workerData as EvaluatorTask);

parentPort!.on('message', async (weights: readonly LayerWeights[]) => {
  parentPort!.postMessage((await evaluation)(weights));
});
