import type { Kernels } from '../kernels/kernels.ts';
import { forwardOutput } from './forward.ts';
import type { Loss } from './losses.ts';
import type { LayerMemory } from './network.ts';
import type { SampleMemory, Samples } from './samples.ts';

/** The number of rows that are evaluated at a time, so that their activations stay in the processor's cache. */
export const evaluationRows = 128;

/** The scores over all rows of a split. */
export interface Score {
  /** Mean loss. */
  readonly loss: number;
  /** What the loss measures `second`, as the mean over rows; null if nothing. */
  readonly second: number | null;
}

export interface Scores {
  readonly train: Score;
  readonly test: Score;
  /** Absent without validation rows. */
  readonly validation?: Score;
}

interface Splits {
  readonly train: Samples;
  readonly test: Samples;
  readonly validation?: Samples;
}

/** The validation rows of settings that may have some. */
export function heldOut({ validation }: Pick<Splits, 'validation'>): Pick<Splits, 'validation'> {
  return validation === undefined ? {} : { validation };
}

/** The rows of each split, in the order in which `scoresOf` takes their scores. */
export function splitsOf({ train, test, validation }: Splits): Samples[] {
  return validation === undefined ? [train, test] : [train, test, validation];
}

/** Names the scores of `splitsOf`. */
export function scoresOf([train, test, validation]: readonly Score[]): Scores {
  return validation === undefined ? { train, test } : { train, test, validation };
}

/** Runs the forward pass on one chunk of rows at a time, and calls `visit` with z in the output layer. */
function forEachChunk(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  visit: (output: LayerMemory, from: number, N: number) => void,
): void {
  for (let from = 0; from < samples.rows; from += evaluationRows) {
    const N = Math.min(evaluationRows, samples.rows - from);
    const inputs = samples.dense + from * layers[0].inputs;
    forwardOutput(kernels, layers, samples, inputs, samples.csrRows + from, N);
    visit(layers[layers.length - 1], from, N);
  }
}

/** The mean loss over all rows, and what it measures `second`. */
export function evaluate(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  loss: Loss,
): Score {
  let sum = 0;
  let second = 0;
  forEachChunk(kernels, layers, samples, (output, from, N) => {
    const targets = samples.targets + from * output.units;
    sum += loss.forwardSum(kernels, output, targets, N);
    if (loss.second !== null) second += loss.second.sum(kernels, output, targets, N);
  });
  return { loss: sum / samples.rows, second: loss.second === null ? null : second / samples.rows };
}

/** The network's outputs for every row, [rows][outputs]. */
export function predict(
  kernels: Kernels,
  layers: readonly LayerMemory[],
  samples: SampleMemory,
  loss: Loss,
): Float64Array {
  const { units } = layers[layers.length - 1];
  const outputs = new Float64Array(samples.rows * units);
  forEachChunk(kernels, layers, samples, (output, from, N) => {
    loss.forward(kernels, output, N);
    outputs.set(kernels.floats.subarray(output.output, output.output + N * units), from * units);
  });
  return outputs;
}
