import { datasetEntry } from '../datasets/index.ts';
import { type LossName, lossesOf } from '../nn/losses.ts';
import { metrics } from '../stats/metrics.ts';
import { curveMetrics } from '../trial/metrics.ts';
import { hyperparameterDefault, isOwnDefault } from './config.ts';
import { isValidated } from './deciding.ts';
import { type Experiment, optionsOf } from './define.ts';
import { type DataWords, describeModel, inWords } from './describe-model.ts';
import { type OptionName, optionTitle, type Setting, type SettingLists, type Settings } from './options.ts';
import type { Plan } from './plan.ts';
import type { Search } from './search.ts';
import { drawsText, isSeed, leads, representatives, variedSeeds } from './seeds.ts';
import type { Variant } from './variants.ts';

export type { DataWords };

/** Trials that are shown together, and their data. */
export interface Shown {
  readonly experiment: Experiment;
  readonly variant: Variant;
  readonly quick: boolean;
  /** The settings of each trial. */
  readonly settings: readonly Settings[];
  readonly data: readonly DataWords[];
  /** From what the settings were drawn, if they were. */
  readonly search?: Pick<Search, 'space'> | undefined;
}

/** Trials in words. Every part follows from their settings and data, never from the name of a command. */
export interface Description {
  /** "Network 2-128-1, relu". */
  readonly model: string;
  /** "Franke function". */
  readonly data: string;
  /** "Network 2-128-1, relu: MSE per epoch". */
  readonly title: string;
  /** "Figure 5", "part of Figure 5"; null unless all settings and data are the report's. */
  readonly figure: string | null;
  /** "seed 2020", "means over 5 seeds". */
  readonly seeds: string;
  /** "epochs 2; hidden 8, 16": the settings that are not the report's; empty if all are. */
  readonly changes: string;
  /** "Franke function, Figure 5": the data, then the figure of the report or what differs from it. */
  readonly context: string;
  /** The title, then in brackets the context and the seeds. */
  readonly heading: string;
}

/** Describes trials in words, for titles, captions, tables and labels. */
export function describeTrials(shown: Shown): Description {
  const { experiment, variant, quick, settings } = shown;
  // Nothing but the seeds is said of cells that differ in these alone, and there may be many thousands.
  const cells = leads(settings.map((own) => ({ settings: own })));
  const values = valuesByOption(experiment, cells);
  const model = describeModel(experiment, values, shown.data);
  const data = [...new Set(shown.data.map(({ title }) => title))].join(', ');
  const title = `${model}: ${contentOf(experiment, values, cells)}`;
  const figure = figureOf({ ...shown, settings: cells }, values);
  const seeds = seedsText(settings);
  const ofData = datasetEntry(experiment.dataset).options;
  const changed = changedOptions(experiment, variant, cells).filter((name) => ofData[name]?.inTitle !== true);
  const inText = (name: OptionName) =>
    `${optionTitle(name)} ${listed(values.get(name)!)}${name === 'earlyStopping' ? stoppingRows(cells) : ''}`;
  // The title names the options that vary, and describes the layers.
  const isNamed = (name: OptionName) =>
    (name === 'hidden' && values.get(name)![0] === 'none') ||
    (namedByModel.includes(name) &&
      model.toLowerCase().includes(`${values.get(name)![0]}`.replaceAll('-', name === 'solver' ? ' ' : '-')));
  const fixed = changed.filter((name) => values.get(name)!.length === 1 && !isNamed(name));
  const reading = variant === 'text' ? "the report's wording" : '';
  const parts = [data, figure ?? '', reading, quick ? 'quick run' : fixed.map(inText).join(', ')];
  const context = parts.filter((part) => part !== '').join(', ');
  return {
    model,
    data,
    title,
    figure,
    seeds,
    changes: changed
      .map((name) => {
        const range = shown.search?.space[name];
        return range === undefined ? inText(name) : `${optionTitle(name)} ${range.join(', ')}`;
      })
      .join('; '),
    context,
    heading: `${title} (${[context, seeds].filter((part) => part !== '').join(', ')})`,
  };
}

/** On which rows early stopping chooses: those that choose are no measure of the result. */
function stoppingRows(settings: readonly Settings[]): string {
  const stopped = settings.filter(({ earlyStopping }) => typeof earlyStopping === 'number');
  if (!stopped.every(isValidated)) return stopped.some(isValidated) ? '' : ' on the test rows';
  const onFolds = stopped.filter(({ folds }) => (folds ?? 'none') !== 'none').length;
  if (onFolds === 0) return ' on the validation rows';
  return onFolds === stopped.length ? ' on the folds' : '';
}

/** Options whose only value a model's title has. */
const namedByModel: readonly OptionName[] = [
  'hidden',
  'activation',
  'outputActivation',
  'optimizer',
  'loss',
  'solver',
];

/** Describes the trials of a plan. Computed once for each plan, because each access creates the settings of a cell. */
export function describePlan(plan: Plan): Description {
  const known = descriptions.get(plan);
  if (known !== undefined) return known;
  const settings = representatives(plan.cells);
  const description = describeTrials({ ...plan, settings });
  descriptions.set(plan, description);
  return description;
}

const descriptions = new WeakMap<Plan, Description>();

/** Whether a trial has the settings and data of the report, so that the report's numbers can be shown next to it. */
export function isReportCell(
  { experiment, variant, quick, data }: Omit<Shown, 'settings'>,
  settings: Settings,
): boolean {
  if (quick || experiment.definition !== null || !data.every(({ isReports }) => isReports)) return false;
  const own = reportLists(experiment, variant);
  return (Object.keys(settings) as OptionName[]).every((name) => isReportValue(own, name, settings));
}

/** The options other than the seeds whose values in some trial are not the report's, in the experiment's order. */
function changedOptions(
  experiment: Experiment,
  variant: Variant,
  settings: readonly Settings[],
): OptionName[] {
  const own = reportLists(experiment, variant);
  return optionsOf(experiment).filter((name) => settings.some((cell) => !isReportValue(own, name, cell)));
}

function reportLists(experiment: Experiment, variant: Variant): SettingLists {
  return { ...experiment.settings, ...(variant === 'text' ? experiment.text : {}) };
}

/** The report gives no seeds, and compares some of its models with other libraries. */
function isReportValue(own: SettingLists, name: OptionName, settings: Settings): boolean {
  const value = settings[name] ?? null;
  if (value === null || isSeed(name) || name === 'reference') return true;
  return own[name]?.includes(value) ?? value === hyperparameterDefault(name, settings);
}

type Values = ReadonlyMap<OptionName, readonly Setting[]>;

/** The values of each option in order of appearance, without those of trials that do not read it. */
function valuesByOption(experiment: Experiment, settings: readonly Settings[]): Values {
  return new Map(
    optionsOf(experiment).map((name) => {
      const found = new Set<Setting>();
      for (const cell of settings) if ((cell[name] ?? null) !== null) found.add(cell[name]!);
      return [name, [...found]];
    }),
  );
}

/** What is shown of the model: the options of a grid, or curves and the options in which they differ. */
function contentOf(experiment: Experiment, values: Values, settings: readonly Settings[]): string {
  const { rows, columns, curves, metrics: shownMetrics } = experiment.layout;
  const varied = optionsOf(experiment).filter(
    (name) =>
      values.get(name)!.length > 1 &&
      !isSeed(name) &&
      !['reference', 'solver'].includes(name) &&
      !isOwnDefault(name, settings),
  );
  const axes = [rows, columns].filter((name) => name !== null && varied.includes(name)) as OptionName[];
  const ordered = [...axes, ...varied.filter((name) => !axes.includes(name))].map(optionTitle);
  if (curves === null && rows === null && columns !== null) {
    const [over, ...others] = ordered;
    const lines = `${inWords(shownMetrics.map(({ title }) => withoutComma(title)))} over ${over}`;
    return others.length === 0 ? lines : `${lines}, by ${inWords(others)}`;
  }
  if (curves === null && ordered.length > 0) return ordered.join(' x ');
  const trained = (values.get('epochs') ?? []).length > 0;
  const found = (values.get('loss') ?? []) as LossName[];
  const losses = found.length > 0 ? found : lossesOf(experiment.task).slice(0, 1);
  const what =
    trained && curves !== null
      ? `${inWords(curveMetrics(losses).map((name) => metrics[name].title))} per epoch`
      : inWords(measuresOf(shownMetrics.map(({ title }) => title)));
  return ordered.length === 0 ? what : `${what}, by ${inWords(ordered)}`;
}

/** "bootstrap mean of test R2" for "test R2, bootstrap mean": within a list, a comma would end the metric. */
function withoutComma(title: string): string {
  const [metric, what] = title.split(', ');
  return what === undefined ? metric : `${what} of ${metric}`;
}

/** The metrics without their rows if some is shown of several: "MSE" for "train MSE" and "test MSE". */
function measuresOf(titles: readonly string[]): readonly string[] {
  const measures = titles.map(
    (title) => /^(?:best )?(?:train|test|validation) ([^,]*)/.exec(title)?.[1] ?? title,
  );
  const distinct = [...new Set(measures)];
  return distinct.length < titles.length ? distinct : titles;
}

function figureOf({ experiment, variant, quick, data, settings }: Shown, values: Values): string | null {
  const { figure } = experiment;
  const same = settings.every((cell) => isReportCell({ experiment, variant, quick, data }, cell));
  if (!same || settings.length === 0) return null;
  const own = reportLists(experiment, variant);
  const whole = [...values].every(
    ([name, found]) =>
      isSeed(name) ||
      name === 'reference' ||
      found.length === 0 ||
      (own[name] ?? []).every((value) => found.includes(value)),
  );
  return whole || figure === null ? figure : `part of ${figure}`;
}

function seedsText(settings: readonly Settings[]): string {
  const draws = drawsText(settings);
  return variedSeeds(settings).length === 0 ? draws : `means over ${draws}`;
}

/** The first values of a list. */
function listed(values: readonly Setting[]): string {
  const most = 4;
  return `${values.slice(0, most).join(', ')}${values.length > most ? `, ... (${values.length})` : ''}`;
}
