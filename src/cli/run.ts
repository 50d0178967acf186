import { pathOf, type Sources } from '../datasets/dataset.ts';
import { counted, exitCodes } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { classifierFigureNames } from '../figures/classifier-figures.ts';
import { figureNames } from '../figures/files.ts';
import { checkOutputDirectory } from '../files/write-files.ts';
import { type Classifiers, openClassifiers } from '../output/classifiers.ts';
import { tableToRecords, toJson } from '../output/json.ts';
import { manifestPieces, quickWarning, type RunFacts } from '../output/manifest.ts';
import { predictCells } from '../output/predicted.ts';
import { predictionTableNames } from '../output/predictions-table.ts';
import { resultFiles, resultNames, tableNames } from '../output/result-files.ts';
import { roundsTable } from '../output/rounds-table.ts';
import { type FileList, writeRunFolder } from '../output/run-folder.ts';
import { searchTable } from '../output/search-table.ts';
import { summaryTable } from '../output/summary.ts';
import type { Lease } from '../store/leases.ts';
import { openStore, type Records, type Store } from '../store/store.ts';
import type { IdSet } from '../trial/id-set.ts';
import type { Trial } from '../trial/trial.ts';
import { checkLauncher } from './check-launcher.ts';
import {
  computeTrials,
  distinctTrials,
  idsOf,
  noteProblems,
  reportFailures,
  trialsToCompute,
} from './compute-trials.ts';
import { describeDiverged } from './diverged.ts';
import { drawPlan, whyUndrawn } from './figures.ts';
import { messageOf, withFlags } from './flags.ts';
import { holdStore } from './hold-store.ts';
import { lbfgsNotes } from './lbfgs-notes.ts';
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
import { runShardOfRounds } from './rounds.ts';
import type { RunOptions } from './run-flags.ts';
import { screenOf } from './screen.ts';
import { showClasses } from './show-classes.ts';
import { type PlannedRun, showPlan } from './show-plan.ts';
import { showResults } from './show-results.ts';
import { roundParts } from './show-rounds.ts';
import { computeRounds, inRounds, showRounds, stoppingRunOf, stoppingText } from './stopping-run.ts';
import { writeEvent, writeStderr, writeStderrWhole, writeStdoutRaw } from './terminal.ts';
import { worseLaterNotes } from './worse-later.ts';
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
  const stopping = stoppingRunOf(runs);
  if (options.shard !== null && stopping !== null)
    return await runShardOfRounds(stopping.rounds(), 'the results', options.shard, options);
  if (options.shard !== null) {
    const { runShard } = await import('./run-shard.ts');
    const plans = runs.map(({ plan }) => plan);
    return await runShard(plans, options.shard, options);
  }
  if (options.planOnly) {
    const store = await openStore(storeDirectory, idsOf(trials));
    await noteProblems(store, 0);
    if (stopping !== null) await showRounds(stopping, options);
    else await showPlan(runs, store, json, options);
    return exitCodes.done;
  }
  await checkLauncher(options);
  await checkOutputDirectory(storeDirectory, '--store');
  await checkModelFile(options.models);
  for (const { plan, out } of runs) await checkOutFolder(out, namesOf(plan, options), storeDirectory);
  const complete = async (runs: readonly PlannedRun[], how: RunOptions, lease: Lease, before?: IdSet) => {
    const trials = distinctTrials(runs);
    const store = await openStore(storeDirectory, idsOf(trials));
    const failed = await computeAndWrite(runs, how, trials, store, lease, finish, before);
    if (!options.failOnDiverged) return failed;
    const plans = runs.map(({ plan }) => plan);
    const diverged = describeDiverged(plans, store);
    if (diverged !== null) writeStderr(`error: ${diverged}`);
    return failed || diverged !== null;
  };
  const failed = await holdStore(storeDirectory, async (lease) => {
    if (stopping === null) return await complete(runs, options, lease);
    const { plan, computed } = await computeRounds(stopping, options, lease);
    if (plan === null) return true;
    return await complete([{ ...stopping.run, plan }], { ...options, force: false }, lease, computed);
  });
  if (failed) return exitCodes.failed;
  return absent.size > 0 ? exitCodes.incomplete : exitCodes.done;
}

/** The part of runPlans that needs the lease on the store; `before` was computed in rounds before. Returns whether anything failed. */
async function computeAndWrite(
  runs: readonly PlannedRun[],
  options: RunOptions,
  trials: readonly Trial[],
  store: Store,
  lease: Lease,
  finish: Finish | null,
  before?: IdSet,
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
      ...countsOf(plan, { has: (id) => computed.has(id) || before?.has(id) === true }),
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
    const why = options.figures ? whyUndrawn(plan, out) : null;
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
      const { stopping } = run.plan;
      const parts = [
        showResults(run.plan, store, process.stdout),
        ...(classes === null ? [] : [classes]),
        ...(stopping === undefined
          ? []
          : [
              ...roundParts(run.plan, stopping, store, screenOf(process.stdout)),
              stoppingText(stopping, process.stdout),
            ]),
      ];
      writeStdoutRaw(`${remark}${parts.join('\n\n')}\n\n`);
    }
    writeStdoutRaw(finished);
  }
  for (const { plan } of runs) for (const text of worseLaterNotes(plan)) note(`note: ${withFlags(text)}`);
  if (runs.some(({ plan }) => plan.quick)) note(quickWarning);
  if (runs.some(({ plan }) => plan.lists.solver?.includes('lbfgs'))) {
    for (const text of lbfgsNotes(trials, store)) note(`note: ${withFlags(text)}`);
  }
  const run = { trials: trials.length, computed: missing.length };
  const { trials: all, computed: here } = before === undefined ? run : inRounds(runs[0].plan, before);
  note(`${counted(all, 'trial')}, ${all - here} of them from the store ${storeDirectory}`);
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

/** The files that a run will write, as far as they are known before it has results. */
function namesOf(plan: Plan, { formats: chosen, figures, page, models }: RunOptions): string[] {
  const {
    search,
    experiment: { layout },
  } = plan;
  const drawn = [
    ...(search === undefined ? [layout.curves === null ? 'heat-maps' : 'curves'] : ['search', 'best-so-far']),
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

/** The counts of a complete plan: every trial has a record, either computed here or taken from the store. */
function countsOf({ cells }: Plan, computed: Pick<IdSet, 'has'>) {
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
    ...(plan.stopping === undefined
      ? {}
      : { rounds: tableToRecords(roundsTable(plan, plan.stopping)), cost: plan.stopping.cost }),
    ...(plan.search === undefined ? {} : { search: tableToRecords(searchTable(plan, records)!) }),
  }));
  writeStdoutRaw(toJson(results.length === 1 ? results[0] : results));
}
