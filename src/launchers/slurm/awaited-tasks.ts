import { counted } from '../../errors.ts';
import type { LaunchOptions, TaskCounts } from '../launcher.ts';
import { cancelJobs, SlurmError } from './commands.ts';
import type { OpenTrials } from './open-trials.ts';
import { commandKey, markSubmission, type Submission, submissionFolder } from './submission.ts';
import type { Submitted } from './submit.ts';
import type { LiveTask, Watch, WatchedSubmission } from './watch.ts';

/** A task that computes trials which this process waits for. */
export interface AwaitedTask {
  readonly folder: string;
  readonly number: number;
  /** Its trials, those of other commands included. */
  readonly ids: readonly string[];
  /** Whether this process submitted it. */
  readonly isOwn: boolean;
  /** The epochs after which its trials were saved when it was submitted, or first seen. */
  readonly saved: number;
  /** "1234_5" */
  job: string;
  node: string;
  state: 'queued' | 'running' | 'ended';
  /** When it was first missing in the queue; null while it is there. */
  goneAt: number | null;
}

/** The epochs after which each trial was saved. */
export type SavedEpochs = ReadonlyMap<string, number>;

export type AwaitedTasks = ReturnType<typeof createAwaitedTasks>;

/** The tasks that compute the open trials of this command, whoever submitted them. `onWaiting` looks after each that waits. */
export function createAwaitedTasks(
  { open, isForced }: OpenTrials,
  options: LaunchOptions,
  watch: Pick<Watch, 'close'>,
  onWaiting: (reason: string, job: string) => Promise<void>,
) {
  const tasks = new Map<string, AwaitedTask>();
  /** The ids of this process's submissions. */
  const own = new Set<string>();
  /** Keys of tasks of earlier processes that computed anew, and were decided about. */
  const decided = new Set<string>();
  /** Submissions whose cancelling does not end this command: of other commands, or cancelled before this process began. */
  const oldFolders = new Set<string>();

  const computesAnew = ({ computing }: Submission): boolean =>
    computing.force === (options.force === true) && computing.keep === (options.keep ?? 'records');

  /** Notes what the queue says of the tasks of a submission. Returns whether open trials are left to them. */
  const followOne = async (
    { submission, folder, ids, live, isUnderWay }: WatchedSubmission,
    isOwn: boolean,
    isContinued: boolean,
    saved: SavedEpochs,
  ): Promise<boolean> => {
    let isOfUse = false;
    for (const [number, idsOfTask] of ids.entries()) {
      const key = keyOf(submission, number);
      const known = tasks.get(key);
      const seen = live.get(number);
      const isAbsent = known === undefined && seen === undefined && !isUnderWay;
      if (isAbsent && (!isContinued || decided.has(key))) continue;
      if (!idsOfTask.some((id) => open.has(id))) {
        tasks.delete(key);
        continue;
      }
      isOfUse = true;
      const task = known ?? newTask(folder, number, idsOfTask, isOwn, saved);
      tasks.set(key, task);
      if (isContinued) decided.add(key);
      await update(task, seen, isUnderWay);
    }
    return isOfUse;
  };

  const update = async (
    task: AwaitedTask,
    seen: LiveTask | undefined,
    isUnderWay: boolean,
  ): Promise<void> => {
    if (seen === undefined && !isUnderWay) {
      task.goneAt ??= performance.now();
      task.state = 'ended';
      return;
    }
    task.goneAt = null;
    task.state = seen === undefined || seen.state === 'PENDING' ? 'queued' : 'running';
    if (seen === undefined) return;
    task.job = seen.job;
    if (seen.node !== '') task.node = seen.node;
    if (seen.state === 'PENDING') await onWaiting(seen.reason, seen.job);
  };

  return {
    /** Notes what the queue says of tasks whose trials are still open. What has ended, apart from `unsent`, is watched no more. */
    async follow(
      watched: readonly WatchedSubmission[],
      saved: SavedEpochs,
      unsent: string | null,
    ): Promise<void> {
      for (const one of watched) {
        const { submission, folder, live, isUnderWay, wasCancelled } = one;
        const isOwn = own.has(submission.id);
        const isSame = commandKey(submission) === commandKey(options.slurm!);
        // An earlier process of this command computes anew, too: what its tasks have done counts, also before this process began.
        const isContinued = isForced && !isOwn && isSame && !wasCancelled && computesAnew(submission);
        if (isForced && !isOwn && !isContinued) continue;
        if (!isOwn && (wasCancelled || !isSame)) oldFolders.add(folder);
        const isOfUse = await followOne(one, isOwn, isContinued, saved);
        const isOver = live.size === 0 && !isUnderWay;
        if (!isOver || isOfUse || submission.id === unsent) continue;
        watch.close(submission.id);
        await markEnded(folder);
      }
    },
    /** Adds the tasks of what this process has submitted. */
    add({ submission, folder, tasks: plans, jobs }: Submitted, saved: SavedEpochs): void {
      own.add(submission.id);
      for (const [number, plan] of plans.entries()) {
        const job = jobs[Math.floor(number / submission.arraySize)];
        if (job === null) continue;
        const ids = plan.trials.map(({ id }) => id);
        const task = newTask(folder, number, ids, true, saved);
        task.job = `${job}_${number % submission.arraySize}`;
        tasks.set(keyOf(submission, number), task);
      }
    },
    /** Those that are missing in the queue, with their keys. */
    gone: (): [string, AwaitedTask][] => [...tasks].filter(([, { goneAt }]) => goneAt !== null),
    remove: (key: string): boolean => tasks.delete(key),
    all: (): Iterable<AwaitedTask> => tasks.values(),
    hasAny: (): boolean => tasks.size > 0,
    hasLive: (): boolean => [...tasks.values()].some(({ goneAt }) => goneAt === null),
    isOld: (folder: string): boolean => oldFolders.has(folder),
    /** The ids of the trials that they compute. */
    covered: (): Set<string> => new Set([...tasks.values()].flatMap(({ ids }) => ids)),
    counts(): TaskCounts {
      const counts = { queued: 0, running: 0, ended: 0 };
      for (const { state } of tasks.values()) counts[state]++;
      return counts;
    },
    /** Cancels those that this process submitted. */
    async cancelOwn(): Promise<void> {
      const own = [...tasks.values()].filter(({ isOwn, goneAt }) => isOwn && goneAt === null);
      try {
        await cancelJobs(own.map(({ job }) => job));
      } catch (error) {
        if (!(error instanceof SlurmError)) throw error;
        options.events.note(
          `${counted(own.length, 'task')} could not be cancelled (${error.message}): run fys-nn cancel`,
        );
      }
    },
    /** Says that this process's submissions have done all their work: others need not look at them. */
    async end(): Promise<void> {
      for (const id of own) await markEnded(submissionFolder(options.store.directory, id));
    },
  };
}

const keyOf = ({ id }: Submission, number: number): string => `${id} ${number}`;

/** Only a hint, which saves others a look. */
const markEnded = (folder: string): Promise<void> => markSubmission(folder, 'ended').catch(() => {});

function newTask(
  folder: string,
  number: number,
  ids: readonly string[],
  isOwn: boolean,
  saved: SavedEpochs,
): AwaitedTask {
  const known = { folder, number, ids, isOwn, saved: savedSum(ids, saved) };
  return { ...known, job: '', node: '', state: 'queued', goneAt: null };
}

export function savedSum(ids: readonly string[], saved: SavedEpochs): number {
  return ids.reduce((sum, id) => sum + (saved.get(id) ?? 0), 0);
}
