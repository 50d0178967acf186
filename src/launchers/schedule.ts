import { setTimeout as sleep } from 'node:timers/promises';
import { noteFailure } from '../store/failures.ts';
import { shortId } from '../trial/id.ts';
import { createIdSet } from '../trial/id-set.ts';
import { trialSeconds } from '../trial/size.ts';
import type { Trial } from '../trial/trial.ts';
import { createBatchSizes } from './batch-size.ts';
import { claimTrials, holdTrials, maxOwnTrials, nextClaimSize, openTrials } from './claims.ts';
import {
  type Ending,
  type Failure,
  type Launched,
  LaunchFailure,
  type LaunchOptions,
  type Outcome,
} from './launcher.ts';

/**
 * Computes the trials of a task one after another and puts their records in the store. Attempts are numbered from 1.
 *
 * Returns an outcome for each trial that was tried; null for one that is still to be tried. Errors: if there is a single
 * trial, those of that trial; LaunchFailure. `onEpoch` reports the progress of a trial that takes long.
 */
export type RunTask = (
  trials: readonly Trial[],
  attempt: number,
  onEpoch: (trial: Trial, epoch: number) => void,
) => Promise<readonly (Outcome | null)[]>;

/** Milliseconds between checks of the store while other processes hold all remaining trials. */
const pollInterval = 250;

/**
 * Computes trials in `width` tasks at a time, the longest first, until each has a record in the store or has failed here.
 *
 * Trials that take milliseconds go together into a task, if `batches` are allowed. If one of them fails, the others do not:
 * it is tried again in a task of its own. Several processes can share one store: each computes the trials that no other
 * has claimed, and waits for the rest. `onStop` is called once, when running trials have to stop.
 */
export async function schedule(
  trials: readonly Trial[],
  width: number,
  options: LaunchOptions,
  run: RunTask,
  { batches = true, onStop = () => {} }: { readonly batches?: boolean; readonly onStop?: () => void } = {},
): Promise<Launched> {
  const { store, lease, events, maxFailures = Number.POSITIVE_INFINITY } = options;
  const force = options.force === true || options.keep === 'models';
  const stopping = new AbortController();
  const stop = stopping.signal;
  const stopped = new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  void stopped.then(onStop);
  if (options.stop?.aborted) stopping.abort();
  options.stop?.addEventListener('abort', () => stopping.abort(), { once: true });
  const computed = createIdSet();
  const failures: Failure[] = [];
  /** The trials of the running tasks, by id. */
  const running = new Map<string, Trial>();
  const tasks = new Set<Promise<void>>();
  const sizes = createBatchSizes(predict);
  let open = openTrials(longestFirst(trials));
  /** In reverse order: the next trial is the last. */
  let claimed: Trial[] = [];

  const runTask: RunTask = async (task, attempt, onEpoch) => {
    const outcomes = await run(task, attempt, onEpoch);
    sizes.learn(task, outcomes);
    return outcomes;
  };

  const fail = (trial: Trial, error: unknown): void => {
    failures.push({ trial, error });
    events.ended(trial, 'failed');
    if (error instanceof LaunchFailure || failures.length >= maxFailures) stopping.abort();
  };

  const runAlone = async (trial: Trial, failed: { readonly error: unknown } | null = null): Promise<void> => {
    try {
      const ending = await runWithRetries(trial, options, runTask, stop, failed);
      if (ending === 'stopped') return;
      computed.add(trial.id);
      events.ended(trial, ending);
    } catch (error) {
      fail(trial, error);
    }
  };

  const runBatch = async (batch: readonly Trial[]): Promise<void> => {
    /** Those that have been reported because they take longer than expected. */
    const shown = new Set<Trial>();
    const onEpoch = (trial: Trial, epoch: number): void => {
      if (!shown.has(trial)) events.started(trial);
      shown.add(trial);
      events.epoch(trial, epoch);
    };
    let outcomes: Awaited<ReturnType<RunTask>>;
    try {
      outcomes = await runTask(batch, 1, onEpoch);
    } catch (error) {
      events.started(batch[0]);
      fail(batch[0], error);
      return;
    }
    const again: [Trial, { readonly error: unknown }][] = [];
    const left: Trial[] = [];
    for (const [index, trial] of batch.entries()) {
      const outcome = outcomes[index] ?? null;
      if (outcome === null) left.push(trial);
      else if ('error' in outcome) again.push([trial, outcome]);
      else if (outcome.ending !== 'stopped') {
        computed.add(trial.id);
        if (shown.has(trial)) events.ended(trial, outcome.ending);
        else events.ran(trial, outcome.ending, outcome.seconds);
      }
    }
    // They are still claimed.
    for (const trial of left.reverse()) claimed.push(trial);
    for (const [trial, failed] of again) {
      if (!stop.aborted) await runAlone(trial, failed);
    }
  };

  /** Starts tasks until `width` are running. */
  const fill = (): void => {
    while (!stop.aborted && tasks.size < width && claimed.length > 0) {
      const most = batches ? Math.ceil(claimed.length / (open.count > 0 ? width : 2 * width)) : 1;
      const batch = sizes.take(claimed, most);
      for (const trial of batch) running.set(trial.id, trial);
      const task: Promise<void> = (batch.length === 1 ? runAlone(batch[0]) : runBatch(batch)).finally(() => {
        tasks.delete(task);
        for (const { id } of batch) running.delete(id);
        fill();
      });
      tasks.add(task);
    }
  };

  const isOwn = options.ownTrials === true;
  let count = isOwn ? Math.min(trials.length, maxOwnTrials) : width;
  /** When trials were last claimed; null if that claim got none. */
  let lastClaim: number | null = null;
  try {
    while (!stop.aborted) {
      fill();
      // Claims of small trials are made before the last ones are used up, so that no worker waits for them.
      const early = lastClaim !== null && count > 4 * width && claimed.length < count / 4;
      if ((tasks.size < width || early) && open.count > 0) {
        if (lastClaim !== null && !isOwn) count = nextClaimSize(count, width, performance.now() - lastClaim);
        lastClaim = performance.now();
        const held = new Map([...running, ...claimed.map((trial) => [trial.id, trial] as const)]);
        const claim = isOwn
          ? await holdTrials(lease, open, held, count)
          : await claimTrials(lease, store, open, held, count, force);
        open = claim.open;
        for (const trial of claim.found) events.found(trial, store.get(trial.id)!.status);
        claimed = [...claim.mine.reverse(), ...claimed];
        if (claim.mine.length > 0) continue;
        lastClaim = null;
        // Other processes are computing the remaining trials.
        if (open.count > 0) {
          await Promise.race([...tasks, sleep(pollInterval), stopped]);
          continue;
        }
      }
      if (tasks.size === 0 && claimed.length === 0) break;
      await Promise.race([...tasks, stopped]);
    }
    await Promise.all(tasks);
  } finally {
    stopping.abort();
    await Promise.all(tasks);
  }
  return { computed, failures };
}

/** The seconds that a trial takes by what is known before it runs: not kept, as those of a million would fill the memory. */
const predict = ({ config }: Trial): number => trialSeconds(config);

/**
 * Trials of equal length come in an order that is spread evenly over them (multiples of the golden ratio): what the first
 * ones take, and how many of them diverge, is then what to expect of the others. Of thousands, some that are adjacent stay
 * together, so that views read their records from one place.
 */
function longestFirst(trials: readonly Trial[]): Trial[] {
  const seconds = Float64Array.from(trials, predict);
  const together = Math.max(1, Math.min(64, Math.floor(trials.length / 1000)));
  const spread = Uint32Array.from(trials.keys(), (index) =>
    Math.imul(Math.floor(index / together), 0x9e3779b9),
  );
  return Array.from(
    Uint32Array.from(seconds.keys()).sort(
      (a, b) => seconds[b] - seconds[a] || spread[a] - spread[b] || a - b,
    ),
    (index) => trials[index],
  );
}

/**
 * Tries a trial up to 1 + `retries` times, in a task of its own. If the last attempt fails, records the failure in the
 * store. `failed` is a first attempt that has failed before, with other trials in a task.
 */
async function runWithRetries(
  trial: Trial,
  { store, events, retries = 1 }: LaunchOptions,
  runTask: RunTask,
  stop: AbortSignal,
  failed: { readonly error: unknown } | null,
): Promise<Ending> {
  events.started(trial);
  for (let attempt = 1; ; attempt++) {
    try {
      if (attempt === 1 && failed !== null) throw failed.error;
      const [outcome] = await runTask([trial], attempt, events.epoch);
      if (outcome === null) return 'stopped';
      if ('error' in outcome) throw outcome.error;
      return outcome.ending;
    } catch (error) {
      if (error instanceof LaunchFailure) throw error;
      if (stop.aborted && attempt <= retries) return 'stopped';
      const reason = error instanceof Error ? error.message : String(error);
      if (attempt <= retries) {
        events.note(`trial ${shortId(trial.id)} failed and will be retried: ${reason}`);
        continue;
      }
      const note = { id: trial.id, at: new Date().toISOString(), attempts: attempt, reason };
      await noteFailure(store.directory, note).catch(() => {});
      throw error;
    }
  }
}
