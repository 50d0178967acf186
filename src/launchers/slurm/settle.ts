import { basename } from 'node:path';
import { Cancelled, counted } from '../../errors.ts';
import type { LaunchOptions } from '../launcher.ts';
import { type AwaitedTask, type AwaitedTasks, type SavedEpochs, savedSum } from './awaited-tasks.ts';
import { readEnds } from './commands.ts';
import { describeEnd, lastLines, logOf } from './ending.ts';
import type { OpenTrials } from './open-trials.ts';
import type { TaskEnd } from './parse.ts';
import { hasMark, readOutcome } from './submission.ts';

/** A task that ends so often without any progress is not submitted again. */
const mostFruitless = 3;

/**
 * Returns what decides about tasks that are gone from the queue: their trials are done, have failed, or are left to be submitted
 * again. Errors: Cancelled if a submission of this command was cancelled.
 */
export function createSettlement(
  { open, isForced, finish, fail, takeRecords }: OpenTrials,
  tasks: AwaitedTasks,
  { events, slurm }: LaunchOptions,
): (saved: SavedEpochs) => Promise<void> {
  const { latencyWait } = slurm!.settings;
  /** How often tasks of a trial have ended without progress, since there was any. */
  const fruitless = new Map<string, number>();

  const checkNotCancelled = async (folders: Iterable<string>): Promise<void> => {
    for (const folder of folders)
      if (!tasks.isOld(folder) && (await hasMark(folder, 'cancelled'))) {
        await takeRecords();
        if (open.size > 0) throw new Cancelled(basename(folder));
      }
  };

  /** Whether trials of a task that is gone have no record, although there was time for it to appear here. */
  const isLost = async ({ folder, number, ids, goneAt }: AwaitedTask, key: string): Promise<boolean> => {
    const outcome = await readOutcome(folder, number);
    for (const { id, reason } of outcome?.failures ?? []) if (open.has(id)) fail(id, new Error(reason));
    const unfinished = new Set(outcome?.unfinished);
    const left = ids.filter((id) => open.has(id));
    if (isForced && outcome !== null) for (const id of left) if (!unfinished.has(id)) finish(id);
    const isPatient = performance.now() - goneAt! < 1000 * latencyWait;
    const rest = left.filter((id) => open.has(id));
    if (rest.length === 0) {
      tasks.remove(key);
      return false;
    }
    // The others are on disk, but perhaps not in this machine's view of it yet.
    return !isPatient || (outcome !== null && rest.every((id) => unfinished.has(id)));
  };

  /** Leaves the open trials of a lost task to be submitted again, or gives them up. */
  const giveBack = async (task: AwaitedTask, end: TaskEnd | undefined, saved: SavedEpochs): Promise<void> => {
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

  return async (saved) => {
    const gone = tasks.gone();
    await checkNotCancelled(new Set(gone.map(([, { folder }]) => folder)));
    const lost: [string, AwaitedTask][] = [];
    for (const [key, task] of gone) if (await isLost(task, key)) lost.push([key, task]);
    if (lost.length === 0) return;
    const ends = await readEnds(lost.flatMap(([, { job }]) => (job === '' ? [] : [job])));
    for (const [key, task] of lost) {
      tasks.remove(key);
      await giveBack(task, ends.get(task.job), saved);
    }
  };
}
