import { setTimeout as sleep } from 'node:timers/promises';

/** Waiting and repeating, as an interface so that tests can control time. */
export interface Timer {
  /** Milliseconds since some moment. Never goes back, and is no time of day. */
  now(): number;
  /** Resolves after the given time. */
  pause(milliseconds: number): Promise<void>;
  /** Calls `call` at this interval until the returned function is called. Does not keep the process alive. */
  every(milliseconds: number, call: () => Promise<void>): () => void;
}

export const systemTimer: Timer = {
  now: () => performance.now(),
  pause: (milliseconds) => sleep(milliseconds),
  every(milliseconds, call) {
    const interval = setInterval(() => void call(), milliseconds);
    interval.unref();
    return () => clearInterval(interval);
  },
};
