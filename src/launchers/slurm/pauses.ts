/** The time between two looks at the queue grows to this many times the shortest one. */
const slowest = 10;
/** Seconds between two looks at the store, at first. */
const firstLook = 1;

/** The pauses between looks in milliseconds: they grow by a quarter each time, and with what a look costs, to `slowest` polls. */
export function createPauses(poll: number) {
  const most = 1000 * poll * slowest;
  let long = 1000 * poll;
  let short = 1000 * firstLook;
  return {
    /** Until the next look at the queue, after one that took `cost`. */
    next(cost: number): number {
      const pause = Math.min(most, Math.max(long, 10 * cost));
      long = Math.min(most, 1.25 * long);
      return pause;
    },
    /** Until the next look at the store. */
    short(): number {
      const pause = short;
      short = Math.min(most / 2, 1.1 * short);
      return Math.min(pause, long);
    },
  };
}
