import type { Sources } from '../datasets/dataset.ts';
import type { DataDescription } from '../datasets/index.ts';
import { UserError } from '../errors.ts';
import type { SolverName } from '../trial/solvers/index.ts';
import { type Cell, planCells } from './cells.ts';
import { checkCount, combinationsOf, countOf, inOrder, stillDrawn } from './combinations.ts';
import { createDataCache } from './data-cache.ts';
import { choosesOnTestRows, usualValidation, validationsOf, withValidation } from './deciding.ts';
import { type Experiment, showingBestEpoch, showingErrorParts, solversOf } from './define.ts';
import { type DrawnSettings, drawSettings } from './draw-settings.ts';
import { fitRows } from './fit-rows.ts';
import { findInitialWeights } from './initial-weights.ts';
import { checkBatches, checkGrid, checkSchedules } from './no-effect.ts';
import type { SettingLists } from './options.ts';
import { withScale } from './pixel-scale.ts';
import { type AbsentReference, findReferences, withOwnRun } from './reference-cells.ts';
import {
  checkNoRanges,
  isCrossed,
  type Search,
  type SearchChoice,
  searchNotes,
  showingSearch,
} from './search.ts';
import type { Stopping, StoppingRule } from './stopping.ts';
import type { Variant } from './variants.ts';

/** An experiment with all its choices made. */
export interface Plan {
  readonly experiment: Experiment;
  readonly variant: Variant;
  readonly quick: boolean;
  readonly lists: SettingLists;
  readonly cells: readonly Cell[];
  /** What views may say of the cells' data, each data once, in the order of their first cells. */
  readonly data: readonly DataDescription[];
  /** Whether some cell's split depends on its seed. */
  readonly drawsSplits: boolean;
  /** From what the settings were drawn; absent if they are every combination of the lists. */
  readonly search?: Search;
  /** References that were requested but are not installed. They have no cells. */
  readonly absent: readonly AbsentReference[];
  /** Initial weights from files, by the digest in the configs. */
  readonly initialWeights?: NonNullable<Sources['initialWeights']>;
  /** The files that the user gave for them, by the value of the setting. */
  readonly weightFiles?: Readonly<Record<string, string>>;
  /** What was chosen for the user, in sentences. */
  readonly notes: readonly string[];
  /** How settings are stopped early; absent if none are. */
  readonly rule?: StoppingRule;
  /** What was stopped early: the cells are those that are left. Absent before all rounds have their records. */
  readonly stopping?: Stopping;
}

export interface Choices {
  readonly variant: Variant;
  readonly quick: boolean;
  /** The user's settings, which override everything else. */
  readonly given: SettingLists;
  /** How settings are drawn from lists and ranges; absent or null for every combination. */
  readonly search?: SearchChoice | null;
  /** How settings are stopped early; absent or null if none are. */
  readonly rule?: StoppingRule | null;
  /** Whether a file or an earlier run says on which rows to choose, even if these are the test rows. */
  readonly keepsValidation?: boolean;
}

/**
 * Plans an experiment. A search, and settings that are stopped early, are chosen on validation rows, unless somebody said otherwise or
 * there can be none.
 *
 * Errors: those of `expand`.
 */
export async function planExperiment(
  experiment: Experiment,
  choices: Choices,
  sources: Sources,
): Promise<Plan> {
  if (!choosesOnTestRows(experiment, choices)) return await expand(experiment, choices, sources);
  const given = { ...choices.given, validationSize: [usualValidation] };
  let plan: Plan;
  try {
    plan = await expand(experiment, { ...choices, given }, sources);
  } catch (fault) {
    // Too few rows for a mini-batch, for example. If other settings are at fault, they are refused again.
    if (fault instanceof UserError) return await expand(experiment, choices, sources);
    throw fault;
  }
  const note = `by default {validationSize} ${usualValidation} chooses; the test rows only judge`;
  return { ...plan, notes: [...plan.notes, note] };
}

/**
 * Expands an experiment's settings into cells: every combination of the listed values, or those that a search draws, each trial once,
 * in the order of the experiment's settings or of the draws, with the seeds varying fastest.
 *
 * Errors: ranges without a search, a search without anything to search, and impossible combinations, such as a batch larger than the training set or a schedule that is not finite.
 */
async function expand(experiment: Experiment, choices: Choices, others: Sources): Promise<Plan> {
  const sources = experiment.sources ?? others;
  const { variant, quick, given, rule = null } = choices;
  const asked = listsOf(experiment, choices);
  const drawn = await searched(asked, choices.search ?? null);
  const wanted = drawn?.lists ?? asked;
  checkSolvers(experiment, wanted);
  checkSchedules(wanted);
  checkBatches(given);
  checkGrid(given);
  const data = createDataCache(experiment, sources);
  const first = combinationsOf(wanted, drawn?.points ?? null).at(0);
  const fitted = await fitRows(experiment.dataset, wanted, given, first, sources);
  const scaled = given.scale === undefined ? await withScale(fitted.lists, data) : { ...fitted, notes: [] };
  const initial = await findInitialWeights(scaled.lists);
  const { lists } = initial;
  const found = { ...(await findReferences(lists)), weights: initial.weights };
  const combinations = combinationsOf(lists, drawn === null ? null : stillDrawn(drawn, lists));
  const { cells, drawsSplits } = await planCells(experiment, { lists, combinations, data, found }, sources);
  return {
    experiment: showing(experiment, lists, drawn?.search),
    variant,
    quick,
    lists,
    cells,
    data: data.descriptions(),
    drawsSplits,
    ...(drawn === null ? {} : { search: drawn.search }),
    ...(rule === null ? {} : { rule }),
    absent: found.absent,
    initialWeights: Object.fromEntries([...initial.weights.values()].map((one) => [one.digest, one.layers])),
    weightFiles: initial.paths,
    notes: [
      ...(drawn === null ? [] : searchNotes(drawn.search)),
      ...data.notes(),
      ...fitted.notes,
      ...scaled.notes,
      ...initial.notes,
    ],
  };
}

/** What is asked for: the experiment's lists of values, and the choices that override them. */
function listsOf(experiment: Experiment, { variant, quick, given }: Choices): SettingLists {
  const { settings, text, quick: fewer } = experiment;
  const lists = { ...settings, ...(variant === 'text' ? text : {}), ...(quick ? fewer : {}), ...given };
  return inOrder(experiment, withOwnRun(experiment, lists));
}

/** The settings that a search draws from the lists; null without a search, which ranges need. */
async function searched(lists: SettingLists, choice: SearchChoice | null): Promise<DrawnSettings | null> {
  if (choice === null) {
    checkNoRanges(lists);
    return null;
  }
  checkCount(countOf(lists, isCrossed) * choice.trials, true);
  return await drawSettings(lists, choice);
}

/** The experiment with what views show of these lists. */
function showing(experiment: Experiment, lists: SettingLists, search: Search | undefined): Experiment {
  const shown = withValidation(showingSearch(experiment, search), validationsOf(lists));
  const withParts = showingErrorParts(shown, lists.bootstrapMethod ?? []);
  return showingBestEpoch(withParts, lists.earlyStopping ?? []);
}

function checkSolvers(experiment: Experiment, { solver: given = [] }: SettingLists): void {
  const offered = solversOf(experiment);
  const unknown = given.find((solver) => !offered.includes(solver as SolverName));
  if (unknown === undefined) return;
  throw new UserError({
    what: `${experiment.name} cannot be fitted with {solver} ${unknown}`,
    expected: offered.join(' or '),
    received: unknown,
    remedy: `use {solver} ${offered[0]}`,
  });
}
