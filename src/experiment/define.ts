import { type DatasetName, datasetEntry, datasets } from '../datasets/index.ts';
import type { ReferenceName } from '../references/index.ts';
import type { Task } from '../stats/metrics.ts';
import { metricColumn } from '../trial/metrics.ts';
import { type SolverName, solverEntry, solverNames } from '../trial/solvers/index.ts';
import { hyperparameterNames } from '../trial/solvers/sgd.ts';
import type { OptionName, Setting, SettingLists } from './options.ts';

/** Settings as an experiment file writes them: one value, or a list for what is swept. */
export type Defaults = Partial<Record<OptionName, Setting | readonly Setting[]>>;

/** A number that the report shows of an experiment, and which way it is better. */
export interface ShownMetric {
  /** A column of trials.csv. */
  readonly name: string;
  readonly title: string;
  readonly best: 'min' | 'max' | null;
}

/** One experiment of the report: what runs, with which settings, and how the report lays it out. */
export interface Experiment {
  /** The subcommand, such as `grid-search ols`. */
  readonly name: string;
  readonly title: string;
  /** Where the report shows it. */
  readonly figure: string;
  /** About how long it takes on two cores, and what comes out. */
  readonly runTime: string;
  readonly expected: string;
  readonly dataset: DatasetName;
  readonly task: Task;
  /** Drawn at random by `net`, or given by `hidden`. */
  readonly architecture: 'given' | 'random';
  /** The library whose training of the same can stand beside ours (--reference); null where none can. */
  readonly reference: ReferenceName | null;
  /** Every option of the experiment with the values of the report's program, in the report's order. */
  readonly settings: SettingLists;
  /** What the report's wording has instead (--variant text). */
  readonly text: SettingLists;
  /** What a quick look takes instead (--quick). */
  readonly quick: SettingLists;
  /** Choices that the report leaves open beside those of its wording: other values (verify --variant both). */
  readonly open: SettingLists;
  readonly layout: Layout;
}

export const splitNames = ['train', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** The report's table and figure: heat maps of a grid, or rows with a column per metric and curves. */
export interface Layout {
  readonly rows: OptionName | null;
  readonly columns: OptionName | null;
  readonly metrics: readonly ShownMetric[];
  /** The splits whose losses per epoch the report draws; null where it draws none. */
  readonly curves: readonly SplitName[] | null;
}

export interface ExperimentDefinition
  extends Omit<
    Experiment,
    'task' | 'settings' | 'text' | 'quick' | 'open' | 'architecture' | 'reference' | 'layout'
  > {
  readonly architecture?: Experiment['architecture'];
  readonly reference?: ReferenceName;
  readonly settings: Defaults;
  readonly text?: Defaults;
  readonly quick?: Defaults;
  readonly open?: Defaults;
  /**
   * `metrics` are columns of trials.csv. Without `curves`, a grid is drawn as heat maps and all else as curves of both
   * splits.
   */
  readonly layout: Partial<Omit<Layout, 'metrics'>> & { readonly metrics: readonly string[] };
}

/** Makes an experiment out of almost flat data: single values become lists of one. */
export function defineExperiment(definition: ExperimentDefinition): Experiment {
  const { settings, text = {}, quick = {}, open = {}, layout } = definition;
  const { architecture = 'given', reference = null } = definition;
  return {
    ...definition,
    architecture,
    reference,
    task: datasets[definition.dataset].task,
    settings: asLists({
      ...(reference === null ? {} : { reference: 'none' }),
      ...settings,
      ...ownDefaults(definition.dataset, settings),
    }),
    text: asLists(text),
    quick: asLists(quick),
    open: asLists(open),
    layout: {
      rows: null,
      columns: null,
      curves: isGrid(layout) ? null : ['train', 'test'],
      ...layout,
      metrics: layout.metrics.map(shownMetric),
    },
  };
}

function isGrid({ rows, columns }: Partial<Pick<Layout, 'rows' | 'columns'>>): boolean {
  return rows !== undefined && columns !== undefined;
}

function shownMetric(name: string): ShownMetric {
  const { title, better } = metricColumn(name);
  return { name, title, best: better === null ? null : better === 'lower' ? 'min' : 'max' };
}

/** The options of the dataset's own that the experiment has no values for. */
function ownDefaults(dataset: DatasetName, settings: Defaults): Defaults {
  const own = Object.entries(datasetEntry(dataset).options).filter(([name]) => !(name in settings));
  return Object.fromEntries(own.map(([name, option]) => [name, option.default]));
}

/**
 * The options that an experiment has, in its own order; after the optimiser the hyperparameters that the experiment has
 * no values for: each optimiser has its own defaults of those.
 */
export function optionsOf(experiment: Experiment): readonly OptionName[] {
  const known = optionLists.get(experiment);
  if (known !== undefined) return known;
  const { settings } = experiment;
  const names = Object.keys(settings) as OptionName[];
  const missing = 'optimizer' in settings ? hyperparameterNames.filter((name) => !(name in settings)) : [];
  const list = names.flatMap((name) => (name === 'optimizer' ? [name, ...missing] : [name]));
  optionLists.set(experiment, list);
  return list;
}

/** Asked for each cell of a grid, so made once for each experiment. */
const optionLists = new WeakMap<Experiment, readonly OptionName[]>();

/** What --solver offers. */
export function solversOf(experiment: Experiment): SolverName[] {
  return solverNames.filter((name) => solverEntry(name).fits(experiment));
}

function asLists(defaults: Defaults): SettingLists {
  const lists = Object.entries(defaults).map(([name, value]) => [
    name,
    Array.isArray(value) ? value : [value],
  ]);
  return Object.fromEntries(lists);
}
