import { createRng, permutation, type Rng } from '../math/rng.ts';
import { type LossName, losses } from '../nn/losses.ts';
import type { Sizes } from './exercise-sizes.ts';
import { arrayOf, type NumberArray } from './number-array.ts';

/** The rows of an exercise: x [N][D] and y [N][P]. */
export interface ExerciseRows {
  readonly x: NumberArray;
  readonly y: NumberArray;
}

/**
 * Draws the rows of an exercise: inputs with two decimals whose columns have different means and spreads, so that whoever
 * forgets or adds a scaling notices; targets that the inputs explain in part. `draw` is the number of the attempt.
 */
export function drawnRows(sizes: Sizes, loss: LossName, seed: number, draw: number): ExerciseRows {
  const rng = createRng(seed, 'exercise', draw);
  const { rows: N, inputs: D, outputs: P } = sizes;
  const columns = Array.from({ length: D }, () => ({
    mean: spread(rng, 0.5, 1.5),
    deviation: 0.4 + rng.uniform(),
  }));
  const x = arrayOf([N, D]);
  x.values.forEach((_, i) => {
    const { mean, deviation } = columns[i % D];
    x.values[i] = twoDecimals(mean + deviation * rng.normal());
  });
  return { x, y: targetsOf(x, P, loss, rng) };
}

function targetsOf(x: NumberArray, P: number, loss: LossName, rng: Rng): NumberArray {
  const [N, D] = x.shape;
  const y = arrayOf([N, P]);
  const slopes = Array.from({ length: D * P }, () => rng.normal());
  const scores = y.values.map((_, i) => {
    const [n, p] = [Math.floor(i / P), i % P];
    let score = 0.3 * rng.normal();
    for (let d = 0; d < D; d++) score += slopes[d * P + p] * x.values[n * D + d];
    return score / Math.sqrt(D);
  });
  if (losses[loss].task === 'classification') {
    // Each class as often as the others: the class of a row is the place of its number in a random order.
    const classes = Math.max(P, 2);
    permutation(rng, N).forEach((place, n) => {
      const label = place % classes;
      for (let p = 0; p < P; p++) y.values[n * P + p] = P === 1 ? label : Number(p === label);
    });
    return y;
  }
  const isShare = losses[loss].targets !== null;
  scores.forEach((score, i) => {
    y.values[i] = twoDecimals(isShare ? 0.5 + 0.45 * Math.sin(score) : score + 0.5);
  });
  return y;
}

const twoDecimals = (x: number): number => Math.round(100 * x) / 100;

/** A number between two, with a random sign. */
const spread = (rng: Rng, low: number, high: number): number =>
  (rng.uniform() < 0.5 ? -1 : 1) * (low + (high - low) * rng.uniform());
