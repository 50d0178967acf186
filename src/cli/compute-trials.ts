import { setImmediate } from 'node:timers/promises';
import type { Sources } from '../datasets/dataset.ts';
import { Cancelled, counted, exitCodes, UserError } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { type LauncherName, launchers } from '../launchers/index.ts';
import type { Failure, Kept, LaunchEvents, Launched } from '../launchers/launcher.ts';
import { savedEpochs } from '../store/checkpoints.ts';
import { epochsIn, findContinuable } from '../store/final-checkpoints.ts';
import type { Lease } from '../store/leases.ts';
import { describeProblems, type Store } from '../store/store.ts';
import { shortId } from '../trial/id.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import { trialEpochs } from '../trial/size.ts';
import type { Trial } from '../trial/trial.ts';
import { messageOf, withFlags } from './flags.ts';
import { onInterrupt } from './interrupt.ts';
import { labelOf } from './label.ts';
import { foresee } from './makespan.ts';
import { createProgress } from './progress.ts';
import { withEvents } from './progress-events.ts';
import type { RunOptions } from './run-flags.ts';
import { type PlannedRun, timeText } from './show-plan.ts';
import { thisCommand } from './slurm-flags.ts';
import { writeEvent, writeStderr } from './terminal.ts';
import type { Work } from './time-left.ts';
import { continuedText, startingEpochs, workOf } from './work.ts';

/** Prints the store's problems from number `from` on, also with --quiet. Returns how many problems there are. */
export async function noteProblems(store: Store, from: number): Promise<number> {
  const problems = store.problems.slice(from);
  for (const sentence of await describeProblems(store.directory, problems)) {
    writeStderr(`note: the store ${store.directory}: ${sentence}`);
  }
  if (problems.length > 0)
    writeStderr(`note: to set it aside, run fys-nn store repair --store ${store.directory}`);
  return store.problems.length;
}

/** The trials without a good record in the store, or all trials. Ctrl-C works while a large store is searched. */
export async function trialsToCompute(trials: readonly Trial[], store: Store, all = false): Promise<Trial[]> {
  const missing: Trial[] = [];
  for (const [index, trial] of trials.entries()) {
    if (!store.has(trial.id) || all) missing.push(trial);
    if (index % 1000 === 999) await setImmediate();
  }
  return missing;
}

const shownFailures = 10;

/** Prints which trials failed and why: the first ten by id, the others as a count. */
export function reportFailures(failures: readonly Failure[], storeDirectory: string): void {
  for (const { trial, error } of failures.slice(0, shownFailures)) {
    writeStderr(...`error: trial ${shortId(trial.id)} failed: ${messageOf(error)}`.split('\n'));
  }
  const more = failures.length - shownFailures;
  if (more > 0) writeStderr(`${more} more failed: see ${storeDirectory}/failures.jsonl`);
}

/** Options that affect how trials are computed, but never their results. */
type ComputeOptions = Pick<RunOptions, 'sources' | 'jobs' | 'quiet' | 'progress' | 'launcher' | 'slurm'> & {
  readonly lease: Lease;
  /** Aborted when the time is over: running trials save their state, and no others are started. */
  readonly enough?: AbortSignal | null;
  readonly keep?: Kept;
} & Partial<Pick<RunOptions, 'force' | 'retries' | 'timeout' | 'maxFailures' | 'keepFinals'>>;

/** What happens to running trials after an interrupt. */
const stopTexts: Partial<Record<LauncherName, string>> = {
  threads: 'saving the state of running trials; interrupt again to stop at once',
  // The signal arrives between two trials.
  inline: 'no further trial is started',
};

/** The shortest run, in seconds, that tells at its start how long it will take. */
const worthTelling = 5;

/** Computes trials and shows progress, until each trial has a record or has failed, or the time is over. */
export async function computeTrials(
  missing: readonly Trial[],
  total: number,
  runs: readonly PlannedRun[],
  store: Store,
  { sources, jobs, quiet, progress: shown, enough = null, launcher, slurm, ...running }: ComputeOptions,
): Promise<Launched> {
  const counts = { trials: total, from_store: total - missing.length, to_run: missing.length };
  if (missing.length === 0) writeEvent('plan', { ...counts, expected_seconds: 0 });
  if (missing.length === 0) return { computed: createIdSet(), failures: [] };
  const own = await savedEpochs(store.directory, createIdSet(idsOf(missing)));
  const continuable = await findContinuable(store.directory, missing, running.force);
  const continued = new Map(
    [...epochsIn(continuable, missing)].filter(([id, epoch]) => epoch > (own.get(id) ?? 0)),
  );
  const saved = startingEpochs(own, continued);
  const works = missing.map((trial) => workOf(trial, saved));
  const workOfTrial = (trial: Trial): Work => workOf(trial, saved);
  const silent = shown === 'none' || shown === 'ndjson';
  const progress = createProgress({
    stream: process.stderr,
    quiet: quiet || silent,
    plain: shown === 'plain',
    works,
    width: Math.min(jobs, missing.length),
    now: () => performance.now(),
  });
  const say = (text: string): void => (silent && !quiet ? writeStderr(text) : progress.note(text));
  let ended = total - missing.length;
  const expected = foresee(works, jobs);
  writeEvent('plan', { ...counts, expected_seconds: Math.round(expected) });
  if (continued.size > 0 && !quiet) say(`note: ${continuedText(continued, missing.length)}`);
  if (expected >= worthTelling && slurm === null)
    progress.note(`${counted(missing.length, 'trial')} to run${timeText(expected, jobs)}`);
  const unfinished = new Set<string>();
  const labels = labelsOf(runs);
  const events: LaunchEvents = {
    started: (trial) => {
      const { id, config } = trial;
      unfinished.add(id);
      progress.start(labels(id), id, trialEpochs(config), workOfTrial(trial));
    },
    epoch: ({ id }, epoch) => progress.epoch(id, epoch),
    ended: ({ id }, outcome) => {
      if (outcome !== 'failed') ended++;
      unfinished.delete(id);
      progress.done(id, outcome);
    },
    ran: (trial, outcome, seconds) => {
      ended++;
      progress.ran(trial.id, workOfTrial(trial), outcome, seconds);
    },
    found: (trial, outcome) => {
      ended++;
      progress.found(workOfTrial(trial), outcome);
    },
    tasks: (counts) => progress.tasks(counts),
    note: (text) => {
      if (!quiet) say(`note: ${withFlags(text)}`);
    },
  };
  const stop = new AbortController();
  const by = thisCommand();
  const launched = launchers[launcher](missing, {
    store,
    sources: { ...sources, initialWeights: weightsOf(runs) },
    jobs,
    continuable,
    events: shown === 'ndjson' ? withEvents(events, labels) : events,
    stop: enough === null ? stop.signal : AbortSignal.any([stop.signal, enough]),
    ...(slurm === null ? {} : { slurm: { settings: slurm, by } }),
    ...running,
  });
  const unregister = onInterrupt(async () => {
    const what = stopTexts[launcher];
    if (what !== undefined) say(`interrupted: ${what}`);
    stop.abort();
    await launched.catch(() => {});
    progress.stop();
    const { directory } = store;
    writeStderr(`interrupted: the store ${directory} has ${ended} of ${counted(total, 'trial')}`);
    const states = await savedEpochs(directory, unfinished);
    for (const id of unfinished) {
      if (states.has(id)) writeStderr(`saved at epoch ${states.get(id)}: ${labels(id)}`);
    }
    if (slurm === null) writeStderr('run the same command to resume');
    else writeStderr(...(await jobsKeepRunning(directory)));
  });
  try {
    return await launched;
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    throw new UserError(
      {
        what: `the submission ${error.submission} was cancelled; the store has ${ended} of ${counted(total, 'trial')}`,
        remedy: 'run the command again to submit what is missing',
      },
      exitCodes.incomplete,
    );
  } finally {
    // An interrupted run ends in main, and nothing may be printed after the message above.
    if (stop.signal.aborted) await new Promise(() => {});
    progress.stop();
    unregister();
  }
}

/** What to say when a command that waited for jobs of a cluster is interrupted. */
async function jobsKeepRunning(storeDirectory: string): Promise<string[]> {
  const { keepRunningLines } = await import('./submissions.ts');
  return await keepRunningLines(storeDirectory);
}

/** The initial weights of all plans' trials, by their digests. */
function weightsOf(runs: readonly PlannedRun[]): NonNullable<Sources['initialWeights']> {
  return Object.assign({}, ...runs.map(({ plan }) => plan.initialWeights));
}

/** Returns a function that makes the label of a trial on demand. */
function labelsOf(runs: readonly PlannedRun[]): (id: string) => string {
  /** Made for the first label: small trials have none. */
  let plans: { readonly plan: Plan; readonly ids: IdSet }[] | null = null;
  return (id) => {
    plans ??= runs.map(({ plan }) => ({
      plan,
      ids: createIdSet(idsOf(plan.cells.map(({ trial }) => trial))),
    }));
    const { plan, ids } = plans.find((one) => one.ids.has(id))!;
    return labelOf(plan, plan.cells[ids.indexOf(id)]);
  };
}

/** The trials of several plans, without duplicates. */
export function distinctTrials(runs: readonly PlannedRun[]): Trial[] {
  // A plan has each trial once.
  if (runs.length === 1) return runs[0].plan.cells.map(({ trial }) => trial);
  const ids = createIdSet();
  const trials: Trial[] = [];
  for (const { plan } of runs) {
    for (const { trial } of plan.cells) {
      if (ids.add(trial.id) === trials.length) trials.push(trial);
    }
  }
  return trials;
}

export function* idsOf(trials: Iterable<Trial>): Generator<string> {
  for (const { id } of trials) yield id;
}
