import { exitCodes, UserError } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { readStore } from '../experiment/store.ts';
import { type Trial, type TrialRecord, trialEpochs } from '../experiment/trial.ts';
import { launchers } from '../launchers/index.ts';
import type { Failure, LaunchEvents } from '../launchers/launcher.ts';
import { tableToRecords, toJson } from '../output/json.ts';
import { quickWarning } from '../output/manifest.ts';
import { resultFiles } from '../output/results.ts';
import { summaryTable } from '../output/summary.ts';
import { checkOutputDirectory, writeFiles } from '../output/write.ts';
import { drawPlan } from './figures.ts';
import { onInterrupt } from './interrupt.ts';
import { labelOf } from './label.ts';
import { createProgress, type Progress } from './progress.ts';
import type { RunOptions } from './run-flags.ts';
import { type PlannedRun, showPlan } from './show-plan.ts';
import { showResults } from './show-results.ts';

/**
 * Computes what the store lacks, writes every plan's files, shows its table; returns the exit status.
 *
 * `finish` writes views over several plans from the records and returns what to print of them. Every file is there
 * before anything is printed. A plan with a failed trial leaves its folder as it was: no half results in place of good.
 */
export async function runPlans(
  runs: readonly PlannedRun[],
  options: RunOptions,
  finish: (records: ReadonlyMap<string, TrialRecord>) => Promise<string> = async () => '',
): Promise<number> {
  const { storeDirectory, json, quiet, force } = options;
  const note = (text: string) => {
    if (!quiet) process.stderr.write(`${text}\n`);
  };
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const before = await readStore(storeDirectory);
  const absent = new Set(runs.flatMap(({ plan }) => plan.absent.map((reference) => reference.note)));
  for (const text of absent) process.stderr.write(`note: ${text}\n`);
  for (const damage of before.damaged) note(`note: ${storeDirectory}/${damage}; left out`);
  if (options.planOnly) {
    showPlan(runs, before.records, json);
    return exitCodes.done;
  }
  await checkOutputDirectory(storeDirectory, '--store');
  for (const { out } of runs) await checkOutputDirectory(out);

  const trials = distinctTrials(runs);
  const missing = trials.filter(({ id }) => force || !before.records.has(id));
  const failures = missing.length === 0 ? [] : await computeTrials(missing, trials.length, runs, options);
  const { records } = await readStore(storeDirectory);
  const written: string[] = [];
  const undrawn: string[] = [];
  for (const { plan, out } of runs) {
    if (hasFailure(plan, failures)) continue;
    const facts = {
      command: process.argv.slice(2),
      jobs: options.jobs,
      ...countsOf(plan, missing, failures),
      startedAt,
      seconds: Math.round(performance.now() - started) / 1000,
    };
    await writeFiles(out, await resultFiles(plan, records, facts, options.formats));
    written.push(out);
    if (!options.figures) continue;
    // The tables are whole by now: a figure that fails does not take them along.
    const fault = await drawPlan(out, plan, records).catch(messageOf);
    if (fault !== undefined) undrawn.push(`the figures of ${out}/ could not be drawn: ${fault}`);
  }
  const finished = failures.length === 0 ? await finish(records) : '';
  if (json) printJson(runs, records);
  else {
    for (const { plan } of runs) process.stdout.write(`${showResults(plan, records, process.stdout)}\n\n`);
    process.stdout.write(finished);
  }
  if (runs.some(({ plan }) => plan.quick)) note(quickWarning);
  const short = trials.filter(
    ({ id, config: { model } }) => model.solver === 'lbfgs' && records.get(id)?.metrics.converged === 0,
  ).length;
  if (short > 0) note(`note: L-BFGS has not converged in ${short} of the trials: column converged`);
  note(`${trials.length} trials, ${trials.length - missing.length} of them from the store ${storeDirectory}`);
  for (const out of written) note(`wrote ${out}/`);
  for (const { trial, error } of failures) {
    process.stderr.write(`error: trial ${trial.id.slice(0, 16)} failed: ${messageOf(error)}\n`);
  }
  for (const { plan, out } of runs) {
    if (hasFailure(plan, failures))
      process.stderr.write(`${out}/ was left as it was: not all trials are done\n`);
  }
  for (const text of undrawn) process.stderr.write(`error: ${text}\n`);
  if (failures.length + undrawn.length > 0) return exitCodes.failed;
  return absent.size > 0 ? exitCodes.incomplete : exitCodes.done;
}

function hasFailure({ cells }: Plan, failures: readonly Failure[]): boolean {
  return failures.some((failure) => cells.some(({ trial }) => trial.id === failure.trial.id));
}

/** Computes trials with a progress bar; returns those that failed. */
export async function computeTrials(
  missing: readonly Trial[],
  total: number,
  runs: readonly PlannedRun[],
  { storeDirectory, sources, jobs, quiet }: Pick<RunOptions, 'storeDirectory' | 'sources' | 'jobs' | 'quiet'>,
): Promise<Failure[]> {
  const progress = createProgress({
    stream: process.stderr,
    quiet,
    total: missing.length,
    now: () => performance.now(),
  });
  let ended = total - missing.length;
  const forget = onInterrupt(() => {
    progress.stop();
    process.stderr.write(
      `interrupted: ${ended} of ${total} trials are in the store; the same command goes on from there\n`,
    );
  });
  const labels = labelsOf(runs);
  const events: LaunchEvents = {
    started: (trial) => begin(progress, trial, labels.get(trial.id)!),
    epoch: ({ id }, epoch) => progress.epoch(id, epoch),
    ended: ({ id }, outcome) => {
      if (outcome !== 'failed') ended++;
      progress.done(id, outcome);
    },
  };
  try {
    return await launchers.threads(missing, { storeDirectory, sources, jobs, events });
  } finally {
    progress.stop();
    forget();
  }
}

function begin(progress: Progress, { id, config }: Trial, label: string): void {
  progress.start(label, id, trialEpochs(config));
}

function labelsOf(runs: readonly PlannedRun[]): Map<string, string> {
  const labels = new Map<string, string>();
  for (const { plan } of runs) {
    for (const cell of plan.cells) labels.set(cell.trial.id, labelOf(plan, cell));
  }
  return labels;
}

/** The trials of several plans, each once. */
export function distinctTrials(runs: readonly PlannedRun[]): Trial[] {
  const trials = runs.flatMap(({ plan }) => plan.cells.map(({ trial }) => trial));
  return [...new Map(trials.map((trial) => [trial.id, trial])).values()];
}

function countsOf({ cells }: Plan, missing: readonly Trial[], failures: readonly Failure[]) {
  const ids = new Set(cells.map(({ trial }) => trial.id));
  const failed = failures.filter(({ trial }) => ids.has(trial.id)).length;
  const computed = missing.filter(({ id }) => ids.has(id)).length - failed;
  return { computed, failed, fromStore: ids.size - computed - failed };
}

function printJson(runs: readonly PlannedRun[], records: ReadonlyMap<string, TrialRecord>): void {
  const results = runs.map(({ plan, out }) => ({
    experiment: plan.experiment.name,
    variant: plan.variant,
    quick: plan.quick,
    out,
    summary: tableToRecords(summaryTable(plan, records)),
  }));
  process.stdout.write(toJson(results.length === 1 ? results[0] : results));
}

function messageOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
