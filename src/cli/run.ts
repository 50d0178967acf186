import { setImmediate } from 'node:timers/promises';
import { pathOf, type Sources } from '../datasets/dataset.ts';
import { counted, exitCodes } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { classifierFigureNames } from '../figures/classifier-figures.ts';
import { figureNames } from '../figures/files.ts';
import { whyNotDrawn } from '../figures/limits.ts';
import { checkOutputDirectory } from '../files/write-files.ts';
import { launchers } from '../launchers/index.ts';
import type { Failure, Kept, LaunchEvents, Launched } from '../launchers/launcher.ts';
import { type Classifiers, openClassifiers } from '../output/classifiers.ts';
import { tableToRecords, toJson } from '../output/json.ts';
import { manifestPieces, quickWarning, type RunFacts } from '../output/manifest.ts';
import { predictCells } from '../output/predicted.ts';
import { predictionTableNames } from '../output/predictions-table.ts';
import { resultFiles, resultNames, tableNames } from '../output/result-files.ts';
import { type FileList, writeRunFolder } from '../output/run-folder.ts';
import { summaryTable } from '../output/summary.ts';
import { savedEpochs } from '../store/checkpoints.ts';
import { continuedEpochs } from '../store/final-checkpoints.ts';
import type { Lease } from '../store/leases.ts';
import { describeProblems, openStore, type Records, type Store } from '../store/store.ts';
import { shortId } from '../trial/id.ts';
import { createIdSet } from '../trial/id-set.ts';
import { trialEpochs } from '../trial/size.ts';
import type { Trial } from '../trial/trial.ts';
import { describeDiverged } from './diverged.ts';
import { drawPlan } from './figures.ts';
import { messageOf, withFlags } from './flags.ts';
import { holdStore } from './hold-store.ts';
import { onInterrupt } from './interrupt.ts';
import { labelOf } from './label.ts';
import { lbfgsNotes } from './lbfgs-notes.ts';
import { foresee } from './makespan.ts';
import {
  againNote,
  checkModelFile,
  checkModels,
  keptAtFirst,
  modelFiles,
  modelNames,
  openModels,
  writeModelFile,
} from './models.ts';
import { checkOutFolder, noteKept } from './out-folder.ts';
import { pageFile, renderPage } from './page.ts';
import { createProgress } from './progress.ts';
import { withEvents } from './progress-events.ts';
import type { RunOptions } from './run-flags.ts';
import { showClasses } from './show-classes.ts';
import { type PlannedRun, showPlan, timeText } from './show-plan.ts';
import { showResults } from './show-results.ts';
import { writeEvent, writeStderr, writeStderrWhole, writeStdoutRaw } from './terminal.ts';
import { continuedText, startingEpochs, workOf } from './work.ts';
import { wroteLines } from './wrote.ts';

/** An output that is made from the records of all plans together. */
export interface Finish {
  /** Names the output in the message that it is unchanged: "report.html and the comparison". */
  readonly what: string;
  /** Folders that it writes next to those of the plans. */
  readonly folders: readonly string[];
  /** Writes the output and returns the text to print. */
  write(records: Records): Promise<string>;
}

/**
 * Computes the trials that are not in the store, writes every plan's files, prints its table and returns the exit status.
 *
 * All files are written before anything is printed. If a trial of a plan fails, the plan's folder is not changed, so that
 * incomplete results never replace complete ones.
 */
export async function runPlans(
  runs: readonly PlannedRun[],
  options: RunOptions,
  finish: Finish | null = null,
): Promise<number> {
  const { storeDirectory, json } = options;
  const trials = distinctTrials(runs);
  const absent = new Set(runs.flatMap(({ plan }) => plan.absent.map((reference) => reference.note)));
  for (const text of absent) writeStderr(`note: ${text}`);
  if (!options.quiet) {
    for (const text of new Set(runs.flatMap(({ plan }) => plan.notes)))
      writeStderr(`note: ${withFlags(text)}`);
  }
  checkModels(
    runs.map(({ plan }) => plan),
    options.models,
  );
  if (options.planOnly) {
    const store = await openStore(storeDirectory, idsOf(trials));
    await noteProblems(store, 0);
    await showPlan(runs, store, json, options);
    return exitCodes.done;
  }
  await checkOutputDirectory(storeDirectory, '--store');
  await checkModelFile(options.models);
  for (const { plan, out } of runs) await checkOutFolder(out, namesOf(plan, options), storeDirectory);
  const failed = await holdStore(storeDirectory, async (lease) => {
    const store = await openStore(storeDirectory, idsOf(trials));
    const failed = await computeAndWrite(runs, options, trials, store, lease, finish);
    if (!options.failOnDiverged) return failed;
    const plans = runs.map(({ plan }) => plan);
    const diverged = describeDiverged(plans, store);
    if (diverged !== null) writeStderr(`error: ${diverged}`);
    return failed || diverged !== null;
  });
  if (failed) return exitCodes.failed;
  return absent.size > 0 ? exitCodes.incomplete : exitCodes.done;
}

/** The part of runPlans that needs the lease on the store. Returns whether anything failed. */
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
    if (!quiet) writeStderr(text);
  };
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const missing = await trialsToCompute(trials, store, force);
  const reported = await noteProblems(store, 0);
  const keep = keptAtFirst(
    runs.map(({ plan }) => plan),
    options.models,
  );
  const { computed, failures } = await computeTrials(missing, trials.length, runs, store, {
    ...options,
    lease,
    keep,
  });
  await store.refresh();
  const incomplete = runs.filter(({ plan }) => lacksRecords(plan, store));
  await noteProblems(store, reported);
  const written: string[] = [];
  const modelPaths: string[] = [];
  const failed = [...failures];
  const figureErrors: string[] = [];
  const classifiersOf = new Map<Plan, Classifiers | null>();
  for (const run of runs) {
    const { plan, out } = run;
    if (incomplete.includes(run)) continue;
    const facts = {
      command: process.argv.slice(2),
      jobs: options.jobs,
      ...countsOf(plan, computed),
      startedAt,
      seconds: Math.round(performance.now() - started) / 1000,
      ...placesOf(plan, options.sources),
      ...(options.rerun === undefined ? {} : { rerun: options.rerun }),
    };
    const { classifiers, note: lacking } = await openClassifiers(plan, store, storeDirectory);
    classifiersOf.set(plan, classifiers);
    if (lacking !== null) note(`note: ${withFlags(lacking)}`);
    const wanted = { ...options.models, again: force && keep === 'records' };
    const models = await openModels(plan, store, storeDirectory, wanted, async (again) => {
      note(`note: ${againNote(again.length)}`);
      const how = { ...options, lease, keep: 'models' as const };
      const more = await computeTrials(again, again.length, [run], store, how);
      failed.push(...more.failures);
    });
    const predictions =
      models === null ? [] : await predictCells(models.predicting, models.read, options.sources);
    if (models?.isEmpty) note('note: no model is written: no trial of ours finished');
    const why = options.figures ? whyNotDrawn(plan.experiment, plan.cells) : null;
    if (why !== null) note(`note: ${why}`);
    const write = async (figures: ReadonlyMap<string, string | Buffer>) => {
      const page = options.page
        ? [
            [
              pageFile,
              await renderPage([plan], store, out, { ...options, predictions }, 'experiment'),
            ] as const,
          ]
        : [];
      const tables = resultFiles(plan, store, options.formats, classifiers, predictions);
      const saved = models === null ? [] : modelFiles(plan, models, options.models);
      const files = new Map([...tables, ...figures, ...page, ...saved]);
      const manifest = (listed: FileList) => () =>
        manifestPieces(plan, store, facts, listed, options.remarks);
      noteKept(out, await writeRunFolder(out, files, manifest));
    };
    if (options.figures && why === null) {
      try {
        const drawn = await drawPlan(plan, store, classifiers, predictions);
        await write(drawn);
        const undrawn = coefficientsNote(plan, drawn.keys());
        if (undrawn !== null) note(`note: ${withFlags(undrawn)}`);
      } catch (fault) {
        // The tables are complete, so a figure that fails does not keep them from being written.
        figureErrors.push(`the figures of ${out}/ could not be drawn: ${messageOf(fault)}`);
        await write(new Map());
      }
    } else await write(new Map());
    written.push(out);
    const modelFile = models === null ? null : await writeModelFile(plan, models, options.models);
    if (modelFile !== null) modelPaths.push(modelFile);
    writeEvent('written', { path: out, experiment: plan.experiment.name });
  }
  let finished = '';
  if (finish !== null && incomplete.length === 0) {
    finished = await finish.write(store);
    written.push(...finish.folders);
  }
  if (json) printJson(runs, store);
  else {
    for (const run of runs) {
      const remark = incomplete.includes(run) ? `INCOMPLETE: ${countMissing(run.plan, store)}\n\n` : '';
      const classes = showClasses(run.plan, store, classifiersOf.get(run.plan) ?? null, process.stdout);
      const parts = [showResults(run.plan, store, process.stdout), ...(classes === null ? [] : [classes])];
      writeStdoutRaw(`${remark}${parts.join('\n\n')}\n\n`);
    }
    writeStdoutRaw(finished);
  }
  if (runs.some(({ plan }) => plan.quick)) note(quickWarning);
  if (runs.some(({ plan }) => plan.lists.solver?.includes('lbfgs'))) {
    for (const text of lbfgsNotes(trials, store)) note(`note: ${withFlags(text)}`);
  }
  note(
    `${counted(trials.length, 'trial')}, ${trials.length - missing.length} of them from the store ${storeDirectory}`,
  );
  const elsewhere = missing.filter(({ id }) => !computed.has(id) && store.has(id)).length;
  if (elsewhere > 0) note(`other processes computed ${counted(elsewhere, 'trial')} in the meantime`);
  const { isTTY, columns = 80 } = process.stderr;
  if (!quiet) writeStderrWhole(...(await wroteLines(written, isTTY ? columns : Number.POSITIVE_INFINITY)));
  for (const path of modelPaths) note(`wrote ${path}`);
  reportFailures(failed, storeDirectory);
  for (const { out } of incomplete) {
    writeStderr(`${out}/ is unchanged: not all trials are done`);
  }
  if (finish !== null && incomplete.length > 0) writeStderr(`${finish.what} are unchanged too`);
  for (const text of figureErrors) writeStderr(...`error: ${text}`.split('\n'));
  // A trial that failed here may still have a record: from another process, or one that could not be synced.
  return failed.length + incomplete.length + figureErrors.length > 0;
}

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
async function trialsToCompute(trials: readonly Trial[], store: Store, all = false): Promise<Trial[]> {
  const missing: Trial[] = [];
  for (const [index, trial] of trials.entries()) {
    if (!store.has(trial.id) || all) missing.push(trial);
    if (index % 1000 === 999) await setImmediate();
  }
  return missing;
}

/** The files that a run will write, as far as they are known before it has results. */
function namesOf(plan: Plan, { formats: chosen, figures, page, models }: RunOptions): string[] {
  const { layout } = plan.experiment;
  const drawn = [
    layout.curves === null ? 'heat-maps' : 'curves',
    ...(layout.chosen === null ? [] : ['lines']),
    ...(plan.experiment.task === 'classification' ? classifierFigureNames : []),
    ...(models.predictions === null ? [] : ['residuals', 'fitted']),
  ];
  return [
    ...resultNames(plan, chosen),
    ...(figures ? drawn.flatMap((name) => figureNames(name)) : []),
    ...(page ? [pageFile] : []),
    ...modelNames(plan, models),
    ...(models.predictions === null ? [] : tableNames(predictionTableNames, chosen)),
  ];
}

function lacksRecords({ cells }: Plan, store: Store): boolean {
  return cells.some(({ trial }) => !store.has(trial.id));
}

function countMissing({ cells }: Plan, store: Store): string {
  const missing = cells.filter(({ trial }) => !store.has(trial.id)).length;
  return `no result for ${missing} of ${counted(cells.length, 'trial')}`;
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
type ComputeOptions = Pick<RunOptions, 'sources' | 'jobs' | 'quiet' | 'progress'> & {
  readonly lease: Lease;
  /** Aborted when the time is over: running trials save their state, and no others are started. */
  readonly enough?: AbortSignal | null;
  readonly keep?: Kept;
} & Partial<Pick<RunOptions, 'force' | 'retries' | 'timeout' | 'maxFailures'>>;

/** The shortest run, in seconds, that tells at its start how long it will take. */
const worthTelling = 5;

/** Computes trials and shows progress, until each trial has a record or has failed, or the time is over. */
export async function computeTrials(
  missing: readonly Trial[],
  total: number,
  runs: readonly PlannedRun[],
  store: Store,
  { sources, jobs, quiet, progress: shown, enough = null, ...running }: ComputeOptions,
): Promise<Launched> {
  const counts = { trials: total, from_store: total - missing.length, to_run: missing.length };
  if (missing.length === 0) writeEvent('plan', { ...counts, expected_seconds: 0 });
  if (missing.length === 0) return { computed: createIdSet(), failures: [] };
  const own = await savedEpochs(store.directory);
  const shorter = await continuedEpochs(store.directory, running.force === true ? [] : missing);
  const continued = new Map([...shorter].filter(([id, epoch]) => epoch > (own.get(id) ?? 0)));
  const saved = startingEpochs(own, continued);
  const works = missing.map((trial) => workOf(trial, saved));
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
  if (expected >= worthTelling)
    progress.note(`${counted(missing.length, 'trial')} to run${timeText(expected, jobs)}`);
  const unfinished = new Set<string>();
  const labels = labelsOf(runs);
  const events: LaunchEvents = {
    started: (trial) => {
      const { id, config } = trial;
      unfinished.add(id);
      progress.start(labels(id), id, trialEpochs(config), workOf(trial, saved));
    },
    epoch: ({ id }, epoch) => progress.epoch(id, epoch),
    ended: ({ id }, outcome) => {
      if (outcome !== 'failed') ended++;
      unfinished.delete(id);
      progress.done(id, outcome);
    },
    found: (trial, outcome) => {
      ended++;
      progress.found(workOf(trial, saved), outcome);
    },
    note: (text) => {
      if (!quiet) say(`note: ${withFlags(text)}`);
    },
  };
  const stop = new AbortController();
  const launched = launchers.threads(missing, {
    store,
    sources: { ...sources, initialWeights: weightsOf(runs) },
    jobs,
    events: shown === 'ndjson' ? withEvents(events, labels) : events,
    stop: enough === null ? stop.signal : AbortSignal.any([stop.signal, enough]),
    ...running,
  });
  const unregister = onInterrupt(async () => {
    say('interrupted: saving the state of running trials; interrupt again to stop at once');
    stop.abort();
    await launched.catch(() => {});
    progress.stop();
    const { directory } = store;
    writeStderr(`interrupted: the store ${directory} has ${ended} of ${counted(total, 'trial')}`);
    const states = await savedEpochs(directory);
    for (const id of unfinished) {
      if (states.has(id)) writeStderr(`saved at epoch ${states.get(id)}: ${labels(id)}`);
    }
    writeStderr('run the same command to resume');
  });
  try {
    return await launched;
  } finally {
    // An interrupted run ends in main, and nothing may be printed after the message above.
    if (stop.signal.aborted) await new Promise(() => {});
    progress.stop();
    unregister();
  }
}

/** The initial weights of all plans' trials, by their digests. */
function weightsOf(runs: readonly PlannedRun[]): NonNullable<Sources['initialWeights']> {
  return Object.assign({}, ...runs.map(({ plan }) => plan.initialWeights));
}

/** Returns a function that makes the label of a trial on demand. */
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

/** The trials of several plans, without duplicates. */
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

/** The counts of a complete plan: every trial has a record, either computed here or taken from the store. */
function countsOf({ cells }: Plan, computed: Launched['computed']) {
  const here = cells.filter(({ trial }) => computed.has(trial.id)).length;
  return { computed: here, failed: 0, fromStore: cells.length - here };
}

/** Why kept coefficients are in no figure; null if they are, or none are kept. */
function coefficientsNote({ lists }: Plan, figures: Iterable<string>): string | null {
  if (lists.coefficients?.includes('yes') !== true) return null;
  if ([...figures].some((name) => name.startsWith('coefficients-'))) return null;
  return (
    'no figure of coefficients: they are drawn where a number such as {lambda} has several values, and the other settings ' +
    'at most 6 combinations; coefficients.csv has all'
  );
}

/** Where the data of a plan were found, so that it can be run again. */
function placesOf({ data }: Plan, sources: Sources): Pick<RunFacts, 'places'> {
  const places = data.flatMap(({ config }) => {
    const path = 'sha256' in config ? pathOf(config.sha256, sources) : null;
    return 'sha256' in config && path !== null ? [[config.sha256, path] as const] : [];
  });
  return places.length === 0 ? {} : { places: Object.fromEntries(places) };
}

function printJson(runs: readonly PlannedRun[], records: Records): void {
  const results = runs.map(({ plan, out }) => ({
    experiment: plan.experiment.name,
    variant: plan.variant,
    quick: plan.quick,
    out,
    summary: tableToRecords(summaryTable(plan, records)),
  }));
  writeStdoutRaw(toJson(results.length === 1 ? results[0] : results));
}
