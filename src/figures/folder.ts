import { readdir } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { type Experiment, optionsOf, splitNames } from '../experiment/define.ts';
import { columnName, type OptionName, options, type Setting, type Settings } from '../experiment/options.ts';
import { codeOf, reasonOf } from '../files/errno.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { curveMetrics, metricsOf } from '../trial/metrics.ts';
import { hyperparameterNames } from '../trial/solvers/sgd.ts';
import { CurveCollector } from './curve-values.ts';
import { dataOf } from './folder-data.ts';
import { damagedResults, otherVersion } from './folder-errors.ts';
import { numberOf, parseCell, type Row, readTable, readText } from './folder-table.ts';
import type { Results, TrialResult } from './results.ts';

/**
 * Reads the results of a run from manifest.json, trials.csv and curves.csv in its folder.
 *
 * Errors: a folder with no results, with incomplete results, or with results of another version.
 */
export async function readResults(folder: string, experiments: readonly Experiment[]): Promise<Results> {
  const manifest = await readManifest(folder);
  const experiment = experiments.find(({ name }) => name === manifest.experiment);
  if (experiment === undefined)
    throw otherVersion(folder, `an experiment ${JSON.stringify(manifest.experiment)}`);
  const trials = await readTrials(folder, experiment);
  const curves = await readCurves(folder, experiment);
  if (trials.length === 0 || trials.length !== manifest.trials?.total) {
    throw damagedResults(
      folder,
      `trials.csv has ${trials.length} rows, the manifest ${manifest.trials?.total} trials`,
    );
  }
  return {
    experiment,
    variant: manifest.variant === 'text' ? 'text' : 'code',
    quick: manifest.quick === true,
    data: dataOf(manifest),
    trials: trials.map(({ id, ...trial }) => ({ ...trial, curves: curves.get(id) ?? {} })),
  };
}

interface Manifest {
  readonly experiment?: unknown;
  readonly variant?: unknown;
  readonly quick?: unknown;
  readonly data?: unknown;
  readonly trials?: { readonly total?: unknown };
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
    if (typeof manifest === 'object' && manifest !== null) return manifest;
  } catch {
    // Reported below.
  }
  throw damagedResults(folder, 'manifest.json is not a JSON object');
}

/** What columns that older versions do not have are read as: the experiment's own value. */
function laterColumns({ settings }: Experiment): ReadonlyMap<string, string> {
  const later: readonly OptionName[] = ['loss', 'optimizer', ...hyperparameterNames];
  return new Map(later.map((name) => [columnName(name), String(settings[name]?.[0] ?? '')]));
}

function columnsOf(experiment: Experiment): string[] {
  return [...optionsOf(experiment).map(columnName), ...metricsOf(experiment).map(({ name }) => name)];
}

function settingsOf(row: Row, experiment: Experiment): Settings {
  const setting = (name: OptionName): Setting | null =>
    parseCell(row, columnName(name), (cell, column) => {
      // The file has an apostrophe before = + - @, so that spreadsheets do not read a formula.
      const text = cell.replace(/^'(?=[=+@\t\r-])/, '');
      return text === '' ? null : options[name].parse(text, column);
    });
  return Object.fromEntries(optionsOf(experiment).map((name) => [name, setting(name)]));
}

function statusOf(text: string, folder: string): TrialResult['status'] {
  if (text === 'done' || text === 'diverged' || text === 'not run') return text;
  throw otherVersion(folder, `a trial whose status is ${JSON.stringify(text)}`);
}

async function readTrials(folder: string, experiment: Experiment) {
  const trials: (Omit<TrialResult, 'curves'> & { readonly id: string })[] = [];
  const columns = ['trial', 'status', 'diverged_epoch', ...columnsOf(experiment)];
  for await (const row of readTable(folder, 'trials.csv', columns, laterColumns(experiment))) {
    trials.push({
      id: row.cell('trial'),
      settings: settingsOf(row, experiment),
      status: statusOf(row.cell('status'), folder),
      divergedAt: numberOf(row, 'diverged_epoch'),
      metrics: Object.fromEntries(metricsOf(experiment).map(({ name }) => [name, numberOf(row, name)])),
    });
  }
  return trials;
}

/** The curves of each trial by its id, then by split and loss, such as test_mse. */
async function readCurves(
  folder: string,
  { task, layout }: Experiment,
): Promise<Map<string, TrialResult['curves']>> {
  const losses = curveMetrics(task);
  const curves = new Map<string, Record<string, CurveCollector>>();
  const columns = ['trial', 'epoch', 'split', 'metric', 'value'];
  for await (const row of readTable(folder, 'curves.csv', columns)) {
    const split = parseCell(row, 'split', (text, name) => parseChoice(text, splitNames, name));
    const loss = parseCell(row, 'metric', (text, name) => parseChoice(text, losses, name));
    const epoch = parseCell(row, 'epoch', options.epochs.parse) as number;
    const value = numberOf(row, 'value');
    const id = row.cell('trial');
    const own = curves.get(id) ?? {};
    curves.set(id, own);
    own[`${split}_${loss}`] ??= new CurveCollector();
    // Heat maps need to know only which trials have curves.
    if (layout.curves !== null) own[`${split}_${loss}`].set(epoch - 1, value);
  }
  return curves;
}
