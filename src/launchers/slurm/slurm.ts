import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cancelled, counted, Detached, UserError } from '../../errors.ts';
import { removeDirectory } from '../../files/retry-while-busy.ts';
import { savedEpochs } from '../../store/checkpoints.ts';
import { createIdSet } from '../../trial/id-set.ts';
import type { Trial } from '../../trial/trial.ts';
import type { Failure, Launcher, TaskCounts } from '../launcher.ts';
import { cancelJobs, isUnanswered, readEnds, readMaxArraySize, releaseJob, SlurmError } from './commands.ts';
import { describeEnd, lastLines, logOf } from './ending.ts';
import type { TaskEnd } from './parse.ts';
import { isDoubtful } from './reasons.ts';
import {
  commandKey,
  hasMark,
  markSubmission,
  readOutcome,
  type Submission,
  submissionFolder,
} from './submission.ts';
import { type Submitted, submit } from './submit.ts';
import { createWatch, type Look } from './watch.ts';

/** A task that ends so often without any progress is not submitted again. */
const mostFruitless = 3;
/** The time between two looks grows to this many times the shortest one. */
const slowest = 10;
/** Seconds between two looks at the store, at first. */
const firstLook = 1;

/** A task that computes trials which this process waits for. */
interface Task {
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

/**
 * Submits trials to Slurm as arrays of tasks, and waits until each has a record in the store or has failed.
 *
 * What tasks in the queue compute is not submitted again, whoever submitted them. A task that has ended without all of its
 * records is submitted again, as long as there is progress: some of its trials were done, or trained further.
 */
export const slurm: Launcher = async (trials, options) => {
  const { store, lease, events, stop, maxFailures = Number.POSITIVE_INFINITY } = options;
  const { settings } = options.slurm!;
  // Records that are there already say nothing about these trials.
  const isForced = options.force === true || options.keep === 'models';
  let maxArraySize: number | null = null;
  const watch = createWatch(store.directory, lease, events.note);
  const open = new Map(trials.map((trial) => [trial.id, trial]));
  const computed = createIdSet();
  const failures: Failure[] = [];
  const own = new Set<string>();
  const tasks = new Map<string, Task>();
  /** Keys of tasks of earlier processes that computed anew, and were decided about. */
  const decided = new Set<string>();
  const fruitless = new Map<string, number>();
  const noted = new Set<string>();
  /** Submissions whose cancelling does not end this command: of other commands, or cancelled before this process began. */
  const oldFolders = new Set<string>();
  const releases = new Map<string, number>();
  let isWaitingForRoom = false;
  /** What sbatch could not submit, as Slurm did not answer. */
  let unsent: Submitted | null = null;

  const noteOnce = (text: string): void => {
    if (!noted.has(text)) events.note(text);
    noted.add(text);
  };

  const computesAnew = ({ computing }: Submission): boolean =>
    computing.force === (options.force === true) && computing.keep === (options.keep ?? 'records');
  const isDone = (id: string): boolean => !isForced && store.has(id);
  const finish = (id: string): void => {
    const trial = open.get(id)!;
    open.delete(id);
    computed.add(id);
    events.found(trial, store.get(id)?.status ?? 'done');
  };
  const fail = (id: string, error: Error): void => {
    const trial = open.get(id)!;
    open.delete(id);
    failures.push({ trial, error });
    events.ended(trial, 'failed');
  };
  const takeRecords = async (): Promise<void> => {
    await store.refresh();
    for (const id of [...open.keys()]) if (isDone(id)) finish(id);
  };

  /** Notes what the queue says of tasks whose trials are still open. */
  const follow = async ({ watched }: Look, saved: ReadonlyMap<string, number>): Promise<void> => {
    for (const one of watched) {
      const { submission, folder, ids, live, isUnderWay } = one;
      const isOwn = own.has(submission.id);
      const isSame = commandKey(submission) === commandKey(options.slurm!);
      // An earlier process of this command computes anew, too: what its tasks have done counts, also before this process began.
      const isContinued = isForced && !isOwn && isSame && !one.wasCancelled && computesAnew(submission);
      if (isForced && !isOwn && !isContinued) continue;
      if (!isOwn && (one.wasCancelled || !isSame)) oldFolders.add(folder);
      let isOfUse = false;
      for (const [number, idsOfTask] of ids.entries()) {
        const key = `${submission.id} ${number}`;
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
        if (seen === undefined && !isUnderWay) {
          task.goneAt ??= performance.now();
          task.state = 'ended';
          continue;
        }
        task.goneAt = null;
        task.state = seen === undefined || seen.state === 'PENDING' ? 'queued' : 'running';
        if (seen === undefined) continue;
        task.job = seen.job;
        if (seen.node !== '') task.node = seen.node;
        if (seen.state === 'PENDING') await attend(seen.reason, seen.job);
      }
      const isOver = live.size === 0 && !isUnderWay;
      if (!isOver || isOfUse || submission.id === unsent?.submission.id) continue;
      watch.close(submission.id);
      await markEnded(folder);
    }
  };

  /** Releases a task that Slurm holds since a node could not start it; notes other reasons for which tasks may wait forever. */
  const attend = async (reason: string, job: string): Promise<void> => {
    if (!isDoubtful(reason)) return;
    const times = releases.get(job) ?? 0;
    if (/^launch.failed.requeued.held$/.test(reason) && times < mostFruitless) {
      releases.set(job, times + 1);
      if (await releaseJob(job))
        return events.note(`task ${job} could not be started by its node; released again`);
    }
    noteOnce(`job ${job.split('_')[0]} waits, and may wait forever: Slurm says ${reason}`);
  };

  /** Decides about tasks that are gone: they are done, failed, or left to be submitted again. */
  const settle = async (saved: ReadonlyMap<string, number>): Promise<void> => {
    const lost: [string, Task][] = [];
    const gone = [...tasks].filter(([, { goneAt }]) => goneAt !== null);
    for (const folder of new Set(gone.map(([, task]) => task.folder)))
      if (!oldFolders.has(folder) && (await hasMark(folder, 'cancelled'))) {
        await takeRecords();
        if (open.size > 0) throw new Cancelled(basename(folder));
      }
    for (const [key, task] of gone) {
      const outcome = await readOutcome(task.folder, task.number);
      for (const { id, reason } of outcome?.failures ?? []) if (open.has(id)) fail(id, new Error(reason));
      const unfinished = new Set(outcome?.unfinished);
      const left = task.ids.filter((id) => open.has(id));
      if (isForced && outcome !== null) for (const id of left) if (!unfinished.has(id)) finish(id);
      const isPatient = performance.now() - task.goneAt! < 1000 * settings.latencyWait;
      const rest = left.filter((id) => open.has(id));
      if (rest.length === 0) tasks.delete(key);
      // The others are on disk, but perhaps not in this machine's view of it yet.
      else if (!isPatient || (outcome !== null && rest.every((id) => unfinished.has(id))))
        lost.push([key, task]);
    }
    if (lost.length === 0) return;
    const ends = await readEnds(lost.flatMap(([, { job }]) => (job === '' ? [] : [job])));
    for (const [key, task] of lost) {
      tasks.delete(key);
      await giveBack(task, ends.get(task.job), saved);
    }
  };

  /** Leaves the open trials of a lost task to be submitted again, or gives them up. */
  const giveBack = async (
    task: Task,
    end: TaskEnd | undefined,
    saved: ReadonlyMap<string, number>,
  ): Promise<void> => {
    const { folder, ids, job } = task;
    const rest = ids.filter((id) => open.has(id));
    const hasProgress = rest.length < ids.length || savedSum(ids, saved) > task.saved;
    const log = logOf(folder, job);
    const how = `task ${job} ${describeEnd(end, task.node)}`;
    const tail = await lastLines(log, end);
    const text =
      tail.length === 0 ? '' : `; the last lines of ${log}:\n${tail.map((line) => `  ${line}`).join('\n')}`;
    events.note(`${how}, with ${rest.length} of ${counted(ids.length, 'trial')} left${text}`);
    for (const id of rest) {
      const times = hasProgress ? 0 : (fruitless.get(id) ?? 0) + 1;
      fruitless.set(id, times);
      if (times < mostFruitless) continue;
      fail(
        id,
        new Error(`${how}; it has ended ${times} times in a row without any progress; its log is ${log}`),
      );
    }
  };

  const submitRest = async (rest: readonly Trial[], seen: ReadonlySet<string>): Promise<void> => {
    maxArraySize ??= await readMaxArraySize();
    const submitted = await submit(rest, seen, maxArraySize, options, unsentOf(rest));
    if (submitted === null) return;
    if (submitted.isCancelled) throw new Cancelled(submitted.submission.id);
    unsent = submitted.jobs.every((job) => job === null) ? submitted : null;
    own.add(submitted.submission.id);
    const saved = await savedEpochs(store.directory);
    addTasks(submitted, saved);
    if (submitted.refusal === null) return;
    if (isUnanswered(submitted.refusal.message)) {
      noteOnce(
        `sbatch failed (${submitted.refusal.message}); looking in the queue whether it took the job, else trying again`,
      );
      return;
    }
    if (submitted.jobs.every((job) => job === null) && !hasLive()) {
      await removeDirectory(submitted.folder);
      throw refused(submitted.refusal);
    }
    isWaitingForRoom = true;
    events.note(
      `sbatch did not take all arrays: ${submitted.refusal.message}; the rest is submitted when these have ended`,
    );
  };
  /** The submission that was not sent, if it has exactly these trials. */
  const unsentOf = (rest: readonly Trial[]): Submitted | null => {
    const ids = new Set(rest.map(({ id }) => id));
    const isSame =
      unsent?.submission.trials === ids.size &&
      unsent.tasks.every(({ trials }) => trials.every(({ id }) => ids.has(id)));
    return isSame ? unsent : null;
  };
  const addTasks = (
    { submission, folder, tasks: plans, jobs }: Submitted,
    saved: ReadonlyMap<string, number>,
  ) => {
    for (const [number, plan] of plans.entries()) {
      const job = jobs[Math.floor(number / submission.arraySize)];
      if (job === null) continue;
      const ids = plan.trials.map(({ id }) => id);
      const task = newTask(folder, number, ids, true, saved);
      task.job = `${job}_${number % submission.arraySize}`;
      tasks.set(`${submission.id} ${number}`, task);
    }
  };
  const hasLive = (): boolean => [...tasks.values()].some(({ goneAt }) => goneAt === null);

  const takeLook = async (): Promise<void> => {
    const look = await watch.look();
    const saved = await savedEpochs(store.directory);
    await follow(look, saved);
    await settle(saved);
    // What was in the queue a moment ago may have ended since, with its records.
    await takeRecords();
    if (isWaitingForRoom && hasLive()) return;
    isWaitingForRoom = false;
    const covered = new Set([...tasks.values()].flatMap(({ ids }) => ids));
    const rest = [...open.values()].filter(({ id }) => !covered.has(id));
    if (rest.length > 0 && failures.length < maxFailures) await submitRest(rest, look.all);
  };

  const pauses = createPauses(settings.poll);
  let nextLook = 0;
  while (open.size > 0 && stop?.aborted !== true) {
    await takeRecords();
    if (open.size === 0) break;
    const begun = performance.now();
    if (begun >= nextLook) {
      try {
        await takeLook();
      } catch (error) {
        if (!(error instanceof SlurmError)) throw error;
        noteOnce(`Slurm does not answer (${error.message}); trying again until it does`);
      }
      nextLook = performance.now() + pauses.next(performance.now() - begun);
      events.tasks?.(countsOf(tasks.values()));
      if (settings.detach && tasks.size > 0) throw detached(store.directory, tasks.values());
    }
    if (failures.length >= maxFailures) {
      await cancelJobs(
        [...tasks.values()].flatMap(({ isOwn, job, goneAt }) => (isOwn && goneAt === null ? [job] : [])),
      );
      break;
    }
    if (open.size > 0) await pause(pauses.short(), stop);
  }
  // Others need not look at what has done all its work.
  if (open.size === 0) for (const id of own) await markEnded(submissionFolder(store.directory, id));
  return { computed, failures };
};

/** Only a hint, which saves others a look. */
const markEnded = (folder: string): Promise<void> => markSubmission(folder, 'ended').catch(() => {});

function newTask(
  folder: string,
  number: number,
  ids: readonly string[],
  isOwn: boolean,
  saved: ReadonlyMap<string, number>,
): Task {
  const known = { folder, number, ids, isOwn, saved: savedSum(ids, saved) };
  return { ...known, job: '', node: '', state: 'queued', goneAt: null };
}

function savedSum(ids: readonly string[], saved: ReadonlyMap<string, number>): number {
  return ids.reduce((sum, id) => sum + (saved.get(id) ?? 0), 0);
}

function countsOf(tasks: Iterable<Task>): TaskCounts {
  const counts = { queued: 0, running: 0, ended: 0 };
  for (const { state } of tasks) counts[state]++;
  return counts;
}

/** The pauses between looks in milliseconds: they grow by a quarter each time, and with what a look costs, to `slowest` polls. */
function createPauses(poll: number) {
  const most = 1000 * poll * slowest;
  let long = 1000 * poll;
  let short = 1000 * firstLook;
  return {
    next(cost: number): number {
      const pause = Math.min(most, Math.max(long, 10 * cost));
      long = Math.min(most, 1.25 * long);
      return pause;
    },
    short(): number {
      const pause = short;
      short = Math.min(most / 2, 1.1 * short);
      return Math.min(pause, long);
    },
  };
}

/** Waits, or until the stop. */
async function pause(milliseconds: number, stop: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, stop === undefined ? {} : { signal: stop }).catch(() => {});
}

function detached(storeDirectory: string, tasks: Iterable<Task>): Detached {
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

function refused({ message }: SlurmError): UserError {
  return new UserError({
    what: 'sbatch refused the job',
    received: message,
    remedy:
      'change what it names; {slurmPartition}, {slurmAccount} and the like choose what the cluster wants',
  });
}
