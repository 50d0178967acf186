import { hostname } from 'node:os';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { counted, exitCodes } from '../errors.ts';
import type { LaunchEvents, LaunchOptions } from '../launchers/launcher.ts';
import type { TaskTrial } from '../launchers/slurm/submission.ts';
import { parseInteger } from '../parsing/value-list.ts';
import type { Lease } from '../store/leases.ts';
import { shortId } from '../trial/id.ts';
import type { Trial } from '../trial/trial.ts';
import { messageOf, withFlags } from './flags.ts';
import { onInterrupt } from './interrupt.ts';
import type { SetStatus } from './status.ts';
import { writeStderr } from './terminal.ts';

/** `fys-nn slurm-task`: what the script of a submission runs. It computes the trials of one task into the store. */
export function addSlurmTaskCommand(program: Command, setStatus: SetStatus): void {
  program
    .command('slurm-task', { hidden: true })
    .argument('<folder>')
    .argument('<task>')
    .description('Compute the trials of one task of a submission to Slurm')
    .action(async (folder: string, task: string) =>
      setStatus(await runTask(folder, parseInteger(task, 'the task', 0, 1e9))),
    );
}

async function runTask(folder: string, number: number): Promise<number> {
  const submissions = await import('../launchers/slurm/submission.ts');
  const { computing } = await submissions.readSubmission(folder);
  const trials = await submissions.readTask(folder, number);
  const storeDirectory = submissions.storeOfSubmission(folder);
  const sources = { ...computing.sources, initialWeights: await submissions.readInitialWeights(folder) };
  const restarts = Number(process.env.SLURM_RESTART_COUNT ?? 0);
  const isNoted = (await submissions.readArrays(folder)).some(
    ({ job }) => job !== null && job === process.env.SLURM_ARRAY_JOB_ID,
  );
  const hasRun = restarts > 0 || !isNoted || (await submissions.readOutcome(folder, number)) !== null;
  await submissions.removeOutcome(folder, number);
  const { launchers } = await import('../launchers/index.ts');
  const { openStore, unreadStore } = await import('../store/store.ts');
  const { idsOf, trialsToCompute } = await import('./compute-trials.ts');
  const { holdStore } = await import('./hold-store.ts');
  const jobs = coresOf(process.env.SLURM_CPUS_PER_TASK) ?? computing.cpus;
  // When it starts for the first time, no record of its trials was there when it was submitted. So it does not read what
  // thousands of other tasks have written: all of them together would read that thousands of times. A job that is not noted
  // was submitted by hand, perhaps long after others have computed its trials.
  const open = async () =>
    hasRun ? await openStore(storeDirectory, idsOf(trials)) : unreadStore(storeDirectory);
  const action = async (lease: Lease) => {
    const store = await open();
    const again = computing.force || computing.keep === 'models';
    const missing = await trialsToCompute(trials, store, again);
    const start = restarts > 0 ? `, start ${restarts + 1}` : '';
    writeStderr(
      `${new Date().toISOString()} task ${number} of ${basename(folder)} on ${hostname()}${start}: ` +
        `${counted(missing.length, 'trial')} of ${trials.length} to compute on ${counted(jobs, 'core')}`,
    );
    const ended = new Set<string>();
    const begun = await progressOf(trials);
    const stop = new AbortController();
    const launched = launchers.threads(missing, {
      ...{ store, lease, sources, jobs, keep: computing.keep, force: computing.force },
      ...{ keepFinals: computing.keepFinals ?? true, continuable: continuableOf(trials) },
      ...{ retries: computing.retries, timeout: computing.timeout, ownTrials: true, stop: stop.signal },
      ...(computing.maxFailures === null ? {} : { maxFailures: computing.maxFailures }),
      events: eventsOf(missing.length, ended),
    });
    const finished = launched.then(async ({ failures }) => {
      const failed = failures.map(({ trial, error }) => ({ id: trial.id, reason: messageOf(error) }));
      for (const { id, reason } of failed) writeStderr(`error: trial ${shortId(id)} failed: ${reason}`);
      const left = missing.filter(({ id }) => !ended.has(id) && !failed.some((failure) => failure.id === id));
      const unfinished = left.map(({ id }) => id);
      await submissions.writeOutcome(folder, number, { failures: failed, unfinished });
      return { failed: failed.length, unfinished: unfinished.length };
    });
    const unregister = onInterrupt(async () => {
      writeStderr('stopped: saving the state of running trials');
      stop.abort();
      await finished.catch(() => {});
    });
    /** Time is nearly over: the task saves its state and goes back into the queue, unless it has come no further. */
    const onWarning = async (): Promise<void> => {
      writeStderr('the time limit is near: saving the state of running trials');
      stop.abort();
      await finished.catch(() => {});
      const now = await progressOf(trials);
      const job = process.env.SLURM_JOB_ID;
      if (job === undefined || now <= begun) return;
      const { requeueJob } = await import('../launchers/slurm/commands.ts');
      if (await requeueJob(job)) writeStderr('back in the queue');
    };
    let warned: Promise<void> | null = null;
    const warn = () => {
      warned ??= onWarning();
    };
    process.on('SIGUSR2', warn);
    try {
      const { failed, unfinished } = await finished;
      await warned;
      writeStderr(
        `${new Date().toISOString()} ${missing.length - failed - unfinished} of ${counted(missing.length, 'trial')} done`,
      );
      return failed + unfinished > 0 ? exitCodes.failed : exitCodes.done;
    } finally {
      process.off('SIGUSR2', warn);
      unregister();
    }

    /** Grows with every trial that ends, and every epoch that is saved. */
    async function progressOf(trials: readonly Trial[]): Promise<number> {
      const { savedEpochs } = await import('../store/checkpoints.ts');
      const saved = await savedEpochs(storeDirectory, new Set(trials.map(({ id }) => id)));
      // A trial that has ended counts more than the epochs that it had before.
      const has = (id: string): boolean => ended.has(id) || store.has(id);
      return trials.reduce((sum, { id }) => sum + (has(id) ? 1e9 : (saved.get(id) ?? 0)), 0);
    }
  };
  return await holdStore(storeDirectory, action, open);
}

/** The finished trials that trials of a task may continue. */
const continuableOf = (trials: readonly TaskTrial[]): NonNullable<LaunchOptions['continuable']> =>
  new Map(trials.flatMap(({ id, continuable }) => (continuable === undefined ? [] : [[id, continuable]])));

/** Cores that Slurm gives; null for what is not a number of them. */
function coresOf(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : null;
}

/** Seconds between two lines of progress in the log. */
const lineInterval = 60;

/** Events for a log that people read, and how each trial ended. */
function eventsOf(total: number, ended: Set<string>): LaunchEvents {
  let last = performance.now();
  const done = (trial: Trial, outcome: string): void => {
    if (outcome !== 'failed') ended.add(trial.id);
    if (performance.now() - last < 1000 * lineInterval) return;
    last = performance.now();
    writeStderr(`${new Date().toISOString()} ${ended.size} of ${counted(total, 'trial')} done`);
  };
  return {
    started: () => {},
    epoch: () => {},
    ended: done,
    ran: done,
    found: done,
    note: (text) => writeStderr(`note: ${withFlags(text)}`),
  };
}
