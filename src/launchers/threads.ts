import { exitCodes, UserError } from '../errors.ts';
import { shareData } from '../trial/shared-data.ts';
import type { Trial } from '../trial/trial.ts';
import { type Ending, type Launcher, LaunchFailure, stopGracePeriod } from './launcher.ts';
import { giveBack, type LentCores } from './lent-cores.ts';
import { schedule } from './schedule.ts';
import type { WorkerData, WorkerEnding, WorkerMessage, WorkerTask } from './worker.ts';

/** Runs trials in worker threads, one at a time in each. A thread that dies or hangs fails only its own trial. */
export const threads: Launcher = async (trials, options) => {
  const { store, sources, jobs, events, timeout = null, force = false, keep = 'records' } = options;
  const { Piscina } = await import('piscina');
  const width = Math.min(jobs, trials.length);
  const workerData: WorkerData = { shared: await shareData(trials, sources), sources };
  const pool = startThreads(
    () =>
      new Piscina({
        filename: new URL('./worker.js', import.meta.url).href,
        minThreads: width,
        maxThreads: width,
        concurrentTasksPerWorker: 1,
        workerData,
      }),
  );
  const running = new Map<string, Running>();
  pool.on('message', (message: WorkerMessage) => {
    const task = running.get(message.id);
    if (task === undefined) return;
    if ('epoch' in message) events.epoch(task.trial, message.epoch);
    else if ('note' in message) events.note(message.note);
    else task.begin();
  });
  /** Piscina does not replace a thread that cannot start. Without any thread, waiting tasks would wait forever. */
  const noThreadLeft = (error: unknown): LaunchFailure | null =>
    pool.threads.length > 0 ? null : new LaunchFailure(`no thread can be started: ${messageOf(error)}`);
  let broken: LaunchFailure | null = null;
  pool.on('error', (error) => {
    broken ??= noThreadLeft(error);
    if (broken !== null) for (const { end } of running.values()) end(broken);
  });
  const counters = new Int32Array(new SharedArrayBuffer(8));
  /** Cores without a trial. A training may borrow one to evaluate its model. */
  const idle = counters.subarray(0, 1);
  /** Not 0: running trials must save their progress and stop. */
  const stopFlag = counters.subarray(1, 2);
  idle[0] = Math.max(0, jobs - trials.length);
  let unfinished = trials.length;
  let stopTimer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    Atomics.store(stopFlag, 0, 1);
    stopTimer = setTimeout(() => {
      for (const { end } of running.values()) end(new TooSlowToStop());
    }, stopGracePeriod);
  };

  const runOne = async (trial: Trial, attempt: number): Promise<Ending> => {
    if (broken !== null) throw broken;
    const { id, config } = trial;
    const cores: LentCores = { idle, lent: new Int32Array(new SharedArrayBuffer(4)) };
    const storeDirectory = store.directory;
    const task: WorkerTask = { id, config, storeDirectory, cores, stopFlag, force, keep, attempt };
    const ending = new AbortController();
    const end = (reason: Error): void => ending.abort(reason);
    let timer: NodeJS.Timeout | undefined;
    const begin = (): void => {
      if (timeout === null) return;
      timer = setTimeout(
        () => end(new Error(`it took longer than the limit of ${timeout} s`)),
        1000 * timeout,
      );
    };
    running.set(id, { trial, begin, end });
    try {
      const outcome = (await pool.run(task, { signal: ending.signal })) as WorkerEnding;
      if (typeof outcome === 'object') throw new LaunchFailure(outcome.storeError);
      return outcome;
    } catch (thrown) {
      const error = ending.signal.aborted ? ending.signal.reason : thrown;
      if (error instanceof TooSlowToStop) return 'stopped';
      throw error instanceof LaunchFailure ? error : (noThreadLeft(error) ?? error);
    } finally {
      clearTimeout(timer);
      giveBack(cores);
      running.delete(id);
    }
  };
  const countingEvents: typeof events = {
    ...events,
    ended: (trial, outcome) => {
      events.ended(trial, outcome);
      unfinished--;
      if (unfinished < jobs) Atomics.add(idle, 0, 1);
    },
    found: (trial, outcome) => {
      events.found(trial, outcome);
      unfinished--;
      if (unfinished < jobs) Atomics.add(idle, 0, 1);
    },
  };
  try {
    return await schedule(trials, width, { ...options, events: countingEvents }, runOne, onStop);
  } finally {
    clearTimeout(stopTimer);
    await pool.close({ force: true });
  }
};

interface Running {
  readonly trial: Trial;
  /** Called when its thread starts computing it. */
  begin(): void;
  /** Ends its thread and gives the reason. */
  end(reason: Error): void;
}

/** A trial was asked to stop but kept running. */
class TooSlowToStop extends Error {}

/** Starts threads. Errors: UserError if the system refuses to start them. */
function startThreads<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw new UserError(
      {
        what: `worker threads cannot be started: ${messageOf(error)}`,
        expected: 'a system that allows one thread for each of {jobs}',
        remedy: 'lower {jobs}, or raise the limit on processes (ulimit -u)',
      },
      exitCodes.failed,
    );
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
