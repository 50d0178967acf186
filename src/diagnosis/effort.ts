import type { Exercise } from '../trace/exercise.ts';
import { type Place, placesOf, shapeOf } from '../trace/quantities.ts';

/** How much work a diagnosis may take. It counts operations, never time: the same recording gives the same diagnosis. */
export interface Effort {
  /** Programs that were run. */
  readonly tried: number;
  /** Whether something was left out. */
  readonly cutShort: boolean;
  /** Whether another program may be run; if not, something is left out. */
  allows(): boolean;
  /** What each place takes to compute and to compare, by its number, in multiplications. */
  readonly costs: readonly number[];
  /** Counts a run of so much work, in multiplications. */
  spend(work: number): void;
  /** From here on, pairs of mistakes are tried, with what they may take of the work. */
  startPairs(): void;
}

/** Multiplications for all single mistakes, and for pairs: at most a second, and a fifth of one. */
const most = { singles: 8e8, pairs: 2e8 };
/** What a run costs beyond its places, and a place beyond its arithmetic, in multiplications. */
const overhead = { run: 20_000, place: 3_000 };
/** What a place costs that is not computed again. */
export const costOfLook = 200;
/** What a number costs of a function, and of an update. */
const perNumber = { x: 1, y: 1, z: 0, a: 30, loss: 30, delta: 30, update: 15 };

/** What a place takes to compute, on a batch of N rows. */
function costOf(exercise: Exercise, place: Place, N: number): number {
  const { quantity, layer, parameter } = place;
  const size = shapeOf(exercise, place, N).reduce((product, length) => product * length, 1);
  if (parameter !== null && quantity.endsWith('_gradient')) return overhead.place + N * size;
  if (parameter !== null) return overhead.place + perNumber.update * size;
  const each = perNumber[quantity as keyof typeof perNumber];
  if (layer === null) return overhead.place + each * size;
  const { layers } = exercise;
  const products =
    quantity === 'z'
      ? layers[layer].kernel.shape[0]
      : quantity === 'delta'
        ? (layers[layer + 1]?.units ?? 0)
        : 0;
  return overhead.place + (each + products) * size;
}

export function createEffort(exercise: Exercise): Effort {
  const N = Math.max(...exercise.batches.flat().map((rows) => rows.length));
  const costs = placesOf(exercise).map((place) => costOf(exercise, place, N));
  let [left, tried, cutShort, hasPairs] = [most.singles, 0, false, false];
  return {
    costs,
    get tried() {
      return tried;
    },
    get cutShort() {
      return cutShort;
    },
    allows() {
      if (left <= 0) cutShort = true;
      return left > 0;
    },
    spend(work) {
      left -= overhead.run + work;
      tried++;
    },
    startPairs() {
      if (!hasPairs) left = Math.max(0, left) + most.pairs;
      hasPairs = true;
    },
  };
}
