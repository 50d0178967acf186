import type { Exercise } from '../trace/exercise.ts';

/** How much work a diagnosis may take. It counts operations, never time: the same recording gives the same diagnosis. */
export interface Effort {
  /** Programs that were run. */
  readonly tried: number;
  /** Whether something was left out. */
  readonly cutShort: boolean;
  /** Whether another program may be run; if not, something is left out. */
  allows(): boolean;
  /** Counts a run of this many steps. */
  spend(steps: number): void;
  /** From here on, pairs of mistakes are tried, with what they may take of the work. */
  startPairs(): void;
}

/** Multiplications for all single mistakes, and for pairs: at most a second, and a fifth of one. */
const most = { singles: 8e8, pairs: 2e8 };
/** What a run costs beyond its arithmetic, and a layer in a step, in multiplications. */
const overhead = { run: 150_000, layer: 20_000 };

export function createEffort({ batches, layers }: Exercise): Effort {
  const N = Math.max(...batches.flat().map((rows) => rows.length));
  const weights = layers.reduce((sum, { kernel }) => sum + kernel.values.length, 0);
  const step = overhead.layer * layers.length + (3 * N + 10) * weights;
  let [left, tried, cutShort, hasPairs] = [most.singles, 0, false, false];
  return {
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
    spend(steps) {
      left -= overhead.run + steps * step;
      tried++;
    },
    startPairs() {
      if (!hasPairs) left = Math.max(0, left) + most.pairs;
      hasPairs = true;
    },
  };
}
