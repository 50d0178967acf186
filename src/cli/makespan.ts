/** More waiting trials than this are not distributed to the workers one by one. */
const mostDistributed = 1000;

/** The seconds that trials would take on `width` workers if their predictions were right. */
export function foresee(works: Iterable<{ readonly seconds: number }>, width: number): number {
  const queue: (Queued & { count: number })[] = [];
  for (const { seconds } of works) {
    const last = queue.at(-1);
    if (last?.seconds === seconds) last.count++;
    else queue.push({ predicted: seconds, seconds, count: 1 });
  }
  queue.sort((a, b) => b.predicted - a.predicted);
  return makespan([], queue, width, 0, 1);
}

/** Waiting trials of the same length: their predicted seconds, by which they are ordered, and those expected here. */
export interface Queued {
  readonly predicted: number;
  readonly seconds: number;
  readonly count: number;
}

/**
 * The seconds until all workers have finished: `rests` are those of the running trials. `others` is the number of workers
 * in other processes, `used` the part of the time that workers spend in trials.
 */
export function makespan(
  rests: readonly number[],
  queue: readonly Queued[],
  width: number,
  others: number,
  used: number,
): number {
  const longestRest = rests.reduce((most, rest) => Math.max(most, rest), 0);
  const count = queue.reduce((sum, each) => sum + each.count, 0);
  if (count === 0) return longestRest;
  const sum =
    rests.reduce((total, rest) => total + rest, 0) +
    queue.reduce((total, each) => total + each.count * each.seconds, 0);
  const even = sum / (width + others) / used;
  const longest = queue.reduce((most, { seconds }) => Math.max(most, seconds), longestRest);
  if (count > mostDistributed || others > 0.1) return Math.max(even, longest);
  const free = [...rests, ...Array<number>(Math.max(0, width - rests.length)).fill(0)];
  for (const each of queue) {
    for (let k = 0; k < each.count; k++) {
      const next = free.indexOf(Math.min(...free));
      free[next] += each.seconds / used;
    }
  }
  return Math.max(...free);
}
