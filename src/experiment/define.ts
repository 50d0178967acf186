import type { Sources } from '../datasets/dataset.ts';
import { type DatasetName, datasetEntry } from '../datasets/index.ts';
import type { ReferenceName } from '../references/index.ts';
import type { Task } from '../stats/metrics.ts';
import { errorParts, metricColumn } from '../trial/metrics.ts';
import { type SolverName, solverEntry, solverNames } from '../trial/solvers/index.ts';
import { hyperparameterNames } from '../trial/solvers/sgd.ts';
import type { OptionName, Setting, SettingLists } from './options.ts';

/** Settings as written in an experiment file: one value, or a list of values to sweep over. */
export type Defaults = Partial<Record<OptionName, Setting | readonly Setting[]>>;

/** A metric that the report shows for an experiment, and whether lower or higher is better. */
export interface ShownMetric {
  /** A column of trials.csv. */
  readonly name: string;
  readonly title: string;
  readonly best: 'min' | 'max' | null;
}

/** One experiment of the report: what it runs, with which settings, and how the report presents it. */
export interface Experiment {
  /** The subcommand, such as `grid-search ols`; of an experiment of the user's, what names its folder. */
  readonly name: string;
  /** What runs it, after `fys-nn`: its name, or words such as `run my.yaml`. */
  readonly command: string;
  /** From what an experiment of the user's can be made again; null for those of the program. */
  readonly definition: ExperimentDefinition | null;
  /** Where the data of an experiment of the user's are, if they are not those of the command. */
  readonly sources?: Sources;
  /** What is shown, without the value of any option: it stays true when the options change. */
  readonly title: string;
  /** Where it appears in the report; null if it does not. */
  readonly figure: string | null;
  /** Its expected results, or where they are. */
  readonly expected: string;
  /** Examples for --help: options, with settings in braces such as "{hidden} 64-32", and what they are for. */
  readonly examples: readonly (readonly [options: string, what: string])[];
  readonly dataset: DatasetName;
  readonly task: Task;
  /** Whether the layers are drawn at random (`net`) or given (`hidden`). */
  readonly architecture: 'given' | 'random';
  /** What other libraries can train for comparison (option `reference`). */
  readonly references: readonly ReferenceName[];
  /** Every option of the experiment, in the report's order, with the values of the report's program. */
  readonly settings: SettingLists;
  /** The values that the report's text gives instead (--variant text). */
  readonly text: SettingLists;
  /** The values for a quick look (--quick). */
  readonly quick: SettingLists;
  readonly layout: Layout;
}

export const splitNames = ['train', 'test', 'validation'] as const;
export type SplitName = (typeof splitNames)[number];

/** The layout of the report's table and figure: heat maps of a grid, or rows with a column per metric, and curves. */
export interface Layout {
  readonly rows: OptionName | null;
  readonly columns: OptionName | null;
  readonly metrics: readonly ShownMetric[];
  /**
   * The option whose best value is chosen for each combination of the others, such as each optimiser's own learning rate; null
   * if none is.
   */
  readonly chosen: OptionName | null;
  /** The splits whose loss curves the report shows; null if it shows none. */
  readonly curves: readonly SplitName[] | null;
  /**
   * If some trials have validation rows or folds: the metric that decides which cell is the best, whether it is one of the
   * validation rows, and what it is a mean of, in words (see `withValidation`).
   */
  readonly validation?: { readonly deciding: ShownMetric; readonly decides: boolean; readonly of: string };
}

export interface ExperimentDefinition
  extends Omit<
    Experiment,
    | 'task'
    | 'settings'
    | 'text'
    | 'quick'
    | 'architecture'
    | 'references'
    | 'layout'
    | 'examples'
    | 'command'
    | 'definition'
    | 'sources'
  > {
  /** Whether its data, whatever they are, are part of what its name stands for. */
  readonly ownData?: boolean;
  /** Absent: the usual task of the dataset. */
  readonly task?: Task;
  readonly architecture?: Experiment['architecture'];
  readonly references?: readonly ReferenceName[];
  readonly examples?: Experiment['examples'];
  readonly settings: Defaults;
  readonly text?: Defaults;
  readonly quick?: Defaults;
  /**
   * `metrics` are columns of trials.csv. Without `curves`, a grid is drawn as heat maps and anything else as curves of
   * both splits.
   */
  readonly layout: Partial<Omit<Layout, 'metrics'>> & { readonly metrics: readonly string[] };
}

/** Creates an experiment from nearly flat data. Single values become lists of one. */
export function defineExperiment(definition: ExperimentDefinition): Experiment {
  const { settings, text = {}, quick = {}, layout } = definition;
  const { architecture = 'given', references = [], task } = definition;
  return {
    ...definition,
    command: definition.name,
    definition: null,
    architecture,
    references,
    examples: definition.examples ?? [],
    task: task ?? datasetEntry(definition.dataset).tasks[0],
    settings: asLists({
      ...(references.length === 0 ? {} : { reference: 'none' }),
      ...settings,
      ...ownDefaults(definition.dataset, settings),
    }),
    text: asLists(text),
    quick: asLists(quick),
    layout: {
      rows: null,
      columns: null,
      chosen: null,
      curves: isGrid(layout) ? null : ['train', 'test'],
      ...layout,
      metrics: layout.metrics.map(shownMetric),
    },
  };
}

/** Creates an experiment of the user's, which `command` runs. Manifests keep its definition, from which views make it again. */
export function defineOwn(definition: ExperimentDefinition, command: string): Experiment {
  return { ...defineExperiment(definition), command, definition };
}

function isGrid({ rows = null, columns = null }: Partial<Pick<Layout, 'rows' | 'columns'>>): boolean {
  return rows !== null && columns !== null;
}

/** A column of trials.csv as a metric that is shown. */
export function shownMetric(name: string): ShownMetric {
  const { title, better } = metricColumn(name);
  return { name, title, best: better === null ? null : better === 'lower' ? 'min' : 'max' };
}

/** The experiment with the parts of the expected error among what it shows, if some of its trials decompose it. */
export function showingErrorParts(experiment: Experiment, methods: readonly unknown[]): Experiment {
  if (!methods.includes('bias-variance')) return experiment;
  const { layout } = experiment;
  const parts = errorParts.map(({ name }) => shownMetric(name));
  // The last metric decides which cell is the best.
  const metrics = [...layout.metrics.slice(0, -1), ...parts, ...layout.metrics.slice(-1)];
  return { ...experiment, layout: { ...layout, metrics } };
}

/** The experiment with the best epoch among what it shows, if early stopping chooses it in some of its trials. */
export function showingBestEpoch(experiment: Experiment, patiences: readonly unknown[]): Experiment {
  if (!patiences.some((patience) => typeof patience === 'number')) return experiment;
  const { architecture, layout } = experiment;
  const metrics = [...layout.metrics];
  // The last metric decides which cell is the best, of random networks the first.
  metrics.splice(architecture === 'random' ? metrics.length : -1, 0, shownMetric('best_epoch'));
  return { ...experiment, layout: { ...layout, metrics } };
}

/** The defaults of the dataset's own options for which the experiment has no values. */
function ownDefaults(dataset: DatasetName, settings: Defaults): Defaults {
  const own = Object.entries(datasetEntry(dataset).options).filter(([name]) => !(name in settings));
  return Object.fromEntries(own.map(([name, option]) => [name, option.default]));
}

/**
 * The options of an experiment, in its own order. The optimiser is followed by the hyperparameters for which the
 * experiment has no values, since each optimiser has its own defaults for them.
 */
export function optionsOf(experiment: Experiment): readonly OptionName[] {
  const known = optionLists.get(experiment);
  if (known !== undefined) return known;
  const { settings } = experiment;
  const names = Object.keys(settings) as OptionName[];
  const after = names.slice(names.indexOf('optimizer') + 1);
  const isHyperparameter = (name: OptionName) => (hyperparameterNames as string[]).includes(name);
  // Those that follow it take their places among the others, whichever of them have values.
  const following = after.filter((_, index) => after.slice(0, index + 1).every(isHyperparameter));
  const own = hyperparameterNames.filter((name) => !(name in settings) || following.includes(name));
  const list = names.flatMap((name) => {
    if (following.includes(name)) return [];
    return name === 'optimizer' ? [name, ...own] : [name];
  });
  optionLists.set(experiment, list);
  return list;
}

/** A cache with one list per experiment, since each cell of a grid needs the list. */
const optionLists = new WeakMap<Experiment, readonly OptionName[]>();

/** The solvers that can fit an experiment. */
export function solversOf(experiment: Experiment): SolverName[] {
  return solverNames.filter((name) => solverEntry(name).fits(experiment));
}

/** Single values as lists of one. */
export function asLists(defaults: Defaults): SettingLists {
  const lists = Object.entries(defaults).map(([name, value]) => [
    name,
    Array.isArray(value) ? value : [value],
  ]);
  return Object.fromEntries(lists);
}
