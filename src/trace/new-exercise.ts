import { UserError } from '../errors.ts';
import { createRng, permutation } from '../math/rng.ts';
import { batchings } from '../nn/batches.ts';
import { defaultDelta } from '../nn/losses.ts';
import { initialWeights } from '../nn/network.ts';
import { checkSchedule, compileSchedule } from '../nn/schedules.ts';
import type { SgdConfig } from '../trial/solvers/sgd.ts';
import type { FitSeeds } from '../trial/solvers/solver.ts';
import { clarity, clear } from './clarity.ts';
import type { Exercise, Layout } from './exercise.ts';
import { idOfExercise } from './exercise-id.ts';
import type { ExerciseRows } from './exercise-rows.ts';
import { checkExerciseWork } from './limits.ts';
import { arrayOf } from './number-array.ts';
import { answersTo } from './recording-content.ts';

/** What an exercise is made of. */
export interface Draft {
  readonly model: SgdConfig;
  readonly rows: number;
  readonly inputs: number;
  /** The rows of the draw of this number. */
  readonly rowsOf: (draw: number) => ExerciseRows;
  readonly seeds: FitSeeds;
  /** Whether the biases are drawn so that they are not small; otherwise as the layers say. */
  readonly largeBiases: boolean;
}

/** What a file says of its exercise. */
export interface About {
  readonly name: string;
  readonly source: string;
  readonly layout: Layout;
}

/** Draws until the answers are clear; after that many times the clearest is taken. */
const mostDraws = 40;

/**
 * Makes an exercise: initial weights, batches and settings, all explicit. Weights, and rows that are drawn, are drawn again where
 * their answers would not tell right programs from wrong ones (see `clarity`). Errors: UserError for one that is too large, or
 * whose training diverges.
 */
export async function makeExercise(draft: Draft, about: About): Promise<Exercise> {
  const { rows, inputs, model } = draft;
  const { epochs, batchSize } = model;
  const steps = epochs * Math.ceil(rows / batchSize);
  checkExerciseWork('the exercise', { inputs, layers: model.layers, steps, taken: epochs * rows });
  let [best, clearest] = [await drawExercise(draft, about, 0), -1];
  for (let draw = 0; draw < mostDraws && clearest < clear; draw++) {
    const exercise = await drawExercise(draft, about, draw);
    const found = clarity(exercise, answersTo(exercise));
    if (found > clearest) [best, clearest] = [exercise, found];
  }
  if (clearest >= 0) return { ...best, id: idOfExercise(best) };
  throw new UserError({
    what: 'the training of the exercise diverges with this {learningRate}',
    expected: 'finite numbers in all steps',
    received: draft.model.learningRate,
    remedy: 'lower {learningRate}, or scale the inputs',
  });
}

async function drawExercise(
  { model, rowsOf, seeds, largeBiases }: Draft,
  about: About,
  draw: number,
): Promise<Exercise> {
  const { layers, loss, delta = defaultDelta, lambda, l1, penalizeBiases, learningRate, schedule } = model;
  const { x, y } = rowsOf(draw);
  const [rows, inputs] = x.shape;
  const weights = seeds.weights ?? initialWeights(layers, inputs, seeds.init, draw);
  const batches = batchesOf(model, rows, seeds.batches);
  const rateOf = await compileSchedule(schedule);
  await checkSchedule(schedule, rateOf, learningRate, batches.length, batches[0].length);
  return {
    ...{ id: '', ...about, x, y, loss, delta, learningRate, schedule, rateOf, batches },
    penalty: { lambda, l1, penalizeBiases },
    layers: layers.map(({ units, activation }, layer) => {
      const { kernel, bias } = weights[layer];
      const fanIn = layer === 0 ? inputs : layers[layer - 1].units;
      const large = largeBiases ? largeBiasesOf(units, seeds.init, draw, layer) : bias;
      return {
        ...{ units, activation, kernel: arrayOf([fanIn, units], kernel) },
        bias: bias === null ? null : arrayOf([units], large!),
      };
    }),
    optimizer: model.optimizer,
  };
}

/** Biases of which mistakes show: normal with standard deviation 0.3, where the usual ones are 0 or 0.01. */
function largeBiasesOf(units: number, seed: number, draw: number, layer: number): Float64Array {
  const rng = createRng(seed, 'exercise', 1e6 + 1000 * draw + layer);
  return Float64Array.from({ length: units }, () => 0.3 * rng.normal());
}

/** [epoch][step][row]. Where training leaves out the rows of a permutation that fill no batch, they are the last batch here. */
function batchesOf({ batches, batchSize, epochs }: SgdConfig, rows: number, seed: number): number[][][] {
  const drawn = batchings[batches](rows, batchSize, seed);
  return Array.from({ length: epochs }, (_, epoch) => {
    if (batches === 'permutation') {
      const order = [...permutation(createRng(seed, 'batches', epoch), rows)];
      const steps = Math.ceil(rows / batchSize);
      return Array.from({ length: steps }, (_, s) => order.slice(s * batchSize, (s + 1) * batchSize));
    }
    drawn.startEpoch(epoch);
    return Array.from({ length: drawn.steps }, (_, step) => {
      const ints = new Int32Array(drawn.size);
      drawn.fill(step, ints, 0);
      return [...ints];
    });
  });
}
