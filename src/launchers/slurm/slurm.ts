import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Detached } from '../../errors.ts';
import { savedEpochs } from '../../store/checkpoints.ts';
import type { Launcher } from '../launcher.ts';
import { type AwaitedTask, createAwaitedTasks } from './awaited-tasks.ts';
import { SlurmError } from './commands.ts';
import { createAttention } from './held-jobs.ts';
import { createOpenTrials } from './open-trials.ts';
import { createPatience, timeText } from './patience.ts';
import { createPauses } from './pauses.ts';
import { createSettlement } from './settle.ts';
import { createSubmitting } from './submit-missing.ts';
import { createWatch } from './watch.ts';

/**
 * Submits trials to Slurm as arrays of tasks, and waits until each has a record in the store or has failed.
 *
 * What tasks in the queue compute is not submitted again, whoever submitted them. A task that has ended without all of its
 * records is submitted again, as long as there is progress: some of its trials were done, or trained further.
 */
export const slurm: Launcher = async (trials, options) => {
  const { store, lease, events, stop, maxFailures = Number.POSITIVE_INFINITY } = options;
  const { settings } = options.slurm!;
  const noted = new Set<string>();
  const noteOnce = (text: string): void => {
    if (!noted.has(text)) events.note(text);
    noted.add(text);
  };
  const watch = createWatch(store.directory, lease, events.note);
  const awaited = createOpenTrials(trials, options);
  const { open, computed, failures, takeRecords } = awaited;
  const tasks = createAwaitedTasks(awaited, options, watch, createAttention(events.note, noteOnce));
  const settle = createSettlement(awaited, tasks, options);
  const submitting = createSubmitting(awaited, tasks, options, noteOnce);

  /** Looks at the queue, and submits what is missing. Returns how sbatch failed without an answer. Errors: SlurmError of others. */
  const takeLook = async (): Promise<SlurmError | null> => {
    const { watched, all } = await watch.look();
    const saved = await savedEpochs(store.directory, open);
    await tasks.follow(watched, saved, submitting.unsentId());
    await settle(saved);
    // What was in the queue a moment ago may have ended since, with its records.
    await takeRecords();
    return await submitting.submitMissing(all);
  };

  const pauses = createPauses(settings.poll);
  const patience = createPatience(settings.patience);
  let nextLook = 0;
  while (open.size > 0 && stop?.aborted !== true) {
    await takeRecords();
    if (open.size === 0) break;
    const begun = performance.now();
    if (begun >= nextLook) {
      let silence: SlurmError | null;
      try {
        silence = await takeLook();
      } catch (error) {
        if (!(error instanceof SlurmError)) throw error;
        const what = error.isUnanswered ? 'Slurm does not answer' : 'Slurm answers with an error';
        noteOnce(`${what} (${error.message}); trying again for ${timeText(settings.patience)} at most`);
        silence = error;
      }
      patience.check(silence, open.size);
      nextLook = performance.now() + pauses.next(performance.now() - begun);
      events.tasks?.(tasks.counts());
      if (settings.detach && tasks.hasAny()) throw detached(store.directory, tasks.all());
    }
    if (failures.length >= maxFailures) {
      await tasks.cancelOwn();
      break;
    }
    if (open.size > 0) await pause(pauses.short(), stop);
  }
  if (open.size === 0) await tasks.end();
  return { computed, failures };
};

/** Waits, or until the stop. */
async function pause(milliseconds: number, stop: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, stop === undefined ? {} : { signal: stop }).catch(() => {});
}

function detached(storeDirectory: string, tasks: Iterable<AwaitedTask>): Detached {
  const jobs = new Map<string, Set<string>>();
  for (const { folder, job } of tasks) {
    const id = basename(folder);
    jobs.set(id, (jobs.get(id) ?? new Set()).add(job.split('_')[0]));
  }
  return new Detached(
    storeDirectory,
    [...jobs].map(([id, numbers]) => ({ id, jobs: [...numbers].filter((job) => job !== '') })),
  );
}
