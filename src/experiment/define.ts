import type { Dataset } from '../datasets/dataset.ts';
import { type DatasetName, datasets } from '../datasets/index.ts';
import type { ReferenceName } from '../references/index.ts';
import { type OptionName, type Setting, type SettingLists, type Solver, solvers } from './options.ts';

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
  readonly task: Dataset['task'];
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
  /** Without `curves`, a grid is drawn as heat maps and all else as curves of both splits. */
  readonly layout: Partial<Layout> & Pick<Layout, 'metrics'>;
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
    settings: asLists(reference === null ? settings : { reference: 'none', ...settings }),
    text: asLists(text),
    quick: asLists(quick),
    open: asLists(open),
    layout: { rows: null, columns: null, curves: isGrid(layout) ? null : ['train', 'test'], ...layout },
  };
}

function isGrid({ rows, columns }: Partial<Layout>): boolean {
  return rows !== undefined && columns !== undefined;
}

/** The options that an experiment has, in its own order. */
export function optionsOf({ settings }: Experiment): OptionName[] {
  return Object.keys(settings) as OptionName[];
}

/** What --solver offers: a closed form for regressions, L-BFGS where the experiment has its options. */
export function solversOf({ task, settings }: Experiment): Solver[] {
  const offered: Record<Solver, boolean> = {
    sgd: true,
    lbfgs: 'maxIterations' in settings,
    'closed-form': task === 'regression',
  };
  return solvers.filter((solver) => offered[solver]);
}

function asLists(defaults: Defaults): SettingLists {
  const lists = Object.entries(defaults).map(([name, value]) => [
    name,
    Array.isArray(value) ? value : [value],
  ]);
  return Object.fromEntries(lists);
}
