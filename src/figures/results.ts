import { isOwnDefault } from '../experiment/config.ts';
import { type Experiment, optionsOf } from '../experiment/define.ts';
import { type DataWords, type Description, describeTrials } from '../experiment/describe.ts';
import { inputNames } from '../experiment/input-names.ts';
import type { OptionName, Setting, Settings } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Search } from '../experiment/search.ts';
import { differInSeeds, isSeed, leads, representatives, withoutSeeds } from '../experiment/seeds.ts';
import { comparedAfter, type StoppedPlace, type StoppingRound } from '../experiment/stopping.ts';
import type { Variant } from '../experiment/variants.ts';
import { groupBy } from '../output/group-by.ts';
import type { ClassifierSummary } from '../stats/classifier-summary.ts';
import { mean } from '../stats/describe.ts';
import type { Records } from '../store/store.ts';
import { namedCoefficients } from '../trial/coefficients.ts';
import { metricOf, metricsOf } from '../trial/metrics.ts';
import type { Trial, TrialRecord } from '../trial/trial.ts';
import { CurveCollector, type CurveValues } from './curve-values.ts';
import type { TrialPredictions } from './trial-predictions.ts';

/** The data of the figures: the rows of trials.csv and curves.csv, from records or from a folder. */
export interface Results {
  readonly experiment: Experiment;
  readonly variant: Variant;
  readonly quick: boolean;
  readonly data: readonly DataWords[];
  /** From what the settings were drawn; absent if they are every combination. */
  readonly search?: Pick<Search, 'method' | 'space'>;
  /** In the plan's order. */
  readonly trials: readonly TrialResult[];
  /** A sentence that says which of the run's settings are among the trials; absent if all are. */
  readonly thinned?: string;
  /** Settings that were stopped early, without seeds and with the epochs of the others; absent if none were. */
  readonly stopped?: readonly StoppedResult[];
}

export interface StoppedResult extends StoppedPlace {
  readonly last: StoppingRound;
  /** "3 epochs", "6 seeds". */
  readonly after: string;
}

export interface TrialResult {
  readonly settings: Settings;
  /** The same object in trials that are known to differ in their seeds alone. */
  readonly row?: object;
  readonly status: 'done' | 'diverged' | 'not run';
  /** The epoch (from 1) of the divergence; null if there was none or it is not known. */
  readonly divergedAt: number | null;
  /** Final values by name; null, or none, for a missing value. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Curves by name, such as test_mse. If the experiment draws no curves, only the names are used. */
  readonly curves: Readonly<Record<string, CurveValues>>;
  /** The coefficients of a linear model with one output, by feature; absent if they were not kept. */
  readonly coefficients?: ReadonlyMap<string, number>;
  /** Of the regression whose predictions are drawn (`drawnPrediction`), if they are known. */
  readonly predictions?: TrialPredictions;
  /** Of a classifier in a cell that is drawn (`classifierCells`), if its test outputs are known. */
  readonly classifier?: ClassifierSummary;
}

export function resultsOf(plan: Plan, records: Records): Results {
  const { experiment, variant, quick, data, search, cells } = plan;
  const names = metricsOf(experiment).map(({ name }) => name);
  const trials = cells.map(({ settings, trial }): TrialResult => {
    const record = records.get(trial.id);
    const value = (name: string) => (record === undefined ? null : metricOf(record, name));
    return {
      settings,
      status: record?.status ?? 'not run',
      divergedAt: record?.divergedAt ?? null,
      metrics: Object.fromEntries(names.map((name) => [name, value(name)])),
      curves: curvesOf(experiment, record),
      ...keptCoefficients(plan, trial, record),
    };
  });
  const { stopping } = plan;
  return {
    ...{ experiment, variant, quick, data, trials },
    ...(search === undefined ? {} : { search }),
    ...(stopping && {
      stopped: stopping.stopped.map((one) => ({ ...one, after: comparedAfter(stopping.rule, one.last) })),
    }),
  };
}

function keptCoefficients(
  { data }: Plan,
  trial: Trial,
  record: TrialRecord | undefined,
): Pick<TrialResult, 'coefficients'> {
  if (record?.coefficients?.values.length !== 1) return {};
  // A record from the store has the canonical config, without defaults.
  const { config } = trial;
  const named = namedCoefficients(record.coefficients, config.features, inputNames(data, config));
  return { coefficients: new Map(Array.from(named, ({ feature, value }) => [feature, value])) };
}

/** What is shown in words, for titles and captions. Computed once. */
export function wordsOf(results: Results): Description {
  const known = words.get(results);
  if (known !== undefined) return known;
  const description = describeTrials({ ...results, settings: differentSettings(results.trials) });
  words.set(results, description);
  return description;
}

const words = new WeakMap<Results, Description>();

type Trials = readonly { readonly settings: Settings }[];

/** The settings in which the trials differ (see `representatives`). Computed once for each list. */
export function differentSettings(trials: Trials): Settings[] {
  const known = different.get(trials) ?? representatives(trials);
  different.set(trials, known);
  return known;
}

const different = new WeakMap<Trials, Settings[]>();

/** The settings in which the trials differ, but for their seeds (see `leads`). Computed once for each list. */
function leadSettings(trials: Trials): Settings[] {
  const known = leading.get(trials) ?? leads(trials);
  leading.set(trials, known);
  return known;
}

const leading = new WeakMap<Trials, Settings[]>();

function curvesOf({ layout }: Experiment, record: TrialRecord | undefined): TrialResult['curves'] {
  const curves = Object.entries(record?.curves ?? {});
  const values = layout.curves === null ? () => new CurveCollector() : CurveCollector.of;
  return Object.fromEntries(curves.map(([name, list]) => [name, values(list)]));
}

/** Trials that differ only in their seeds. */
export interface Group {
  readonly settings: Settings;
  readonly trials: readonly TrialResult[];
}

/**
 * Returns a text of a cell's settings that is the same for all its seeds and tells it apart from the other cells. It has only the
 * options in which these differ: texts of all settings would take more memory than the trials of a large grid.
 */
export function cellKeys(
  trials: Trials,
  without: readonly OptionName[] = [],
): (settings: Settings) => string {
  const cells = leadSettings(trials);
  const [first = {}] = cells;
  const names = new Set<OptionName>();
  for (const settings of [first, ...cells]) {
    const own = Object.keys(settings) as OptionName[];
    for (const name of own) if (!(name in first) || settings[name] !== first[name]) names.add(name);
    if (own.length < Object.keys(first).length)
      for (const name of Object.keys(first) as OptionName[]) if (!(name in settings)) names.add(name);
  }
  const telling = [...names].filter((name) => !isSeed(name) && !without.includes(name));
  return (settings) => JSON.stringify(telling.map((name) => (name in settings ? settings[name] : {})));
}

/** Groups the seeds of each cell, in the order of the trials. */
export function groupSeeds(trials: readonly TrialResult[]): Group[] {
  const keyOf = cellKeys(trials);
  let last: { readonly trial: TrialResult; readonly key: string } | null = null;
  const groups = groupBy(trials, (trial) => {
    const isSame = last !== null && differInSeeds(last.trial, trial);
    const key = isSame ? last!.key : keyOf(trial.settings);
    last = { trial, key };
    return key;
  });
  return [...groups.values()].map((members) => ({
    settings: withoutSeeds(members[0].settings),
    trials: members,
  }));
}

/** The options in which the cells differ, without the seeds, in the experiment's order. */
export function differingOptions({
  experiment,
  trials,
}: {
  readonly experiment: Experiment;
  readonly trials: readonly { readonly settings: Settings }[];
}): OptionName[] {
  const cells = leadSettings(trials);
  const own = cells.map((settings) => ({ settings }));
  return optionsOf(experiment).filter(
    (name) => !isSeed(name) && valuesOf(own, name).length > 1 && !isOwnDefault(name, cells),
  );
}

/** The values of an option in order of appearance. Cells that do not read the option have none. */
export function valuesOf(trials: readonly { settings: Settings }[], name: OptionName): Setting[] {
  return [...new Set(trials.map(({ settings }) => settings[name] ?? null))].filter((value) => value !== null);
}

export function countStatus(trials: readonly TrialResult[], status: TrialResult['status']): number {
  return trials.filter((trial) => trial.status === status).length;
}

/** The values of a metric, one per seed that finished. */
export function finishedValues({ trials }: Group, metric: string): number[] {
  return trials.flatMap(({ status, metrics }) => (status === 'done' ? (metrics[metric] ?? []) : []));
}

/** The mean of a metric over the seeds that finished; null if none did. */
export function meanOf(group: Group, metric: string): number | null {
  const value = mean(finishedValues(group, metric));
  return Number.isFinite(value) ? value : null;
}
