/** A training that has less than this left, in milliseconds, gains nothing: a thread has to start and load. */
const worthwhile = 1000;

/**
 * Cores that no trial is running on, in memory that all threads share: `idle` counts them, `lent` is 1 while this trial
 * has one of them.
 */
export interface LentCores {
  readonly idle: Int32Array;
  readonly lent: Int32Array;
}

/** Takes one of the idle cores, if there is one; what it returns gives it back. */
export function takeCore(cores: LentCores, millisecondsLeft: number): (() => void) | null {
  if (millisecondsLeft < worthwhile) return null;
  const idle = Atomics.load(cores.idle, 0);
  if (idle < 1 || Atomics.compareExchange(cores.idle, 0, idle, idle - 1) !== idle) return null;
  Atomics.store(cores.lent, 0, 1);
  return () => giveBack(cores);
}

/** Gives the trial's core back, if it has one: also for a thread that was ended and cannot do so itself. */
export function giveBack({ idle, lent }: LentCores): void {
  if (Atomics.exchange(lent, 0, 0) === 1) Atomics.add(idle, 0, 1);
}
