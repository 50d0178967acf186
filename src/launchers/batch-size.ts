import type { Trial } from '../trial/trial.ts';
import type { Outcome } from './launcher.ts';

/** Seconds that a batch of trials is to take. What it has computed is on disk only at its end. */
export const batchSeconds = 0.075;
/** A trial that takes longer is a task of its own. */
const longest = 0.02;
/** A batch has this many trials at most. */
const most = 1000;

/** Decides how many trials go together, by their predicted times and by what earlier ones have taken in relation to them. */
export interface BatchSizes {
  /** Removes the next task from the end of a list of trials: one, or up to `limit` small ones. */
  take(trials: Trial[], limit: number): Trial[];
  learn(batch: readonly Trial[], outcomes: readonly (Outcome | null)[]): void;
}

/** `predict` gives the seconds that a trial takes by what is known before it runs. */
export function createBatchSizes(predict: (trial: Trial) => number): BatchSizes {
  let factor = 1;
  /** What was predicted for the trials of a batch. */
  const predicted = new WeakMap<readonly Trial[], readonly number[]>();
  return {
    take(trials, limit) {
      const batch: Trial[] = [];
      const each: number[] = [];
      let sum = 0;
      while (trials.length > 0 && batch.length < Math.min(limit, most)) {
        const unscaled = predict(trials.at(-1)!);
        const seconds = factor * unscaled;
        if (batch.length > 0 && (seconds > longest || sum + seconds > batchSeconds)) break;
        batch.push(trials.pop()!);
        each.push(unscaled);
        sum += seconds;
        if (seconds > longest) break;
      }
      predicted.set(batch, each);
      return batch;
    },
    learn(batch, outcomes) {
      let [actual, expected] = [0, 0];
      for (const [index, seconds] of (predicted.get(batch) ?? batch.map(predict)).entries()) {
        const outcome = outcomes[index] ?? null;
        if (outcome === null || !('seconds' in outcome)) continue;
        actual += outcome.seconds;
        expected += seconds;
      }
      if (expected > 0) factor += (actual / expected - factor) / 2;
    },
  };
}
