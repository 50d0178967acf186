import type { SeenLease } from './lease-file.ts';
import { isProcessGone } from './lease-file.ts';

/** A lease without a sign of life for this many milliseconds of watching belongs to a dead process. */
export const leaseTimeout = 30_000;

/**
 * Milliseconds of silence that one look can add. Whoever was itself suspended, or waited for a file server that did not answer,
 * has not seen what others did meanwhile.
 */
const longestSilence = 10_000;

/** Tells which processes live from the signs of life that this process sees. The clocks of other machines do not count. */
export interface LeaseWatch {
  /** Looks at a lease or lock. Returns whether it is still alive: whether it has changed within `leaseTimeout`. */
  isAlive(lease: SeenLease): boolean;
  /** Whether it has been seen to give a sign of life. */
  hasMoved(lease: SeenLease): boolean;
}

export function createLeaseWatch(now: () => number): LeaseWatch {
  const seen = new Map<string, Seen>();
  const look = (lease: SeenLease): Seen => {
    const { name, sign } = lease;
    const time = now();
    const before = seen.get(name);
    const state =
      before?.sign === sign
        ? { ...before, time, silence: before.silence + Math.min(time - before.time, longestSilence) }
        : { sign, time, silence: 0, moved: before !== undefined };
    seen.set(name, state);
    return state;
  };
  return {
    isAlive: (lease) => !isProcessGone(lease) && look(lease).silence <= leaseTimeout,
    hasMoved: (lease) => look(lease).moved,
  };
}

interface Seen {
  readonly sign: string;
  /** When it was last looked at, and for how long it had not changed then, in milliseconds. */
  readonly time: number;
  readonly silence: number;
  readonly moved: boolean;
}
