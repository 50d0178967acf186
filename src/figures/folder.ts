import { readdir, stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { type Experiment, optionsOf, splitNames } from '../experiment/define.ts';
import { columnName, type OptionName, options, type Setting, type Settings } from '../experiment/options.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { metricsOf } from '../trial/metrics.ts';
import { lossTitles } from './curve-figures.ts';
import { damaged, foreign } from './folder-errors.ts';
import { numberOf, parseCell, type Row, readTable, readText } from './folder-table.ts';
import type { Results, TrialResult } from './results.ts';

/**
 * Reads what a run left in a folder, back from manifest.json, trials.csv and curves.csv.
 *
 * Errors: a folder that holds no results, half of them, or those of another version.
 */
export async function readResults(folder: string, experiments: readonly Experiment[]): Promise<Results> {
  const manifest = await readManifest(folder);
  const experiment = experiments.find(({ name }) => name === manifest.experiment);
  if (experiment === undefined) throw foreign(folder, `an experiment ${JSON.stringify(manifest.experiment)}`);
  const trials = await readTable(folder, 'trials.csv', ['trial', 'status', ...columnsOf(experiment)]);
  const curves = await readTable(folder, 'curves.csv', ['trial', 'epoch', 'split', 'metric', 'value']);
  if (trials.length === 0 || trials.length !== manifest.trials?.total) {
    throw damaged(
      folder,
      `trials.csv has ${trials.length} rows, the manifest ${manifest.trials?.total} trials`,
    );
  }
  const curvesOf = groupCurves(curves, experiment);
  return {
    experiment,
    variant: manifest.variant === 'text' ? 'text' : 'code',
    quick: manifest.quick === true,
    trials: trials.map((row) => ({
      settings: settingsOf(row, experiment),
      status: statusOf(row.cells.status, folder),
      metrics: Object.fromEntries(metricsOf(experiment).map(({ name }) => [name, numberOf(row, name)])),
      curves: curvesOf.get(row.cells.trial) ?? {},
    })),
  };
}

interface Manifest {
  readonly experiment?: unknown;
  readonly variant?: unknown;
  readonly quick?: unknown;
  readonly trials?: { readonly total?: unknown };
}

async function readManifest(folder: string): Promise<Manifest> {
  const entries = await stat(folder).then(
    (found) => (found.isDirectory() ? readdir(folder) : null),
    () => null,
  );
  if (entries === null || entries.length === 0) {
    throw new UserError({
      what: `${entries === null ? 'there is no such folder' : 'the folder is empty'}: nothing can be drawn`,
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
    // said below
  }
  throw damaged(folder, 'manifest.json is not a JSON object');
}

function columnsOf(experiment: Experiment): string[] {
  return [...optionsOf(experiment).map(columnName), ...metricsOf(experiment).map(({ name }) => name)];
}

function settingsOf(row: Row, experiment: Experiment): Settings {
  const setting = (name: OptionName): Setting | null =>
    parseCell(row, columnName(name), (cell, column) => {
      // A spreadsheet would take = + - @ for a formula: the file has an apostrophe before them.
      const text = cell.replace(/^'(?=[=+@\t\r-])/, '');
      return text === '' ? null : options[name].parse(text, column);
    });
  return Object.fromEntries(optionsOf(experiment).map((name) => [name, setting(name)]));
}

function statusOf(text: string, folder: string): TrialResult['status'] {
  if (text === 'done' || text === 'diverged' || text === 'not run') return text;
  throw foreign(folder, `a trial whose status is ${JSON.stringify(text)}`);
}

/** The rows of curves.csv as a list of values for each trial and loss: test_mse, for one. */
function groupCurves(rows: readonly Row[], { task }: Experiment): Map<string, TrialResult['curves']> {
  const losses = Object.keys(lossTitles[task]);
  const curves = new Map<string, Record<string, (number | null)[]>>();
  for (const row of rows) {
    const split = parseCell(row, 'split', (text, name) => parseChoice(text, splitNames, name));
    const loss = parseCell(row, 'metric', (text, name) => parseChoice(text, losses, name));
    const epoch = parseCell(row, 'epoch', options.epochs.parse) as number;
    const own = curves.get(row.cells.trial) ?? {};
    curves.set(row.cells.trial, own);
    own[`${split}_${loss}`] ??= [];
    own[`${split}_${loss}`][epoch - 1] = numberOf(row, 'value');
  }
  return curves;
}
