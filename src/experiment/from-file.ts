import { builtIns } from '../datasets/built-in.ts';
import { chooseData, type DataChoice } from '../datasets/data-choice.ts';
import type { Sources } from '../datasets/dataset.ts';
import { datasets } from '../datasets/index.ts';
import { checkLabelNames, parseLabelNames } from '../datasets/label-names.ts';
import { didYouMean } from '../math/nearest.ts';
import { metricsOf } from '../trial/metrics.ts';
import { defineOwn, type Experiment, type ExperimentDefinition, optionsOf } from './define.ts';
import { type ExperimentFile, fromFile } from './file.ts';
import type { OptionName, SettingLists } from './options.ts';
import { trainExperiment } from './train.ts';

/**
 * The experiment of a file: what it extends with what the file changes. `command` runs it.
 *
 * What it extends gives way where the file has a setting, also its values for a quick look and those of the report's text: a
 * file and the equal command line are the same trials.
 *
 * Errors: UserError with the place of a setting, an axis or a metric that the experiment does not have.
 */
export function changedBy(
  file: ExperimentFile,
  base: Experiment,
  command: string,
  ownData = true,
): Experiment {
  const { written, settings, quick } = file;
  const known = optionsOf(base);
  for (const [key, lists] of Object.entries({ settings, quick })) {
    const other = Object.keys(lists).find((name) => !known.includes(name as OptionName));
    if (other === undefined) continue;
    throw file.error(
      [key, other],
      `a setting of ${written.extends ?? base.title}: ${known.join(', ')}`,
      other,
      didYouMean(other, known) ?? `leave out ${other}`,
    );
  }
  const { layout, examples: _examples, definition: _definition, ...kept } = base;
  const definition: ExperimentDefinition = {
    ...kept,
    ownData,
    name: file.name,
    title: written.title ?? base.title,
    figure: null,
    expected: '',
    settings: inOrder(known, { ...base.settings, ...settings }),
    text: without(base.text, settings),
    quick: { ...without(base.quick, settings), ...quick },
    layout: layoutOf(file, base, known),
  };
  return defineOwn(definition, command);
}

function inOrder(names: readonly OptionName[], lists: SettingLists): SettingLists {
  return Object.fromEntries(names.filter((name) => name in lists).map((name) => [name, lists[name]]));
}

function without(lists: SettingLists, left: SettingLists): SettingLists {
  return Object.fromEntries(Object.entries(lists).filter(([name]) => !(name in left)));
}

/** The layout of the file over that of what it extends. Other axes have the curves that are usual for them. */
function layoutOf(
  { written, error }: ExperimentFile,
  base: Experiment,
  known: readonly OptionName[],
): ExperimentDefinition['layout'] {
  const own = written.layout ?? {};
  for (const axis of ['rows', 'columns', 'chosen'] as const) {
    const name = own[axis] ?? null;
    if (name !== null && !known.includes(name))
      throw error(
        ['layout', axis],
        `a setting of this experiment: ${known.join(', ')}`,
        name,
        didYouMean(name, known),
      );
  }
  const columns = metricsOf(base).map(({ name }) => name);
  for (const [index, name] of (own.metrics ?? []).entries()) {
    if (!columns.includes(name))
      throw error(
        ['layout', 'metrics', index],
        `a metric of a ${base.task}: ${columns.join(', ')}`,
        name,
        didYouMean(name, columns),
      );
  }
  const { rows, columns: across, chosen, curves, metrics } = base.layout;
  const { curves: ownCurves, ...rest } = own;
  const isOther = own.rows !== undefined || own.columns !== undefined;
  return {
    ...{ rows, columns: across, chosen, metrics: metrics.map(({ name }) => name) },
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(ownCurves !== undefined ? { curves: ownCurves } : isOther ? {} : { curves }),
  };
}

/** The experiment of a file, and where its data are. */
export interface FromFile {
  readonly experiment: Experiment;
  readonly sources: Sources;
  /** What was found in the data and inferred from them; nothing if the file extends an experiment of the program. */
  readonly notes: readonly string[];
}

/**
 * Makes the experiment of a file. `given` and `choice` are what the user says in place of the file's settings and data.
 *
 * Errors: UserError with the place in the file.
 */
export async function experimentOf(
  file: ExperimentFile,
  given: SettingLists,
  choice: Partial<DataChoice>,
  command: string,
): Promise<FromFile> {
  const { base, settings } = file;
  const changed = (experiment: Experiment) =>
    changedBy(file, experiment, command, Object.keys(choice).length === 0);
  const wanted = overlaid(dataIn(file), choice);
  const from = { ...settings, ...given };
  if (base === null) {
    // A formula needs no other data.
    const data = wanted.data ?? (from.formula === undefined ? undefined : 'formula');
    if (data === undefined)
      throw file.error([], 'data to train on, or an experiment to extend', undefined, remedyForData);
    const { experiment, sources, note, dataNotes } = await file.at('data', () =>
      trainExperiment({ ...wanted, data }, from),
    );
    return { experiment: changed(experiment), sources, notes: [...dataNotes, note] };
  }
  if ('path' in base) {
    const { experiment, ...found } = await experimentOf(base, from, wanted, command);
    return { ...found, experiment: changed(experiment) };
  }
  const sources = await sourcesFor(file, base, wanted);
  return { experiment: changed(base), sources, notes: [] };
}

const remedyForData = 'write data: my-table.csv, or extends: mnist';

/** The data of an experiment of the program: its own, or others of the same kind. */
async function sourcesFor(
  file: ExperimentFile,
  { name, dataset }: Experiment,
  { data, ...others }: Partial<DataChoice>,
): Promise<Sources> {
  if (data === undefined) {
    const idle =
      Object.keys(dataIn(file)).find((key) => key !== 'table') ?? Object.keys(others.table ?? {})[0];
    if (idle !== undefined && file.written[idle as 'dataName'] !== undefined)
      throw file.error([idle], `data, which ${idle} says something of`, idle, 'write data, or leave it out');
    return { dataDir: null };
  }
  const chosen = await file.at('data', () => chooseData({ ...others, data }));
  if (chosen.dataset === dataset) return chosen.sources;
  throw file.error(
    ['data'],
    `${datasets[dataset].title} or data of its kind (${dataset}), on which ${name} is trained`,
    data,
    'leave out extends: then any data can be trained on',
  );
}

/** What a file says of its data. Paths are from where the program runs. */
function dataIn({ path, written }: ExperimentFile): Partial<DataChoice> {
  const { data, dataName, labelNames, target, features, drop, categorical, missing, id, decimalComma, task } =
    written;
  const table = defined({
    ...{ target, features: listOf(features), drop: listOf(drop), categorical: listOf(categorical) },
    ...{ missing, id, decimalComma, task },
  });
  return defined({
    data: data === undefined || Object.hasOwn(builtIns, data) ? data : fromFile(path, data),
    ...{ dataName, labelNames: labelNames === undefined ? undefined : labelNamesIn(path, labelNames) },
    table: Object.keys(table).length === 0 ? undefined : table,
  });
}

/** A list of names, or as on the command line: names with commas between them, or the path of a file. */
function labelNamesIn(path: string, names: string | readonly string[]): readonly string[] {
  if (typeof names !== 'string') return checkLabelNames(names);
  return parseLabelNames(names.includes(',') ? names : fromFile(path, names.replace(/^@/, '')));
}

function listOf(names: string | string[] | undefined): string[] | undefined {
  return typeof names === 'string' ? [names] : names;
}

function defined<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function overlaid(below: Partial<DataChoice>, above: Partial<DataChoice>): Partial<DataChoice> {
  const table = { ...below.table, ...above.table };
  return { ...below, ...above, ...(Object.keys(table).length === 0 ? {} : { table }) };
}
