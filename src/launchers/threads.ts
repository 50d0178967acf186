import { shareData } from '../experiment/shared-data.ts';
import type { Trial } from '../experiment/trial.ts';
import { type Ending, type Launcher, StoreFailure } from './launcher.ts';
import { schedule } from './schedule.ts';
import type { WorkerData, WorkerEnding, WorkerMessage, WorkerTask } from './worker.ts';

/** Worker threads, one trial at a time in each. A thread that dies or hangs takes its own trial along and no other. */
export const threads: Launcher = async (trials, options) => {
  const { store, sources, jobs, events, timeout = null } = options;
  const { Piscina } = await import('piscina');
  const width = Math.min(jobs, trials.length);
  const workerData: WorkerData = { shared: await shareData(trials, sources), sources };
  const pool = new Piscina({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: width,
    maxThreads: width,
    concurrentTasksPerWorker: 1,
    workerData,
  });
  const running = new Map<string, { trial: Trial; begun: () => void }>();
  pool.on('message', (message: WorkerMessage) => {
    const task = running.get(message.id);
    if (task === undefined) return;
    if ('epoch' in message) events.epoch(task.trial, message.epoch);
    else if ('note' in message) events.note(message.note);
    else task.begun();
  });
  // A thread that could not even start fails its trial below.
  pool.on('error', () => {});
  const numbers = new Int32Array(new SharedArrayBuffer(8));
  /** Where there are fewer trials than cores, a training may evaluate on another core. */
  const idleCores = numbers.subarray(0, 1);
  /** Not 0: running trials are to keep what they have and end. */
  const stopFlag = numbers.subarray(1, 2);
  idleCores[0] = Math.max(0, jobs - trials.length);
  let unfinished = trials.length;

  const runOne = async (trial: Trial, attempt: number, stop: AbortSignal): Promise<Ending> => {
    const raise = () => Atomics.store(stopFlag, 0, 1);
    if (stop.aborted) raise();
    stop.addEventListener('abort', raise, { once: true });
    const limit = createLimit(timeout);
    running.set(trial.id, { trial, begun: limit.begin });
    try {
      const { id, config } = trial;
      const task: WorkerTask = { id, config, storeDirectory: store.directory, idleCores, stopFlag, attempt };
      const ending = (await pool.run(task, { signal: limit.signal })) as WorkerEnding;
      if (typeof ending === 'object') throw new StoreFailure(ending.unstored);
      return ending;
    } catch (error) {
      throw limit.signal.aborted ? new Error(`it took longer than --timeout ${timeout} s`) : error;
    } finally {
      limit.end();
      running.delete(trial.id);
      stop.removeEventListener('abort', raise);
    }
  };
  const counting: typeof events = {
    ...events,
    ended: (trial, outcome) => {
      events.ended(trial, outcome);
      unfinished--;
      if (unfinished < jobs) Atomics.add(idleCores, 0, 1);
    },
    found: (trial, outcome) => {
      events.found(trial, outcome);
      unfinished--;
      if (unfinished < jobs) Atomics.add(idleCores, 0, 1);
    },
  };
  try {
    return await schedule(trials, width, { ...options, events: counting }, runOne);
  } finally {
    await pool.close({ force: true });
  }
};

/** Ends a trial's thread so many seconds after the trial has begun. */
function createLimit(seconds: number | null) {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    begin: () => {
      if (seconds !== null) timer = setTimeout(() => controller.abort(), 1000 * seconds);
    },
    end: () => clearTimeout(timer),
  };
}
