import { readdir } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { withValidation } from '../experiment/deciding.ts';
import { type Experiment, optionsOf, showingErrorParts, splitNames } from '../experiment/define.ts';
import {
  columnName,
  type OptionName,
  options,
  parseSetting,
  type Setting,
  type Settings,
} from '../experiment/options.ts';
import { showingSearch } from '../experiment/search.ts';
import { isSeed, seedOptions } from '../experiment/seeds.ts';
import { comparedAfter, type StoppingRule } from '../experiment/stopping.ts';
import { codeOf, reasonOf } from '../files/errno.ts';
import { indexOfEpoch } from '../nn/evaluated-epochs.ts';
import { lossesOf } from '../nn/losses.ts';
import { classifierTableNames } from '../output/classifier-tables.ts';
import { type WrittenFiles, writtenFiles } from '../output/earlier-run.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { shortId } from '../trial/id.ts';
import { curveMetrics, metricsOf } from '../trial/metrics.ts';
import { drawnTrials, withClassifiers } from './classifier-cells.ts';
import { CurveCollector } from './curve-values.ts';
import { readClassifiers } from './folder-classifiers.ts';
import { dataOf } from './folder-data.ts';
import { damagedResults, otherVersion } from './folder-errors.ts';
import { openPredictions } from './folder-predictions.ts';
import { numberOf, parseCell, type Row, readTable, readText } from './folder-table.ts';
import { drawnPrediction } from './predictions.ts';
import type { Results, StoppedResult, TrialResult } from './results.ts';

/**
 * Reads the results of a run from manifest.json, trials.csv and curves.csv in its folder; with 'trials', without curves and
 * what is drawn of single trials.
 *
 * Errors: a folder with no results, with incomplete or changed results, or with results of another version.
 */
export async function readResults(
  folder: string,
  experiments: readonly Experiment[],
  what: 'all' | 'trials' = 'all',
): Promise<Results> {
  const manifest = await readManifest(folder);
  const experiment = await experimentOf(manifest, experiments);
  if (experiment === null) throw otherVersion(folder, `an experiment ${JSON.stringify(manifest.experiment)}`);
  const { ids } = manifest.trials ?? {};
  const known = Array.isArray(ids) ? new Set(ids.map((id) => shortId(String(id)))) : null;
  const written = await writtenFiles(folder);
  const trials = await readTrials(folder, experiment, known, written);
  const settings = new Map(trials.map((trial) => [trial.id, trial.settings]));
  const curves =
    what === 'all'
      ? await readCurves(folder, experiment, known, written, settings)
      : new Map<string, never>();
  if (trials.length === 0 || trials.length !== manifest.trials?.total) {
    throw damagedResults(
      folder,
      `trials.csv has ${trials.length} rows, the manifest ${manifest.trials?.total} trials`,
    );
  }
  const kept = what === 'all' ? await readCoefficients(folder, known, written) : new Map<string, never>();
  const own = trials.map(({ id, ...trial }) => {
    const coefficients = kept.get(id);
    return {
      ...trial,
      curves: curves.get(id) ?? {},
      ...(coefficients === undefined ? {} : { coefficients }),
    };
  });
  const cells = trials.map((trial) => trial.settings);
  const search = searchOf(manifest, experiment, folder);
  const results: Results = {
    experiment: showingErrorParts(
      withValidation(showingSearch(experiment, search), cells),
      cells.map(({ bootstrapMethod }) => bootstrapMethod),
    ),
    variant: manifest.variant === 'text' ? 'text' : 'code',
    quick: manifest.quick === true,
    data: dataOf(manifest),
    ...(search === undefined ? {} : { search }),
    trials: own,
    ...('rounds.csv' in written
      ? { stopped: await readStopped(folder, experiment, written, cells, ruleOf(manifest)) }
      : {}),
  };
  if (what === 'trials') return results;
  const trialIds = trials.map(({ id }) => id);
  const classified = { ...results, trials: await addClassifiers(results, trialIds, folder, known, written) };
  return { ...classified, trials: await addPredictions(classified, trialIds, folder, known, written) };
}

/** The same trials with the classifiers that are drawn; runs of regressions, and earlier versions, wrote no tables of them. */
async function addClassifiers(
  results: Results,
  ids: readonly string[],
  folder: string,
  known: ReadonlySet<string> | null,
  written: WrittenFiles,
): Promise<Results['trials']> {
  if (!classifierTableNames.every((name) => `${name}.csv` in written)) return results.trials;
  const drawn = new Set(drawnTrials(results).map((index) => ids[index]));
  const check = (row: Row, file: string) => checkOwn(row, folder, file, known);
  const found = await readClassifiers(folder, drawn, check, written);
  return withClassifiers(results, (index) => found.get(ids[index]) ?? null);
}

/** The same trials with the predictions that are drawn; a run writes them where the user asked for them. */
async function addPredictions(
  results: Results,
  ids: readonly string[],
  folder: string,
  known: ReadonlySet<string> | null,
  written: WrittenFiles,
): Promise<Results['trials']> {
  if (results.experiment.task !== 'regression') return results.trials;
  const found = await openPredictions(folder, (row, file) => checkOwn(row, folder, file, known), written);
  if (found === null) return results.trials;
  const drawn = drawnPrediction(results, (index) => found.has(ids[index]));
  if (drawn === null) return results.trials;
  const predictions = await found.read(ids[drawn]);
  return results.trials.map((trial, index) => (index === drawn ? { ...trial, predictions } : trial));
}

/** Refuses a row of a trial that is not among those of the manifest. */
function checkOwn(row: Row, folder: string, file: string, known: ReadonlySet<string> | null): void {
  if (known === null || known.has(row.cell('trial'))) return;
  throw damagedResults(folder, `${file} has trials of another run than manifest.json`);
}

/** The experiment of a manifest: the program's of this name, or the user's, whose definition it keeps; null if neither. */
async function experimentOf(
  { experiment: name, command, definition }: Manifest,
  experiments: readonly Experiment[],
): Promise<Experiment | null> {
  if (definition === undefined) return experiments.find((one) => one.name === name) ?? null;
  const { experimentFrom } = await import('../experiment/definition.ts');
  return experimentFrom(definition, typeof command === 'string' ? command : String(name));
}

/** From what a manifest says that the settings were drawn; undefined if they were not. */
function searchOf({ search, settings }: Manifest, experiment: Experiment, folder: string): Results['search'] {
  const { method, options: names } = (search ?? {}) as {
    readonly method?: unknown;
    readonly options?: unknown;
  };
  if ((method !== 'random' && method !== 'sobol') || !Array.isArray(names)) return undefined;
  const known = optionsOf(experiment).filter((name) => names.includes(name));
  const lists = (settings ?? {}) as Readonly<Record<string, unknown>>;
  const space = known.map((name) => {
    const list = lists[name];
    if (!Array.isArray(list) || list.length === 0)
      throw damagedResults(folder, `manifest.json has no values of ${name}, which was searched`);
    return [name, list.map((value) => parseSetting(name, String(value), `manifest.json: ${name}`))];
  });
  return { method, space: Object.fromEntries(space) };
}

interface Manifest {
  readonly experiment?: unknown;
  readonly command?: unknown;
  readonly definition?: unknown;
  readonly variant?: unknown;
  readonly quick?: unknown;
  readonly settings?: unknown;
  readonly search?: unknown;
  readonly stopping?: unknown;
  readonly data?: unknown;
  readonly trials?: { readonly total?: unknown; readonly ids?: unknown };
  readonly files?: unknown;
  readonly unfinished?: unknown;
}

const folderReasons: Record<string, string> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'this is a file, not a folder',
};

async function readManifest(folder: string): Promise<Manifest> {
  const reason = await readdir(folder).then(
    ({ length }) => (length === 0 ? 'the folder is empty' : null),
    (error) => folderReasons[codeOf(error) ?? ''] ?? reasonOf(error),
  );
  if (reason !== null) {
    throw new UserError({
      what: `${reason}: nothing can be drawn`,
      expected: 'a folder that a run wrote, such as results/grid-search-ols',
      received: folder,
      remedy: 'run the experiment first, or name its folder',
    });
  }
  const text = await readText(folder, 'manifest.json');
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === 'object' && manifest !== null) return checkedManifest(manifest, folder);
  } catch (error) {
    if (error instanceof UserError) throw error;
    // Reported below.
  }
  throw damagedResults(folder, 'manifest.json is not a JSON object');
}

/** Refuses a folder that a run was writing when it ended, and one without CSV files. */
function checkedManifest(manifest: Manifest, folder: string): Manifest {
  const { unfinished, files } = manifest;
  if (unfinished !== undefined) throw damagedResults(folder, 'a run was interrupted while it wrote them');
  if (typeof files === 'object' && files !== null && !('trials.csv' in files)) {
    throw new UserError({
      what: 'the run wrote no CSV files, from which figures are drawn',
      expected: 'trials.csv and curves.csv',
      received: folder,
      remedy: 'run the experiment again with {format} csv: trials in the store are not computed twice',
    });
  }
  return manifest;
}

/** The options whose columns every version wrote. */
const firstOptions: ReadonlySet<OptionName> = new Set([
  ...(['seed', 'samples', 'testSize', 'split', 'basis', 'degree', 'center', 'centerTargets'] as const),
  ...(['hidden', 'activation', 'kernelInit', 'biasInit', 'outputBiasInit', 'dtype', 'solver'] as const),
  ...(['net', 'minHiddenLayers', 'maxHiddenLayers', 'minNodes', 'maxNodes', 'activationPool'] as const),
  ...(['epochs', 'batches', 'batchSize', 'learningRate', 'schedule', 'lambda', 'penalize'] as const),
  ...(['maxIterations', 'gradientTolerance', 'kktTolerance', 'maxSweeps'] as const),
  ...(['bootstrap', 'bootstrapMethod'] as const),
]);

/** What columns that older versions do not have are read as: the experiment's own value; nothing for other metrics. */
function laterColumns(experiment: Experiment): ReadonlyMap<string, string> {
  const { settings, layout } = experiment;
  const later = optionsOf(experiment).filter((name) => !firstOptions.has(name));
  const shown = layout.metrics.map(({ name }) => name);
  const others = metricsOf(experiment).filter(({ name }) => !shown.includes(name));
  return new Map([
    ...later.map((name) => [columnName(name), String(settings[name]?.[0] ?? '')] as const),
    ...others.map(({ name }) => [name, ''] as const),
  ]);
}

function columnsOf(experiment: Experiment): string[] {
  return [...optionsOf(experiment).map(columnName), ...metricsOf(experiment).map(({ name }) => name)];
}

/** Returns a function that reads the settings of rows, one after the other. What equals the row above is not read again. */
function settingsReader(experiment: Experiment): (row: Row) => Pick<TrialResult, 'settings' | 'row'> {
  const read = optionsOf(experiment).map((name) => ({
    name,
    column: columnName(name),
    isSeed: isSeed(name),
  }));
  const above: (string | null)[] = read.map(() => null);
  let settings: Settings = {};
  let shared = {};
  return (row) => {
    const changed: [OptionName, Setting | null][] = [];
    let isNewRow = false;
    for (const [index, { name, column, isSeed: own }] of read.entries()) {
      const cell = row.cell(column);
      if (cell === above[index]) continue;
      above[index] = cell;
      changed.push([name, settingOf(row, name, column)]);
      if (!own) isNewRow = true;
    }
    if (isNewRow) shared = {};
    settings = { ...settings, ...Object.fromEntries(changed) };
    return { settings, row: shared };
  };
}

function settingOf(row: Row, name: OptionName, column: string): Setting | null {
  return parseCell(row, column, (cell) => {
    // The file has an apostrophe before = + - @, so that spreadsheets do not read a formula.
    const text = cell.replace(/^'(?=[=+@\t\r-])/, '');
    return text === '' ? null : options[name].parse(text, column);
  });
}

/** Copies of one object are made faster than objects from entries, and take less memory. */
function metricsReader(experiment: Experiment): (row: Row) => TrialResult['metrics'] {
  const names = metricsOf(experiment).map(({ name }) => name);
  const none: Record<string, number | null> = Object.fromEntries(names.map((name) => [name, null]));
  return (row) => {
    const metrics = { ...none };
    for (const name of names) metrics[name] = numberOf(row, name);
    return metrics;
  };
}

function statusOf(text: string, folder: string): TrialResult['status'] {
  if (text === 'done' || text === 'diverged' || text === 'not run') return text;
  throw otherVersion(folder, `a trial whose status is ${JSON.stringify(text)}`);
}

/** The rule that stopped settings early. */
function ruleOf({ stopping }: Manifest): { readonly kind: StoppingRule['kind'] } {
  const { rule } = (stopping ?? {}) as { readonly rule?: { readonly kind?: unknown } };
  return { kind: rule?.kind === 'racing' ? 'racing' : 'halving' };
}

/** The settings that were stopped early: all of the first round that are none of `left`. */
async function readStopped(
  folder: string,
  experiment: Experiment,
  written: WrittenFiles,
  left: readonly Settings[],
  rule: { readonly kind: StoppingRule['kind'] },
): Promise<StoppedResult[]> {
  const names = optionsOf(experiment).filter((name) => !isSeed(name));
  const key = (settings: Settings) => JSON.stringify(names.map((name) => settings[name] ?? null));
  const known = new Set(left.map(key));
  const seeds = seedOptions.map((name) => [columnName(name), ''] as const);
  const defaults = new Map([...laterColumns(experiment), ...seeds]);
  const columns = ['round', ...optionsOf(experiment).map(columnName), 'seeds', 'diverged', 'mean'];
  const settingsAt = settingsReader(experiment);
  const stopped = new Map<string, StoppedResult>();
  let place = 0;
  for await (const row of readTable(folder, 'rounds.csv', columns, written, defaults)) {
    const { settings } = settingsAt(row);
    const { epochs } = left[0];
    // The rounds of successive halving differ in their epochs, and those that are left have the most.
    const isShorter = rule.kind === 'halving' && settings.epochs !== null && epochs !== undefined;
    const whole = isShorter ? { ...settings, epochs } : settings;
    const round = numberOf(row, 'round') ?? 0;
    const last = {
      round,
      epochs: typeof settings.epochs === 'number' ? settings.epochs : null,
      seeds: numberOf(row, 'seeds') ?? 0,
      diverged: numberOf(row, 'diverged') ?? 0,
      mean: numberOf(row, 'mean'),
    };
    const one = { settings: whole, last, after: comparedAfter(rule, last) };
    const id = key(whole);
    if (round === 1) {
      if (!known.has(id)) stopped.set(id, { ...one, place });
      place++;
    } else if (stopped.has(id)) stopped.set(id, { ...one, place: stopped.get(id)!.place });
  }
  return [...stopped.values()];
}

async function readTrials(
  folder: string,
  experiment: Experiment,
  known: ReadonlySet<string> | null,
  written: WrittenFiles,
) {
  const trials: (Omit<TrialResult, 'curves'> & { readonly id: string })[] = [];
  const columns = ['trial', 'status', 'diverged_epoch', ...columnsOf(experiment)];
  const settingsAt = settingsReader(experiment);
  const metricsAt = metricsReader(experiment);
  for await (const row of readTable(folder, 'trials.csv', columns, written, laterColumns(experiment))) {
    checkOwn(row, folder, 'trials.csv', known);
    trials.push({
      id: row.cell('trial'),
      ...settingsAt(row),
      status: statusOf(row.cell('status'), folder),
      divergedAt: numberOf(row, 'diverged_epoch'),
      metrics: metricsAt(row),
    });
  }
  return trials;
}

/** The coefficients of each linear model with one output, by the trial's id; none if the run kept none. */
async function readCoefficients(
  folder: string,
  known: ReadonlySet<string> | null,
  written: WrittenFiles,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const found = new Map<string, Map<string, number>>();
  if (!('coefficients.csv' in written)) return found;
  const several = new Set<string>();
  const columns = ['trial', 'output', 'feature', 'value'];
  for await (const row of readTable(folder, 'coefficients.csv', columns, written)) {
    checkOwn(row, folder, 'coefficients.csv', known);
    const id = row.cell('trial');
    const value = numberOf(row, 'value');
    if (numberOf(row, 'output') !== 0) several.add(id);
    if (several.has(id) || value === null) continue;
    found.set(id, (found.get(id) ?? new Map()).set(row.cell('feature'), value));
  }
  for (const id of several) found.delete(id);
  return found;
}

/** The curves of each trial by its id, then by split and loss, such as test_mse. */
async function readCurves(
  folder: string,
  { task, layout }: Experiment,
  known: ReadonlySet<string> | null,
  written: WrittenFiles,
  settings: ReadonlyMap<string, Settings>,
): Promise<Map<string, TrialResult['curves']>> {
  const losses = curveMetrics(lossesOf(task));
  const curves = new Map<string, Record<string, CurveCollector>>();
  const columns = ['trial', 'epoch', 'split', 'metric', 'value'];
  for await (const row of readTable(folder, 'curves.csv', columns, written)) {
    checkOwn(row, folder, 'curves.csv', known);
    const split = parseCell(row, 'split', (text, name) => parseChoice(text, splitNames, name));
    const loss = parseCell(row, 'metric', (text, name) => parseChoice(text, losses, name));
    const epoch = parseCell(row, 'epoch', options.epochs.parse) as number;
    const value = numberOf(row, 'value');
    const id = row.cell('trial');
    const own = curves.get(id) ?? {};
    curves.set(id, own);
    own[`${split}_${loss}`] ??= new CurveCollector();
    // Heat maps need to know only which trials have curves.
    if (layout.curves !== null)
      own[`${split}_${loss}`].set(indexOfEpoch(epoch, settings.get(id) ?? {}), value);
  }
  return curves;
}
