import { createKernels } from '../kernels/index.ts';
import { matrix, multiplyVector } from '../math/matrix.ts';
import { allocate } from '../nn/arena.ts';
import { evaluationRows, predict } from '../nn/evaluate.ts';
import { losses } from '../nn/losses.ts';
import { layOut } from '../nn/network.ts';
import { layOutSamples, loadSamples, type Samples } from '../nn/samples.ts';
import { storeWeights } from '../nn/weights.ts';
import { applySteps } from '../trial/preprocessing.ts';
import type { SavedModel } from './saved-model.ts';

/** A model that is ready to predict. */
export interface ModelPredictor {
  /**
   * The predictions for rows of the data: [rows] in the unit of the targets for a regression; for a classifier the
   * probabilities [rows][classes], or of a single output [rows] that of the second class.
   *
   * inputs: [rows][columns], as the data have them. They are not changed. The bits are those of the trial that fitted the model.
   */
  predict(inputs: Float64Array): Float64Array;
  release(): void;
}

/** Prepares a model for predictions, in this thread's memory. */
export async function createModelPredictor(model: SavedModel): Promise<ModelPredictor> {
  const { inputs, preprocessing, target } = model;
  const { outputs, release } = await forwardOf(model);
  const chunk = evaluationRows * inputs.columns;
  const { factor, offset } = target;
  return {
    predict(rows) {
      const all: Float64Array[] = [];
      for (let from = 0; from < rows.length; from += chunk) {
        const values = applySteps(rows.slice(from, from + chunk), preprocessing);
        all.push(outputs(values, Math.min(chunk, rows.length - from) / inputs.columns));
      }
      const predictions = joined(all);
      for (let i = 0; i < predictions.length; i++) predictions[i] = predictions[i] * factor + offset;
      return predictions;
    },
    release,
  };
}

interface Forward {
  /** The outputs [N][P] of N rows of inputs of the first layer, at most `evaluationRows`. */
  outputs(inputs: Float64Array, N: number): Float64Array;
  release(): void;
}

async function forwardOf({ layers, loss, dtype, sums }: SavedModel): Promise<Forward> {
  if (sums === 'linear') {
    const [{ kernel }] = layers;
    const outputs = (inputs: Float64Array, N: number) =>
      multiplyVector(matrix(N, kernel.length, inputs), kernel);
    return { outputs, release: () => {} };
  }
  const columns = layers[0].kernel.length / layers[0].units;
  const specs = layers.map(({ units, activation, bias }) => {
    return { units, activation, biasInit: bias === null ? null : ('zeros' as const) };
  });
  const rowsOf = (inputs: Float64Array, N: number): Samples => ({
    rows: N,
    inputs,
    targets: new Float64Array(),
  });
  const most = rowsOf(new Float64Array(evaluationRows * columns), evaluationRows);
  const { offsets, region } = allocate(dtype, null, (arena) => ({
    samples: layOutSamples([most], arena),
    memory: layOut(specs, columns, evaluationRows, 0, false, arena),
  }));
  const kernels = await createKernels(dtype, region.memory);
  storeWeights(kernels, offsets.memory, layers);
  return {
    outputs(inputs, N) {
      const rows = offsets.samples.map((place) => ({ ...place, rows: N }));
      loadSamples([rowsOf(inputs, N)], rows, kernels);
      return predict(kernels, offsets.memory, rows[0], losses[loss]);
    },
    release: () => region.release(),
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
