import { type Experiment, optionsOf } from '../experiment/define.ts';
import { columnName, type OptionName, options, type Setting, type Settings } from '../experiment/options.ts';
import { isSeed } from '../experiment/seeds.ts';
import type { WrittenFiles } from '../output/earlier-run.ts';
import { metricsOf } from '../trial/metrics.ts';
import { otherVersion } from './folder-errors.ts';
import { copied, numberOf, parseCell, type Row, readTable } from './folder-table.ts';
import type { TrialResult } from './results.ts';

/** The trials of a folder, in the order of trials.csv, with their ids there. */
export interface FolderTrials {
  readonly ids: readonly string[];
  readonly trials: readonly Omit<TrialResult, 'curves'>[];
}

/** Reads trials.csv. `check` refuses rows of other runs. */
export async function readTrials(
  folder: string,
  experiment: Experiment,
  check: (row: Row, file: string) => void,
  written: WrittenFiles,
): Promise<FolderTrials> {
  const ids: string[] = [];
  const trials: Omit<TrialResult, 'curves'>[] = [];
  const columns = ['trial', 'status', 'diverged_epoch', ...columnsOf(experiment)];
  const settingsAt = settingsReader(experiment);
  const metricsAt = metricsReader(experiment);
  const read = { columns, defaults: laterColumns(experiment) };
  await readTable(folder, 'trials.csv', read, written, (row) => {
    check(row, 'trials.csv');
    ids.push(copied(row.cell('trial')));
    trials.push({
      ...settingsAt(row),
      status: statusOf(row.cell('status'), folder),
      divergedAt: numberOf(row, 'diverged_epoch'),
      metrics: metricsAt(row),
    });
  });
  return { ids, trials };
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
export function laterColumns(experiment: Experiment): ReadonlyMap<string, string> {
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
export function settingsReader(experiment: Experiment): (row: Row) => Pick<TrialResult, 'settings' | 'row'> {
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

/** What no trial has of many metrics takes no memory: copies of one object, which has the metrics that some trial has. */
function metricsReader(experiment: Experiment): (row: Row) => TrialResult['metrics'] {
  const names = metricsOf(experiment).map(({ name }) => name);
  let known: Readonly<Record<string, null>> = {};
  return (row) => {
    const values = names.map((name) => numberOf(row, name));
    const added = names.filter((name, index) => values[index] !== null && !(name in known));
    if (added.length > 0)
      known = { ...known, ...Object.fromEntries(added.map((name) => [name, null] as const)) };
    const metrics: Record<string, number | null> = { ...known };
    for (const [index, name] of names.entries()) if (values[index] !== null) metrics[name] = values[index];
    return metrics;
  };
}

function statusOf(text: string, folder: string): TrialResult['status'] {
  if (text === 'done' || text === 'diverged' || text === 'not run') return text;
  throw otherVersion(folder, `a trial whose status is ${JSON.stringify(text)}`);
}
