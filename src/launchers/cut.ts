import { trialSeconds } from '../trial/size.ts';
import type { Trial } from '../trial/trial.ts';

/** A trial's id and what it is predicted to cost, in any unit. */
export interface Costed {
  readonly id: string;
  readonly cost: number;
}

/**
 * The trials of shard k of n, in the order of `trials`; k counts from 1.
 *
 * The cut depends only on the ids and the predicted costs of all trials, so that machines agree on it without talking. The
 * loads of two shards differ by at most the cost of the longest trial.
 */
export function shardOf(trials: readonly Trial[], k: number, n: number): Trial[] {
  const shards = cutByCost(
    trials.map(({ id, config }) => ({ id, cost: costOf(config) })),
    n,
  );
  return trials.filter((_, index) => shards[index] === k - 1);
}

/** Whole microseconds, so that the last digit of a prediction cannot move a trial to another shard. */
export function costOf(config: Trial['config']): number {
  return Math.max(1, Math.round(1e6 * trialSeconds(config)));
}

/**
 * The shard of each trial, from 0: the dearest first, each to the shard with the least load so far. Equal costs come in the
 * order of their ids, equal loads in the order of the shards (Graham's LPT rule, https://doi.org/10.1137/0117039).
 */
export function cutByCost(trials: readonly Costed[], n: number): Uint32Array {
  const order = Uint32Array.from(trials.keys()).sort((a, b) => compare(trials[a], trials[b]));
  const shards = new Uint32Array(trials.length);
  const loads = new Float64Array(n);
  // A binary heap of the shards, the one with the least load on top.
  const heap = Uint32Array.from(loads.keys());
  const isLess = (a: number, b: number): boolean => loads[a] < loads[b] || (loads[a] === loads[b] && a < b);
  for (const index of order) {
    const top = heap[0];
    shards[index] = top;
    loads[top] += trials[index].cost;
    let place = 0;
    for (;;) {
      let least = 2 * place + 1;
      if (least + 1 < n && isLess(heap[least + 1], heap[least])) least++;
      if (least >= n || !isLess(heap[least], top)) break;
      heap[place] = heap[least];
      place = least;
    }
    heap[place] = top;
  }
  return shards;
}

function compare(a: Costed, b: Costed): number {
  return b.cost - a.cost || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
