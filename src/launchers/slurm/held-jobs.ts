import { releaseJob } from './commands.ts';
import { isDoubtful, waitText } from './reasons.ts';

/** So often, a task is released that its node could not start. */
const mostReleases = 3;

/**
 * Returns what looks after a task that waits: it releases one that Slurm holds since a node could not start it, and notes other
 * reasons for which tasks may wait forever.
 */
export function createAttention(note: (text: string) => void, noteOnce: (text: string) => void) {
  const releases = new Map<string, number>();
  return async (reason: string, job: string): Promise<void> => {
    if (!isDoubtful(reason)) return;
    const times = releases.get(job) ?? 0;
    if (/^launch.failed.requeued.held$/.test(reason) && times < mostReleases) {
      releases.set(job, times + 1);
      if (await releaseJob(job)) return note(`task ${job} could not be started by its node; released again`);
    }
    noteOnce(waitText(job.split('_')[0], reason));
  };
}
