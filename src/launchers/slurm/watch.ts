import type { Lease } from '../../store/leases.ts';
import { readQueue } from './commands.ts';
import type { QueuedTasks } from './parse.ts';
import { arrayOfName, jobName } from './script.ts';
import {
  hasMark,
  readArrays,
  readSubmission,
  readTaskIds,
  type Submission,
  submissionFolder,
  submissionIds,
} from './submission.ts';

/** A submission, and which of its tasks wait or run. */
export interface WatchedSubmission {
  readonly submission: Submission;
  readonly folder: string;
  /** The ids of its trials, by task. */
  readonly ids: readonly (readonly string[])[];
  readonly live: ReadonlyMap<number, LiveTask>;
  /** Whether it was cancelled before the first look at it. */
  readonly wasCancelled: boolean;
  /** Whether the process that made it may still be submitting its arrays. */
  readonly isUnderWay: boolean;
}

/** A task that waits or runs. */
export interface LiveTask {
  /** "1234_5", as Slurm and the names of logs have it. */
  readonly job: string;
  readonly state: string;
  readonly reason: string;
  readonly node: string;
}

/** What a look at a store's submissions found. */
export interface Look {
  /** Submissions of which tasks wait, run, or are about to be submitted, and those that were so at an earlier look. */
  readonly watched: readonly WatchedSubmission[];
  /** The ids of all submissions, old ones too. */
  readonly all: ReadonlySet<string>;
}

export type Watch = ReturnType<typeof createWatch>;

/** Looks at the submissions of a store again and again. `lease` is this process's lease on the store. */
export function createWatch(store: string, lease: Pick<Lease, 'living'>, onNote: (text: string) => void) {
  const known = new Map<
    string,
    { submission: Submission; folder: string; ids: string[][]; wasCancelled: boolean }
  >();
  const closed = new Set<string>();

  /** Reads the folder of a submission that has not been seen yet. */
  const open = async (id: string): Promise<void> => {
    const folder = submissionFolder(store, id);
    if (await hasMark(folder, 'ended')) {
      closed.add(id);
      return;
    }
    try {
      const wasCancelled = await hasMark(folder, 'cancelled');
      const submission = await readSubmission(folder);
      known.set(id, { submission, folder, ids: await readTaskIds(folder), wasCancelled });
    } catch (error) {
      closed.add(id);
      onNote(
        `the submission ${folder} is left alone: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
      );
    }
  };

  /** Errors: SlurmError if the queue cannot be read. */
  const look = async (): Promise<Look> => {
    const all = await submissionIds(store);
    for (const id of all) if (!known.has(id) && !closed.has(id)) await open(id);
    const living = await lease.living();
    // The notes are read before the queue: an array that is noted and not in the queue has ended.
    const underWay = new Map<string, boolean>();
    for (const [id, { submission, folder }] of known) {
      const noted = new Set((await readArrays(folder)).map(({ array }) => array)).size;
      const isWhole = noted >= arraysOf(submission);
      underWay.set(id, !isWhole && living.has(submission.lease));
    }
    const names = [...known.values()].flatMap(({ submission }) => namesOf(submission));
    const queue = await readQueue(names);
    const watched = [...known].map(([id, one]) => ({
      ...one,
      live: liveTasks(one.submission, queue),
      isUnderWay: underWay.get(id)!,
    }));
    return { watched, all: new Set(all) };
  };

  return {
    look,
    /** Looks at a submission no more. */
    close(id: string): void {
      known.delete(id);
      closed.add(id);
    },
  };
}

export function arraysOf({ tasks, arraySize }: Submission): number {
  return Math.ceil(tasks / arraySize);
}

/** The names of a submission's jobs. */
export function namesOf(submission: Submission): string[] {
  return Array.from({ length: arraysOf(submission) }, (_, array) => jobName(submission.id, array));
}

/** The tasks of a submission that are in the queue. */
export function liveTasks(
  { id, tasks, arraySize }: Submission,
  queue: readonly QueuedTasks[],
): Map<number, LiveTask> {
  const live = new Map<number, LiveTask>();
  for (const { name, job, indices, state, reason, node } of queue) {
    const array = arrayOfName(id, name);
    if (array === null) continue;
    for (const index of indices) {
      const task = array * arraySize + index;
      if (task < tasks) live.set(task, { job: `${job}_${index}`, state, reason, node });
    }
  }
  return live;
}
