import { setTimeout as sleep } from 'node:timers/promises';

/** Waiting and repeating, as an interface so that tests can control time. */
export interface Timer {
  /** Resolves after the given time. */
  pause(milliseconds: number): Promise<void>;
  /** Calls `call` at this interval until the returned function is called. Does not keep the process alive. */
  every(milliseconds: number, call: () => Promise<void>): () => void;
}

export const systemTimer: Timer = {
  pause: (milliseconds) => sleep(milliseconds),
  every(milliseconds, call) {
    const interval = setInterval(() => void call(), milliseconds);
    interval.unref();
    return () => clearInterval(interval);
  },
};
