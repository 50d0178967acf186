/** Which trial of a task a thread is computing, and since when, in memory that it shares with the main thread. */
export interface TaskClock {
  /** [1]: the trial's place in the task; -1 before the first. */
  readonly trial: Int32Array;
  /** [1]: when it began, in nanoseconds of the clock that all threads of a process share; 0 before the first. */
  readonly begun: BigInt64Array;
}

export function createTaskClock(): TaskClock {
  const trial = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  return { trial, begun: new BigInt64Array(new SharedArrayBuffer(8)) };
}

/** Notes in the thread that it begins with a trial. */
export function beginTrial({ trial, begun }: TaskClock, index: number): void {
  Atomics.store(begun, 0, process.hrtime.bigint());
  Atomics.store(trial, 0, index);
}

/** The place of the trial that is, or was last, computed: the first if none has begun. */
export function currentTrial({ trial }: TaskClock): number {
  return Math.max(0, Atomics.load(trial, 0));
}

/** Calls `end` with the reason when a trial of the task has taken longer than `limit` seconds. Returns how to stop watching. */
export function watchTask({ begun }: TaskClock, limit: number, end: (reason: Error) => void): () => void {
  let timer: NodeJS.Timeout;
  const watch = (): void => {
    const since = Atomics.load(begun, 0);
    const elapsed = since === 0n ? 0 : Number(process.hrtime.bigint() - since) / 1e9;
    if (elapsed >= limit) end(new Error(`it took longer than the limit of ${limit} s`));
    // A thread that is still starting is given time too.
    else timer = setTimeout(watch, Math.ceil(1000 * (limit - elapsed)));
  };
  watch();
  return () => clearTimeout(timer);
}
