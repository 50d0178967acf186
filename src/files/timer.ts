import { setTimeout as sleep } from 'node:timers/promises';

/** Waiting, so that a test can say when the time has come. */
export interface Timer {
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** Calls back every so many milliseconds, until the returned function is called; keeps no process alive. */
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
