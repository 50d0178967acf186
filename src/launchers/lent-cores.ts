/** Milliseconds of training that must remain for another core to pay off: its thread has to start and load first. */
const minimumRemaining = 1000;

/** Counts of idle cores, in memory that all threads share. */
export interface LentCores {
  /** [1], shared by all trials: cores that no trial is running on. */
  readonly idle: Int32Array;
  /** [1], this trial's own: 1 while it uses one of those cores, else 0. */
  readonly lent: Int32Array;
}

/** Takes an idle core and returns a function that gives it back; null if none is idle or too little work remains. */
export function takeCore(cores: LentCores, millisecondsLeft: number): (() => void) | null {
  if (millisecondsLeft < minimumRemaining) return null;
  const idle = Atomics.load(cores.idle, 0);
  if (idle < 1 || Atomics.compareExchange(cores.idle, 0, idle, idle - 1) !== idle) return null;
  Atomics.store(cores.lent, 0, 1);
  return () => giveBack(cores);
}

/** Gives the trial's extra core back, if it has one. Also called for a thread that was ended and cannot do so itself. */
export function giveBack({ idle, lent }: LentCores): void {
  if (Atomics.exchange(lent, 0, 0) === 1) Atomics.add(idle, 0, 1);
}
