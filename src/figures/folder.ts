import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { type Experiment, optionsOf } from '../experiment/define.ts';
import { metricsOf } from '../experiment/metrics.ts';
import { columnName, options, type Setting, type Settings } from '../experiment/options.ts';
import { readRegular } from '../experiment/regular-file.ts';
import type { Results, TrialResult } from './results.ts';

type Row = Readonly<Record<string, string>>;

/**
 * Reads what a run left in a folder, back from manifest.json, trials.csv and curves.csv.
 *
 * Errors: a folder that holds no results, half of them, or those of another version.
 */
export async function readResults(folder: string, experiments: readonly Experiment[]): Promise<Results> {
  const manifest = await readManifest(folder);
  const experiment = experiments.find(({ name }) => name === manifest.experiment);
  if (experiment === undefined) throw foreign(folder, `an experiment ${JSON.stringify(manifest.experiment)}`);
  const trials = await readCsv(folder, 'trials.csv', ['trial', 'status', ...columnsOf(experiment)]);
  const curves = await readCsv(folder, 'curves.csv', ['trial', 'epoch', 'split', 'metric', 'value']);
  if (trials.length === 0 || trials.length !== manifest.trials?.total) {
    throw damaged(
      folder,
      `trials.csv has ${trials.length} rows, the manifest ${manifest.trials?.total} trials`,
    );
  }
  const curvesOf = groupCurves(curves);
  return {
    experiment,
    variant: manifest.variant === 'text' ? 'text' : 'code',
    quick: manifest.quick === true,
    trials: trials.map((row) => ({
      settings: settingsOf(row, experiment),
      status: statusOf(row.status, folder),
      metrics: Object.fromEntries(metricsOf(experiment).map(({ name }) => [name, number(row[name])])),
      curves: curvesOf.get(row.trial) ?? {},
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

async function readText(folder: string, file: string): Promise<string> {
  try {
    return await readRegular(join(folder, file));
  } catch {
    throw damaged(folder, `${file} is missing or cannot be read`);
  }
}

/** The rows of a CSV file; a file of another version lacks columns. */
export async function readCsv(folder: string, file: string, columns: readonly string[]): Promise<Row[]> {
  const { read } = await import('vega');
  const text = await readText(folder, file);
  const rows = read(text, { type: 'csv' }) as Row[];
  const header = text.split('\n', 1)[0].split(',');
  const missing = columns.filter((name) => !header.includes(name));
  if (text !== '' && missing.length > 0) throw foreign(folder, `${file} without the column ${missing[0]}`);
  if (!text.endsWith('\n') || rows.some((row) => columns.some((name) => row[name] === undefined))) {
    throw damaged(folder, `${file} ends within a row`);
  }
  return rows;
}

function columnsOf(experiment: Experiment): string[] {
  return [...optionsOf(experiment).map(columnName), ...metricsOf(experiment).map(({ name }) => name)];
}

function settingsOf(row: Row, experiment: Experiment): Settings {
  const setting = (name: keyof typeof options): Setting | null => {
    // A spreadsheet would take = + - @ for a formula: the file has an apostrophe before them.
    const text = row[columnName(name)].replace(/^'(?=[=+@\t\r-])/, '');
    return text === '' ? null : options[name].parse(text, options[name].flag);
  };
  return Object.fromEntries(optionsOf(experiment).map((name) => [name, setting(name)]));
}

function statusOf(text: string, folder: string): TrialResult['status'] {
  if (text === 'done' || text === 'diverged' || text === 'not run') return text;
  throw foreign(folder, `a trial whose status is ${JSON.stringify(text)}`);
}

/** Words (diverged, not run) and the empty cell are no number. */
function number(text: string): number | null {
  return text === '' || !Number.isFinite(Number(text)) ? null : Number(text);
}

/** The rows of curves.csv as a list of values for each trial and loss: test_mse, for one. */
function groupCurves(rows: readonly Row[]): Map<string, Record<string, (number | null)[]>> {
  const curves = new Map<string, Record<string, (number | null)[]>>();
  for (const { trial, split, metric, epoch, value } of rows) {
    const own = curves.get(trial) ?? {};
    curves.set(trial, own);
    const name = `${split}_${metric}`;
    own[name] ??= [];
    own[name][Number(epoch) - 1] = number(value);
  }
  return curves;
}

function damaged(folder: string, why: string): UserError {
  return new UserError({
    what: `the folder does not hold the whole results of a run: ${why}`,
    expected: 'manifest.json, trials.csv and curves.csv of one run',
    received: folder,
    remedy: 'run the experiment again: what the store has is not computed twice',
  });
}

function foreign(folder: string, what: string): UserError {
  return new UserError({
    what: `the folder was written by another version of fys-nn: it has ${what}`,
    expected: 'results of this version',
    received: folder,
    remedy: 'run the experiment again with this version, or draw with the one that wrote it',
  });
}
