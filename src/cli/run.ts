import { setImmediate } from 'node:timers/promises';
import { exitCodes } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { whyNotDrawn } from '../figures/limits.ts';
import { checkOutputDirectory, writeFiles } from '../files/write-files.ts';
import { launchers } from '../launchers/index.ts';
import type { Failure, LaunchEvents, Launched } from '../launchers/launcher.ts';
import { tableToRecords, toJson } from '../output/json.ts';
import { quickWarning } from '../output/manifest.ts';
import { resultFiles } from '../output/result-files.ts';
import { summaryTable } from '../output/summary.ts';
import type { Lease } from '../store/leases.ts';
import { describeProblems, openStore, type Records, type Store } from '../store/store.ts';
import { createIdSet } from '../trial/id-set.ts';
import { trialEpochs } from '../trial/size.ts';
import type { Trial } from '../trial/trial.ts';
import { drawPlan, writeFigures } from './figures.ts';
import { messageOf, withFlags } from './flags.ts';
import { holdStore } from './hold-store.ts';
import { onInterrupt } from './interrupt.ts';
import { labelOf } from './label.ts';
import { createProgress } from './progress.ts';
import type { RunOptions } from './run-flags.ts';
import { type PlannedRun, showPlan } from './show-plan.ts';
import { showResults } from './show-results.ts';
import { printWhole, tell } from './terminal.ts';

/** What is made of the records of all plans together. */
export interface Finish {
  /** For a user who has to hear that it was left as it was. */
  readonly what: string;
  /** Writes it and returns what to print of it. */
  write(records: Records): Promise<string>;
}

/**
 * Computes what the store lacks, writes every plan's files, shows its table; returns the exit status.
 *
 * Every file is there before anything is printed. A plan with a failed trial leaves its folder as it was: no half
 * results in place of good.
 */
export async function runPlans(
  runs: readonly PlannedRun[],
  options: RunOptions,
  finish: Finish | null = null,
): Promise<number> {
  const { storeDirectory, json } = options;
  const trials = distinctTrials(runs);
  const absent = new Set(runs.flatMap(({ plan }) => plan.absent.map((reference) => reference.note)));
  for (const text of absent) tell(`note: ${text}`);
  if (options.planOnly) {
    const store = await openStore(storeDirectory, idsOf(trials));
    await noteProblems(store, 0);
    showPlan(runs, store, json);
    return exitCodes.done;
  }
  await checkOutputDirectory(storeDirectory, '--store');
  for (const { out } of runs) await checkOutputDirectory(out, '--out');
  const failed = await holdStore(storeDirectory, async (lease) => {
    const store = await openStore(storeDirectory, idsOf(trials));
    return await computeAndWrite(runs, options, trials, store, lease, finish);
  });
  if (failed) return exitCodes.failed;
  return absent.size > 0 ? exitCodes.incomplete : exitCodes.done;
}

/** The rest of runPlans, in a store that nobody repairs meanwhile; whether anything failed. */
async function computeAndWrite(
  runs: readonly PlannedRun[],
  options: RunOptions,
  trials: readonly Trial[],
  store: Store,
  lease: Lease,
  finish: Finish | null,
): Promise<boolean> {
  const { storeDirectory, json, quiet, force } = options;
  const note = (text: string): void => {
    if (!quiet) tell(text);
  };
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const missing = await withoutRecord(trials, store, force);
  const told = await noteProblems(store, 0);
  const { computed, failures } = await computeTrials(missing, trials.length, runs, store, {
    ...options,
    lease,
  });
  await store.refresh();
  const incomplete = runs.filter(({ plan }) => lacksRecords(plan, store));
  await noteProblems(store, told);
  const written: string[] = [];
  const undrawn: string[] = [];
  for (const run of runs) {
    const { plan, out } = run;
    if (incomplete.includes(run)) continue;
    const facts = {
      command: process.argv.slice(2),
      jobs: options.jobs,
      ...countsOf(plan, computed),
      startedAt,
      seconds: Math.round(performance.now() - started) / 1000,
    };
    await writeFiles(out, resultFiles(plan, store, facts, options.formats));
    written.push(out);
    const why = options.figures ? whyNotDrawn(plan.experiment, plan.cells) : null;
    if (why !== null) note(`note: ${why}`);
    // The tables are whole by now: a figure that fails does not take them along, and an old one tells of other tables.
    const drawing = options.figures && why === null ? drawPlan(out, plan, store) : writeFigures(out, []);
    const fault = await drawing.catch(messageOf);
    if (fault !== undefined) undrawn.push(`the figures of ${out}/ could not be drawn: ${fault}`);
  }
  const finished = incomplete.length === 0 ? ((await finish?.write(store)) ?? '') : '';
  if (json) printJson(runs, store);
  else {
    for (const run of runs) {
      const remark = incomplete.includes(run) ? `INCOMPLETE: ${countMissing(run.plan, store)}\n\n` : '';
      printWhole(`${remark}${showResults(run.plan, store, process.stdout)}\n\n`);
    }
    printWhole(finished);
  }
  if (runs.some(({ plan }) => plan.quick)) note(quickWarning);
  const short = runs.some(({ plan }) => plan.lists.solver?.includes('lbfgs'))
    ? trials.filter(
        ({ id, config: { model } }) => model.solver === 'lbfgs' && store.get(id)?.metrics.converged === 0,
      ).length
    : 0;
  if (short > 0) note(`note: L-BFGS has not converged in ${short} of the trials: column converged`);
  note(`${trials.length} trials, ${trials.length - missing.length} of them from the store ${storeDirectory}`);
  const elsewhere = missing.filter(({ id }) => !computed.has(id) && store.has(id)).length;
  if (elsewhere > 0) note(`${elsewhere} were computed by other processes meanwhile`);
  for (const out of written) note(`wrote ${out}/`);
  reportFailures(failures, storeDirectory);
  for (const { out } of incomplete) {
    tell(`${out}/ was left as it was: not all trials are done`);
  }
  if (finish !== null && incomplete.length > 0) tell(`${finish.what} too`);
  for (const text of undrawn) tell(...`error: ${text}`.split('\n'));
  // One that failed here may have a record nevertheless: of another process, or one that could not be synced.
  return failures.length + incomplete.length + undrawn.length > 0;
}

/** Names what is wrong in the store, from the `from`th problem on, --quiet or not; returns how many there are. */
export async function noteProblems(store: Store, from: number): Promise<number> {
  const problems = store.problems.slice(from);
  for (const sentence of await describeProblems(store.directory, problems)) {
    tell(`note: the store ${store.directory}: ${sentence}`);
  }
  if (problems.length > 0) tell(`note: fys-nn store repair --store ${store.directory} sets it aside`);
  return store.problems.length;
}

/** The trials that the store has no good record of, or all; a long look at it stays open to Ctrl-C. */
async function withoutRecord(trials: readonly Trial[], store: Store, all = false): Promise<Trial[]> {
  const missing: Trial[] = [];
  for (const [index, trial] of trials.entries()) {
    if (!store.has(trial.id) || all) missing.push(trial);
    if (index % 1000 === 999) await setImmediate();
  }
  return missing;
}

function lacksRecords({ cells }: Plan, store: Store): boolean {
  return cells.some(({ trial }) => !store.has(trial.id));
}

function countMissing({ cells }: Plan, store: Store): string {
  const missing = cells.filter(({ trial }) => !store.has(trial.id)).length;
  return `${missing} of ${cells.length} trials have no result`;
}

const shownFailures = 10;

/** Says which trials failed and why, the first ones by name. */
export function reportFailures(failures: readonly Failure[], storeDirectory: string): void {
  for (const { trial, error } of failures.slice(0, shownFailures)) {
    tell(...`error: trial ${trial.id.slice(0, 16)} failed: ${messageOf(error)}`.split('\n'));
  }
  const more = failures.length - shownFailures;
  if (more > 0) tell(`${more} more failed: see ${storeDirectory}/failures.jsonl`);
}

/** What decides how trials are computed, and never what comes out. */
type ComputeOptions = Pick<RunOptions, 'sources' | 'jobs' | 'quiet'> & { readonly lease: Lease } & Partial<
    Pick<RunOptions, 'force' | 'retries' | 'timeout' | 'maxFailures'>
  >;

/** Computes trials with a progress bar, until each has a record in the store or has failed. */
export async function computeTrials(
  missing: readonly Trial[],
  total: number,
  runs: readonly PlannedRun[],
  store: Store,
  { sources, jobs, quiet, ...running }: ComputeOptions,
): Promise<Launched> {
  if (missing.length === 0) return { computed: createIdSet(), failures: [] };
  const progress = createProgress({
    stream: process.stderr,
    quiet,
    total: missing.length,
    now: () => performance.now(),
  });
  let ended = total - missing.length;
  const labels = labelsOf(runs);
  const events: LaunchEvents = {
    started: ({ id, config }) => progress.start(labels(id), id, trialEpochs(config)),
    epoch: ({ id }, epoch) => progress.epoch(id, epoch),
    ended: ({ id }, outcome) => {
      if (outcome !== 'failed') ended++;
      progress.done(id, outcome);
    },
    found: ({ id }, outcome) => {
      ended++;
      progress.done(id, outcome);
    },
    note: (text) => {
      if (!quiet) progress.note(`note: ${withFlags(text)}`);
    },
  };
  const stop = new AbortController();
  const launched = launchers.threads(missing, {
    store,
    sources,
    jobs,
    events,
    stop: stop.signal,
    ...running,
  });
  const forget = onInterrupt(async () => {
    progress.note('interrupted: running trials keep what they have trained; once more stops at once');
    stop.abort();
    await launched.catch(() => {});
    progress.stop();
    tell(`interrupted: ${ended} of ${total} trials are in the store; the same command goes on from there`);
  });
  try {
    return await launched;
  } finally {
    // An interrupted run ends in main, and nothing comes after what it is told above.
    if (stop.signal.aborted) await new Promise(() => {});
    progress.stop();
    forget();
  }
}

/** The label of any of the trials, made when it is asked for. */
function labelsOf(runs: readonly PlannedRun[]): (id: string) => string {
  const plans = runs.map(({ plan }) => ({
    plan,
    ids: createIdSet(idsOf(plan.cells.map(({ trial }) => trial))),
  }));
  return (id) => {
    const { plan, ids } = plans.find((one) => one.ids.has(id))!;
    return labelOf(plan, plan.cells[ids.indexOf(id)]);
  };
}

/** The trials of several plans, each once. */
export function distinctTrials(runs: readonly PlannedRun[]): Trial[] {
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

/** Every trial of a plan whose files are written has a record: computed here, or taken from the store. */
function countsOf({ cells }: Plan, computed: Launched['computed']) {
  const here = cells.filter(({ trial }) => computed.has(trial.id)).length;
  return { computed: here, failed: 0, fromStore: cells.length - here };
}

function printJson(runs: readonly PlannedRun[], records: Records): void {
  const results = runs.map(({ plan, out }) => ({
    experiment: plan.experiment.name,
    variant: plan.variant,
    quick: plan.quick,
    out,
    summary: tableToRecords(summaryTable(plan, records)),
  }));
  printWhole(toJson(results.length === 1 ? results[0] : results));
}
