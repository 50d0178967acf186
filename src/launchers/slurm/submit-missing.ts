import { Cancelled, UserError } from '../../errors.ts';
import { removeDirectory } from '../../files/retry-while-busy.ts';
import { savedEpochs } from '../../store/checkpoints.ts';
import type { Trial } from '../../trial/trial.ts';
import type { LaunchOptions } from '../launcher.ts';
import type { AwaitedTasks } from './awaited-tasks.ts';
import { isUnanswered, readMaxArraySize, type SlurmError } from './commands.ts';
import type { OpenTrials } from './open-trials.ts';
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

  const submitRest = async (rest: readonly Trial[], seen: ReadonlySet<string>): Promise<void> => {
    maxArraySize ??= await readMaxArraySize();
    const submitted = await submit(rest, seen, maxArraySize, options, unsentOf(rest));
    if (submitted === null) return;
    if (submitted.isCancelled) throw new Cancelled(submitted.submission.id);
    const { folder, jobs, refusal } = submitted;
    const isUnsent = jobs.every((job) => job === null);
    unsent = isUnsent ? submitted : null;
    tasks.add(submitted, await savedEpochs(store.directory));
    if (refusal === null) return;
    if (isUnanswered(refusal.message)) {
      noteOnce(
        `sbatch failed (${refusal.message}); looking in the queue whether it took the job, else trying again`,
      );
      return;
    }
    if (isUnsent && !tasks.hasLive()) {
      await removeDirectory(folder);
      throw refused(refusal);
    }
    isWaitingForRoom = true;
    events.note(
      `sbatch did not take all arrays: ${refusal.message}; the rest is submitted when these have ended`,
    );
  };

  return {
    /** The id of the submission that was not sent; null if there is none. */
    unsentId: (): string | null => unsent?.submission.id ?? null,
    /** Submits what no task computes, unless another process has made a submission that is not in `seen`. Errors: UserError if sbatch refuses. */
    async submitMissing(seen: ReadonlySet<string>): Promise<void> {
      if (isWaitingForRoom && tasks.hasLive()) return;
      isWaitingForRoom = false;
      const covered = tasks.covered();
      const rest = [...open.values()].filter(({ id }) => !covered.has(id));
      if (rest.length > 0 && failures.length < maxFailures) await submitRest(rest, seen);
    },
  };
}

function refused({ message }: SlurmError): UserError {
  return new UserError({
    what: 'sbatch refused the job',
    received: message,
    remedy:
      'change what it names; {slurmPartition}, {slurmAccount} and the like choose what the cluster wants',
  });
}
