import type { Kernels, SparseWorkspace } from '../kernels/kernels.ts';
import { evaluationRows, type Score } from './evaluate.ts';
import { forwardHidden } from './forward.ts';
import { backward } from './gradient.ts';
import type { Loss } from './losses.ts';
import type { LayerMemory } from './network.ts';
import type { SampleMemory } from './samples.ts';
import type { Update } from './update.ts';

/**
 * The steps of gradient descent, on all rows in order. The rows are used where they are, and a part of them at a time, so
 * that its activations stay in the processor's cache.
 *
 * The forward pass that evaluates an epoch is the one that the next step begins with, so `evaluate` computes the gradients
 * as well.
 */
export function createFullBatchSteps(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  sorted: SparseWorkspace,
  loss: Loss,
  update: Update,
) {
  let hasGradients = false;
  const evaluate = (): Score => {
    hasGradients = true;
    return computeGradients(kernels, layers, samples, sorted, loss);
  };
  const run = (_N: number, rate: number, step: number): void => {
    if (!hasGradients) evaluate();
    hasGradients = false;
    for (let l = layers.length - 1; l >= 0; l--) update.layer(layers[l], rate, step);
    update.end(layers, rate, step);
  };
  return { run, evaluate };
}

/** Leaves the gradients of the mean loss over all rows in the layers' memory, and returns the scores. */
function computeGradients(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  sorted: SparseWorkspace,
  loss: Loss,
): Score {
  const output = layers[layers.length - 1];
  const total = samples.rows;
  let sum = 0;
  let second = 0;
  for (let from = 0; from < total; from += evaluationRows) {
    const N = Math.min(evaluationRows, total - from);
    const inputs = samples.dense + from * layers[0].inputs;
    const rows = samples.csrRows + from;
    const targets = samples.targets + from * output.units;
    forwardHidden(kernels, layers, samples, inputs, rows, N);
    sum += loss.forwardSum(kernels, output, targets, N);
    if (loss.second !== null) second += loss.second.sum(kernels, output, targets, N);
    loss.backward(kernels, output, targets, N, total);
    backward(kernels, layers, samples, inputs, rows, sorted, N, from > 0);
  }
  return { loss: sum / total, second: loss.second === null ? null : second / total };
}
