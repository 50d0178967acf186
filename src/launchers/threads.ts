import { exitCodes, UserError } from '../errors.ts';
import { createIdSet } from '../trial/id-set.ts';
import { shareData } from '../trial/shared-data.ts';
import type { Trial } from '../trial/trial.ts';
import { type Launcher, LaunchFailure, type Outcome, stopGracePeriod } from './launcher.ts';
import { giveBack, type LentCores } from './lent-cores.ts';
import { type RunTask, schedule } from './schedule.ts';
import { createTaskClock, currentTrial, watchTask } from './task-clock.ts';
import type { WorkerData, WorkerEnding, WorkerMessage, WorkerTask } from './worker.ts';

/**
 * The memory of a thread for new objects. Numbers of a training are elsewhere, so the engine's usual 48 MiB would fill up with
 * what small trials leave behind, in each thread.
 */
const youngMebibytes = 12;

/** Runs trials in worker threads, one at a time in each. A thread that dies or hangs fails only the trial that it computed. */
export const threads: Launcher = async (trials, options) => {
  const { store, sources, jobs, events, timeout = null, keep = 'records' } = options;
  const { continuable = new Map<string, never>(), keepFinals = true, ownTrials = false } = options;
  if (trials.length === 0) return { computed: createIdSet(), failures: [] };
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
        resourceLimits: { maxYoungGenerationSizeMb: youngMebibytes },
      }),
  );
  const running = new Map<number, Running>();
  pool.on('message', (message: WorkerMessage) => {
    const task = running.get(message.task);
    if (task === undefined) return;
    if ('epoch' in message) task.onEpoch(task.trials[message.trial], message.epoch);
    else events.note(message.note);
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

  let tasks = 0;
  const runTask: RunTask = async (trials, attempt, onEpoch) => {
    if (broken !== null) throw broken;
    const number = tasks++;
    const cores: LentCores = { idle, lent: new Int32Array(new SharedArrayBuffer(4)) };
    const clock = createTaskClock();
    const task: WorkerTask = {
      task: number,
      trials: trials.map(({ id, config }) => ({ id, config })),
      continuable: trials.map(({ id }) => continuable.get(id) ?? []),
      ...{ storeDirectory: store.directory, cores, clock, stopFlag, keepFinals, keep, attempt },
      ownTrials,
    };
    const ending = new AbortController();
    const end = (reason: Error): void => ending.abort(reason);
    const stopWatch = timeout === null ? () => {} : watchTask(clock, timeout, end);
    running.set(number, { trials, onEpoch, end });
    try {
      const ended = (await pool.run(task, { signal: ending.signal })) as WorkerEnding;
      if ('storeError' in ended) throw new LaunchFailure(ended.storeError);
      const { outcomes, written } = ended;
      if (written !== null) {
        const ids = trials.filter((_, index) => isStored(outcomes[index])).map(({ id }) => id);
        store.learn(written, ids);
      }
      return trials.map((_, index) => outcomes[index] ?? null);
    } catch (thrown) {
      const error = ending.signal.aborted ? ending.signal.reason : thrown;
      if (error instanceof TooSlowToStop) return trials.map(() => null);
      if (error instanceof LaunchFailure) throw error;
      const failure = noThreadLeft(error);
      if (failure !== null) throw failure;
      // Nothing of this task is on disk for certain, but only the trial that ran is to blame.
      const failed = Math.min(currentTrial(clock), trials.length - 1);
      return trials.map((_, index) => (index === failed ? { error } : null));
    } finally {
      stopWatch();
      giveBack(cores);
      running.delete(number);
    }
  };
  const ends = (): void => {
    unfinished--;
    if (unfinished < jobs) Atomics.add(idle, 0, 1);
  };
  const countingEvents: typeof events = {
    ...events,
    ended: (trial, outcome) => {
      events.ended(trial, outcome);
      ends();
    },
    ran: (trial, outcome, seconds) => {
      events.ran(trial, outcome, seconds);
      ends();
    },
    found: (trial, outcome) => {
      events.found(trial, outcome);
      ends();
    },
  };
  try {
    return await schedule(trials, width, { ...options, events: countingEvents }, runTask, { onStop });
  } finally {
    clearTimeout(stopTimer);
    await pool.close({ force: true });
  }
};

interface Running {
  readonly trials: readonly Trial[];
  readonly onEpoch: (trial: Trial, epoch: number) => void;
  /** Ends its thread and gives the reason. */
  end(reason: Error): void;
}

const isStored = (outcome: Outcome | undefined): boolean =>
  outcome !== undefined && 'ending' in outcome && outcome.ending !== 'stopped';

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
