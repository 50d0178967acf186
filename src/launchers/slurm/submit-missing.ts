import { Cancelled, counted } from '../../errors.ts';
import { removeDirectory } from '../../files/retry-while-busy.ts';
import { savedEpochs } from '../../store/checkpoints.ts';
import type { Trial } from '../../trial/trial.ts';
import type { LaunchOptions } from '../launcher.ts';
import type { AwaitedTasks } from './awaited-tasks.ts';
import { readMaxArraySize, type SlurmError } from './commands.ts';
import type { OpenTrials } from './open-trials.ts';
import { isSubmitLimit, refused } from './refusals.ts';
import { type Submitted, submit } from './submit.ts';

/** What submits the open trials that no task computes. */
export function createSubmitting(
  { open, failures }: OpenTrials,
  tasks: AwaitedTasks,
  options: LaunchOptions,
  noteOnce: (text: string) => void,
) {
  const { store, events, maxFailures = Number.POSITIVE_INFINITY } = options;
  let maxArraySize: number | null = null;
  /** Whether sbatch took some arrays only: the rest waits until their tasks have ended. */
  let isWaitingForRoom = false;
  /** What sbatch could not submit, as Slurm did not answer. */
  let unsent: Submitted | null = null;

  /** The submission that was not sent, if it has exactly these trials. */
  const unsentOf = (rest: readonly Trial[]): Submitted | null => {
    const ids = new Set(rest.map(({ id }) => id));
    const isSame =
      unsent?.submission.trials === ids.size &&
      unsent.tasks.every(({ trials }) => trials.every(({ id }) => ids.has(id)));
    return isSame ? unsent : null;
  };

  const submitRest = async (
    rest: readonly Trial[],
    seen: ReadonlySet<string>,
  ): Promise<SlurmError | null> => {
    maxArraySize ??= await readMaxArraySize();
    const submitted = await submit(rest, seen, maxArraySize, options, unsentOf(rest));
    if (submitted === null) return null;
    if (submitted.isCancelled) throw new Cancelled(submitted.submission.id);
    const { folder, jobs, refusal } = submitted;
    const isUnsent = jobs.every((job) => job === null);
    unsent = isUnsent ? submitted : null;
    tasks.add(submitted, await savedEpochs(store.directory, open));
    if (refusal === null) return null;
    if (refusal.isUnanswered) {
      noteOnce(
        `sbatch failed (${refusal.message}); looking in the queue whether it took the job, else trying again`,
      );
      return refusal;
    }
    if (isUnsent && !tasks.hasLive()) {
      await removeDirectory(folder);
      unsent = null;
      const { arraySize } = submitted.submission;
      if (!isSubmitLimit(refusal.message) || arraySize === 1) throw refused(refusal.message);
      maxArraySize = Math.ceil(arraySize / 2);
      const most = counted(maxArraySize, 'task');
      events.note(
        `sbatch did not take ${counted(arraySize, 'task')} (${refusal.message}); trying ${most} at a time`,
      );
      return await submitRest(rest, seen);
    }
    isWaitingForRoom = true;
    events.note(
      `sbatch did not take all arrays: ${refusal.message}; the rest is submitted when these have ended`,
    );
    return null;
  };

  return {
    /** The id of the submission that was not sent; null if there is none. */
    unsentId: (): string | null => unsent?.submission.id ?? null,
    /**
     * Submits what no task computes, unless another process has made a submission that is not in `seen`. Returns how sbatch
     * failed if it gave no answer. Errors: UserError if it refuses.
     */
    async submitMissing(seen: ReadonlySet<string>): Promise<SlurmError | null> {
      if (isWaitingForRoom && tasks.hasLive()) return null;
      isWaitingForRoom = false;
      const covered = tasks.covered();
      const rest = [...open.values()].filter(({ id }) => !covered.has(id));
      if (rest.length === 0 || failures.length >= maxFailures) return null;
      return await submitRest(rest, seen);
    },
  };
}
