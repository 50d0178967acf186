import { describe, expect, test } from '@jest/globals';
import { createKernels } from '../kernels/index.ts';
import { createMemory } from '../math/memory.ts';
import { createRng } from '../math/rng.ts';
import { type ActivationName, activationNames } from './activations.ts';
import { createArena } from './arena.ts';
import { evaluate } from './evaluate.ts';
import { type Loss, type LossName, losses, lossNames, lossOf } from './losses.ts';
import { initialWeights, type LayerSpec, type LayerWeights, layOut } from './network.ts';
import { createOptimizer } from './optimizers.ts';
import { layOutSamples, loadSamples, type Samples } from './samples.ts';
import { createSteps, layOutStep } from './steps.ts';
import type { Penalty } from './update.ts';
import { copyWeights, storeWeights } from './weights.ts';

/** So that each loss has small and large errors. */
const delta = 0.7;
const rows = 5;
/** The step of the finite differences, and the largest error of a derivative. */
const [h, tolerance] = [1e-6, 2e-8];

const layer = (units: number, activation: LayerSpec['activation']): LayerSpec => ({
  units,
  activation,
  kernelInit: 'glorot_uniform',
  biasInit: 'random_normal',
});

/** Rows of normal inputs, and of targets that are as the loss wants them, for P outputs if it has no number of its own. */
function samplesFor(loss: Loss, columns: number, P: number): Samples {
  const rng = createRng(7, 'data');
  const inputs = Float64Array.from({ length: rows * columns }, () => rng.normal());
  if (loss.task === 'classification') {
    const classes = loss.classes ?? P;
    const labels = Array.from({ length: rows }, (_, n) => (n === 0 ? 1 : rng.below(classes)));
    return { rows, inputs, targets: loss.encode(labels, Int32Array.from(labels.keys()), classes) };
  }
  const target = () => (loss.targets === null ? rng.normal() : rng.uniform());
  return { rows, inputs, targets: Float64Array.from({ length: rows * P }, target) };
}

const arraysOf = (weights: readonly LayerWeights[]): Float64Array[] =>
  weights.flatMap(({ kernel, bias }) => (bias === null ? [kernel] : [kernel, bias]));

/** The derivative of f by each weight, by central differences. */
function differences(weights: readonly LayerWeights[], f: () => number): Float64Array[] {
  return arraysOf(weights).map((array) =>
    Float64Array.from(array, (w, i) => {
      array[i] = w + h;
      const above = f();
      array[i] = w - h;
      const below = f();
      array[i] = w;
      return (above - below) / (2 * h);
    }),
  );
}

const penaltyOf = (weights: readonly LayerWeights[], { lambda, l1 = 0, penalizeBiases }: Penalty): number =>
  weights
    .flatMap(({ kernel, bias }) => [...kernel, ...(penalizeBiases && bias !== null ? bias : [])])
    .reduce((sum, w) => sum + lambda * w * w + l1 * Math.abs(w), 0);

const none: Penalty = { lambda: 0, penalizeBiases: true };
const penalties: Penalty[] = [
  none,
  ...[true, false].flatMap((penalizeBiases) => [
    { lambda: 0.3, penalizeBiases },
    { lambda: 0, l1: 0.3, penalizeBiases },
    { lambda: 0.2, l1: 0.1, penalizeBiases },
  ]),
];

/**
 * For each penalty, the largest difference between a step of plain SGD at rate 1, which subtracts the gradient, and the
 * finite differences of the loss and of the penalty.
 */
async function gradientErrors(
  name: LossName,
  layers: LayerSpec[],
  columns: number,
  penalized: readonly Penalty[],
): Promise<number[]> {
  const loss = lossOf(name, delta);
  const { units } = layers[layers.length - 1];
  const set = samplesFor(loss, columns, units);
  const weights = initialWeights(layers, columns, 3);
  const optimizer = createOptimizer({ name: 'sgd' });
  const arena = createArena('float64');
  const [samples] = layOutSamples([set], arena);
  const memory = layOut(layers, columns, rows, optimizer.slots.length, false, arena);
  const stepMemory = layOutStep(set, rows, units, arena);
  const kernels = await createKernels('float64', createMemory(arena.bytes()));
  loadSamples([set], [samples], kernels);
  for (let n = 0; n < rows; n++) kernels.ints[stepMemory.rows + n] = n;
  const ofLoss = differences(weights, () => {
    storeWeights(kernels, memory, weights);
    return evaluate(kernels, memory, samples, loss).loss;
  });
  return penalized.map((penalty) => {
    const ofPenalty = differences(weights, () => penaltyOf(weights, penalty));
    storeWeights(kernels, memory, weights);
    createSteps(kernels, memory, samples, stepMemory, loss, penalty, optimizer, false).run(rows, 1, 1);
    const after = arraysOf(copyWeights(kernels, memory));
    const errors = arraysOf(weights).map((before, array) =>
      before.reduce((most, w, i) => {
        const error = Math.abs(w - after[array][i] - ofLoss[array][i] - ofPenalty[array][i]);
        return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(most, error);
      }, 0),
    );
    return Math.max(...errors);
  });
}

/** Output layers of a loss: each activation that it allows. */
function outputsOf(name: LossName): LayerSpec['activation'][] {
  const { output, anyOutput } = losses[name];
  return anyOutput ? activationNames : [output];
}

const unitsOf = (name: LossName, P: number) =>
  losses[name].task === 'regression' ? P : losses[name].units(P);
/** The numbers of outputs, or of classes, with which a loss is checked; the first one has kernels of its own. */
function outputCounts(name: LossName): number[] {
  if (losses[name].output === 'softmax') return [2, 3];
  return name === 'sigmoid_cross_entropy' ? [1] : [1, 2];
}

describe.each(lossNames)('the gradient of %s equals finite differences', (name) => {
  test.each(outputsOf(name))(
    'with %s output, behind a layer of each activation, with each penalty on all weights and on kernels',
    async (activation) => {
      const wrong: string[] = [];
      const check = async (hidden: ActivationName, columns: number, width: number, P: number) => {
        const layers = [layer(width, hidden), layer(unitsOf(name, P), activation)];
        const errors = await gradientErrors(name, layers, columns, penalties);
        errors.forEach((error, index) => {
          if (!(error < tolerance))
            wrong.push(`${hidden}, ${width} nodes, ${JSON.stringify(penalties[index])}: ${error}`);
        });
      };
      for (const hidden of activationNames) await check(hidden, 3, 3, outputCounts(name).at(-1)!);
      // What has a fused kernel.
      if (activation !== 'softmax') await check('relu', 2, 8, 1);
      expect(wrong).toEqual([]);
    },
  );

  test.each([0, 2, 3])('with %d hidden layers of each activation, with and without biases', async (depth) => {
    const wrong: string[] = [];
    const check = async (hidden: ActivationName | 'none', output: LayerSpec['activation'], P: number) => {
      const widths = [5, 4, 3].slice(0, depth);
      const below = widths.map((units) => layer(units, hidden as ActivationName));
      const specs = [...below, layer(unitsOf(name, P), output)];
      for (const layers of [specs, specs.map((spec) => ({ ...spec, biasInit: null }))]) {
        const [error] = await gradientErrors(name, layers, 3, [none]);
        if (!(error < tolerance)) wrong.push(`${hidden}, ${P} ${output} output: ${error}`);
      }
    };
    for (const P of outputCounts(name)) {
      if (depth === 0) for (const output of outputsOf(name)) await check('none', output, P);
      else for (const hidden of activationNames) await check(hidden, losses[name].output, P);
    }
    expect(wrong).toEqual([]);
  });
});
