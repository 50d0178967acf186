import { setImmediate } from 'node:timers/promises';
import type { DataFacts, Sources } from '../datasets/dataset.ts';
import { type DataDescription, datasetEntry, loadData } from '../datasets/index.ts';
import { defaultScaling, divisorOf } from '../datasets/scale.ts';
import { fittedRows, isDrawn } from '../datasets/split.ts';
import { UserError } from '../errors.ts';
import { losses } from '../nn/losses.ts';
import { checkSchedule, compileSchedule, type Schedule } from '../nn/schedules.ts';
import { featureCount, sharedSeed } from '../trial/config.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import { checkTargets } from '../trial/prepare.ts';
import { trialMemory, trialWeights } from '../trial/size.ts';
import { type SolverName, solverEntry } from '../trial/solvers/index.ts';
import { createTrial, idsBySeed, type Trial, type TrialConfig } from '../trial/trial.ts';
import { checkSettings, configOf, withoutUnread } from './config.ts';
import { choosesOnTestRows, usualValidation, validationsOf, withValidation } from './deciding.ts';
import { type Experiment, optionsOf, showingBestEpoch, showingErrorParts, solversOf } from './define.ts';
import { type DrawnSettings, drawSettings, type Points } from './draw-settings.ts';
import { fitRows } from './fit-rows.ts';
import { findInitialWeights } from './initial-weights.ts';
import { checkBatches, checkGrid, checkSchedules } from './no-effect.ts';
import type { OptionName, SettingLists, Settings } from './options.ts';
import { type AbsentReference, findReferences, withOwnRun } from './reference-cells.ts';
import { dataKey, type ResolvedData, resolveData } from './resolve-data.ts';
import {
  checkNoRanges,
  isCrossed,
  type Search,
  type SearchChoice,
  searchNotes,
  showingSearch,
} from './search.ts';
import { isSeed, ownSeedOptions, seedOptions } from './seeds.ts';
import type { Stopping, StoppingRule } from './stopping.ts';
import type { Variant } from './variants.ts';

/**
 * One cell of a grid: its settings, null for options that its solver does not read, and its trial. Settings and config
 * are created on demand.
 */
export interface Cell {
  readonly settings: Settings;
  readonly trial: Trial;
  /** Whether another cell is known to differ from it in the seed alone, without making the settings of either. */
  isInRowOf?(other: unknown): boolean;
}

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

const maxCells = 1_000_000;
const maxGibibytes = 4;
/** More features than any of the solvers can use in a reasonable time. */
const mostTerms = 100_000;

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
  const { variant, quick, given, search: choice = null, rule = null } = choices;
  const asked = inOrder(
    experiment,
    withOwnRun(experiment, {
      ...experiment.settings,
      ...(variant === 'text' ? experiment.text : {}),
      ...(quick ? experiment.quick : {}),
      ...given,
    }),
  );
  if (choice === null) checkNoRanges(asked);
  else checkCount(countOf(asked, isCrossed) * choice.trials, true);
  const drawn = choice === null ? null : await drawSettings(asked, choice);
  const wanted = drawn?.lists ?? asked;
  checkSolvers(experiment, wanted);
  checkSchedules(wanted);
  checkBatches(given);
  checkGrid(given);
  const data = createDataCache(experiment, sources);
  const fitted = await fitRows(
    experiment.dataset,
    wanted,
    given,
    combinationsOf(wanted, drawn?.points ?? null).at(0),
    sources,
  );
  const scaled =
    given.scale === undefined ? await withScale(fitted.lists, data) : { lists: fitted.lists, notes: [] };
  const initial = await findInitialWeights(scaled.lists);
  const { lists } = initial;
  const found = { ...(await findReferences(lists)), weights: initial.weights };
  const { checkTrialConfig } = await import('../trial/schema.ts');
  const checkRates = createScheduleCheck();
  const checkTargetsOf = createTargetCheck(sources);
  const points = drawn === null ? null : stillDrawn(drawn, lists);
  const combinations = combinationsOf(lists, points);
  const ids = createIdSet();
  const row = drawsInRow(experiment, lists);
  const grid = createGrid(experiment, { ids, lists, combinations, row }, data, found);
  const cells: Cell[] = [];
  let drawsSplits = false;
  const addCell = (id: string, index: number): void => {
    const number = ids.add(id);
    if (number === cells.length) cells.push(new PlannedCell(grid, number, index));
  };
  /** The first cell of a row, whose others differ from it only in their seed. */
  let first: { readonly config: TrialConfig; readonly idOf: (seed: number) => string } | null = null;
  for (let index = 0; index < combinations.count; index++) {
    // Yield during long plans, so that Ctrl-C works.
    if (index % 1000 === 999) await setImmediate();
    if (index % row > 0 && first !== null) {
      const seed = lists.seed![index % row] as number;
      await checkTargetsOf({ ...first.config, seed });
      addCell(first.idOf(seed), index);
      continue;
    }
    first = null;
    const combination = combinations.at(index);
    if (found.absent.some(({ name }) => name === combination.reference)) continue;
    checkSettings(experiment, combination);
    const resolved = data.known(combination) ?? (await data.resolve(combination));
    const settings = withoutUnread(experiment, combination);
    const config = checkTrialConfig(configOf(experiment, settings, resolved, found));
    drawsSplits ||= isDrawn(resolved.facts, config.split);
    checkFeatures(config, resolved.facts);
    checkMemory(config, resolved.facts);
    await checkTargetsOf(config);
    await checkRates(config);
    addCell(createTrial(config).id, index);
    if (row > 1 && !datasetEntry(experiment.dataset).resolvesPerSeed(settings))
      first = { config, idOf: idsBySeed(config) };
  }
  const shown = withValidation(showingSearch(experiment, drawn?.search), validationsOf(lists));
  const withParts = showingErrorParts(shown, lists.bootstrapMethod ?? []);
  return {
    experiment: showingBestEpoch(withParts, lists.earlyStopping ?? []),
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
    notes: [
      ...(drawn === null ? [] : searchNotes(drawn.search)),
      ...data.notes(),
      ...fitted.notes,
      ...scaled.notes,
      ...initial.notes,
    ],
  };
}

/** What cells share: it gives the id for a cell's number, and the settings and config for its place in the grid. */
interface Grid {
  idOf(number: number): string;
  rowOf(index: number): number;
  settingsAt(index: number): Settings;
  configAt(index: number): TrialConfig;
}

/** How many adjacent combinations differ only in their seed, where nothing but the trial's field `seed` depends on it; else 1. */
function drawsInRow({ architecture }: Experiment, lists: SettingLists): number {
  const hasOwnSeeds = ownSeedOptions.some((name) => lists[name]?.some((seed) => typeof seed === 'number'));
  return hasOwnSeeds || architecture === 'random' ? 1 : (lists.seed?.length ?? 1);
}

/** The first cells of this many rows are kept, so that those after them need not be made from nothing. */
const keptRows = 2048;

/** Makes the settings and configs of cells on demand, and those of a row from its first cell. */
function createGrid(
  experiment: Experiment,
  {
    ids,
    lists,
    combinations,
    row,
  }: { ids: IdSet; lists: SettingLists; combinations: ReturnType<typeof combinationsOf>; row: number },
  data: ReturnType<typeof createDataCache>,
  found: Parameters<typeof configOf>[3],
): Grid {
  interface First {
    readonly settings: Settings;
    readonly config: TrialConfig;
  }
  const make = (index: number): First => {
    const combination = combinations.at(index);
    const settings = inFastMode(withoutUnread(experiment, combination));
    return { settings, config: configOf(experiment, settings, data.known(combination)!, found) };
  };
  const kept = new Map<number, First>();
  const firstOf = (index: number): First => {
    const number = Math.floor(index / row);
    const known = kept.get(number);
    if (known !== undefined) return known;
    if (kept.size === keptRows) kept.clear();
    const first = make(number * row);
    kept.set(number, first);
    return first;
  };
  const perSeed = (settings: Settings) => datasetEntry(experiment.dataset).resolvesPerSeed(settings);
  const seedAt = (index: number) => lists.seed?.[index % row] as number;
  return {
    idOf: (number) => ids.at(number),
    rowOf: (index) => Math.floor(index / row),
    settingsAt: (index) => {
      const { settings } = firstOf(index);
      return index % row === 0 ? settings : { ...settings, seed: seedAt(index) };
    },
    configAt: (index) => {
      const { settings, config } = firstOf(index);
      if (index % row === 0) return config;
      return perSeed(settings) ? make(index).config : { ...config, seed: seedAt(index) };
    },
  };
}

/** A copy that the engine copies fast, as one that was read from JSON; not so objects to which many keys were added. */
function inFastMode(settings: Settings): Settings {
  const names = Object.keys(settings) as OptionName[];
  const copy = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`);
  for (const name of names) copy[name] = settings[name];
  return copy;
}

/**
 * A cell that is also its trial. It stores only its place, since a hundred thousand complete cells would fill the
 * memory.
 */
class PlannedCell implements Cell, Trial {
  readonly #grid: Grid;
  readonly #number: number;
  readonly #index: number;

  constructor(grid: Grid, number: number, index: number) {
    this.#grid = grid;
    this.#number = number;
    this.#index = index;
  }

  get id(): string {
    return this.#grid.idOf(this.#number);
  }

  get trial(): Trial {
    return this;
  }

  isInRowOf(other: unknown): boolean {
    if (!(other instanceof PlannedCell) || other.#grid !== this.#grid) return false;
    return this.#grid.rowOf(this.#index) === this.#grid.rowOf(other.#index);
  }

  get config(): TrialConfig {
    return this.#grid.configAt(this.#index);
  }

  get settings(): Settings {
    return this.#grid.settingsAt(this.#index);
  }
}

/** Resolves the data of a combination, once for all combinations with the same data. */
function createDataCache({ dataset, definition }: Experiment, sources: Sources) {
  const resolved = new Map<string, ResolvedData>();
  const keyOf = (settings: Settings): string => dataKey(dataset, settings);
  return {
    async resolve(settings: Settings): Promise<ResolvedData> {
      const data = await resolveData(dataset, settings, sources);
      resolved.set(keyOf(settings), data);
      await setImmediate(); // resolving may be slow, so yield to let Ctrl-C work
      return data;
    },
    known: (settings: Settings): ResolvedData | undefined => resolved.get(keyOf(settings)),
    descriptions: (): DataDescription[] => {
      const distinct = new Map<string, DataDescription>();
      for (const { description } of resolved.values()) {
        const key = JSON.stringify(description);
        if (!distinct.has(key)) distinct.set(key, description);
      }
      return [...distinct.values()];
    },
    /** Of data of the user's own, they are said where these are chosen. */
    notes: (): string[] =>
      definition?.ownData === true ? [] : [...new Set([...resolved.values()].flatMap(({ notes }) => notes))],
  };
}

/** The lists with the scaling that suits the pixels, where the experiment scales pixels and the user did not choose. */
async function withScale(
  lists: SettingLists,
  data: ReturnType<typeof createDataCache>,
): Promise<{ lists: SettingLists; notes: string[] }> {
  if (!lists.scale?.includes('pixels')) return { lists, notes: [] };
  const { facts, description } = await data.resolve(firstOf(lists));
  const { largest } = facts;
  const scale = defaultScaling(largest);
  if (description.source !== null && lists.scale.includes(scale)) return { lists, notes: [] };
  const note = `the pixels ${pixelWords(largest, divisorOf(scale, largest))}: {scale} ${scale}`;
  return { lists: { ...lists, scale: [scale] }, notes: [note] };
}

function pixelWords(largest: number, divisor: number): string {
  if (largest === 0) return 'are all 0, so that no model can tell one image from another';
  return `go up to ${largest}, so they are ${divisor === 1 ? 'used as they are' : `divided by ${divisor}`}`;
}

/** The lists in the order of the experiment's options, which is the order of the grid. */
function inOrder(experiment: Experiment, lists: SettingLists): SettingLists {
  const names = [...optionsOf(experiment), ...(Object.keys(lists) as OptionName[])];
  return Object.fromEntries(names.filter((name) => name in lists).map((name) => [name, lists[name]!]));
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

/** The points without the options whose values were replaced by one that suits the data. */
function stillDrawn({ points, lists }: DrawnSettings, now: SettingLists): Points {
  const kept = points.names.map((name) => now[name] === lists[name]);
  return {
    names: points.names.filter((_, at) => kept[at]),
    values: points.values.map((point) => point.filter((_, at) => kept[at])),
  };
}

/**
 * Every combination of the listed values, or those of the points with every combination of the other values. The seeds vary fastest,
 * then the last option; the points vary most slowly.
 */
function combinationsOf(
  lists: SettingLists,
  points: Points | null,
): { readonly count: number; at(index: number): Settings } {
  const given = Object.keys(lists) as OptionName[];
  const listed = given.filter((name) => points?.names.includes(name) !== true);
  const names = [...listed.filter((name) => !isSeed(name)), ...seedOptions.filter((name) => name in lists)];
  const count = countOf(lists, (name) => names.includes(name)) * (points?.values.length ?? 1);
  checkCount(count, points !== null);
  const at = (index: number): Settings => {
    const settings: Record<string, unknown> = {};
    let rest = index;
    for (let i = names.length - 1; i >= 0; i--) {
      const values = lists[names[i]]!;
      settings[names[i]] = values[rest % values.length];
      rest = Math.floor(rest / values.length);
    }
    if (points === null) return settings as Settings;
    for (const [i, name] of points.names.entries()) settings[name] = points.values[rest][i];
    return settings as Settings;
  };
  return { count, at };
}

/** The first value of each list. */
function firstOf(lists: SettingLists): Settings {
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values[0]]));
}

/** How many combinations the lists of some options have. */
function countOf(lists: SettingLists, isCounted: (name: OptionName) => boolean): number {
  const names = (Object.keys(lists) as OptionName[]).filter(isCounted);
  return names.reduce((product, name) => product * lists[name]!.length, 1);
}

function checkCount(count: number, isSearch: boolean): void {
  if (count <= maxCells) return;
  throw new UserError({
    what: isSearch
      ? '{trials} times the number of seeds gives too many trials'
      : 'the lists of values give too many trials',
    expected: `at most ${maxCells}`,
    received: count,
    remedy: `${isSearch ? 'lower {trials}' : 'shorten the longest lists'}, or split the run`,
  });
}

/** Polynomials have a bounded number of terms, and divisors need pixels. */
function checkFeatures({ data, features }: TrialConfig, { columns }: DataFacts): void {
  const { basis, degree, scale } = features;
  if ((scale === 'pixels' || scale === 'max') && !datasetEntry(data.dataset).hasPixels) {
    throw new UserError({
      what: `{scale} ${scale} is for images`,
      expected: 'none, standard or minmax for these data',
      received: scale,
      remedy: 'use {scale} standard',
    });
  }
  const terms = featureCount(features, columns);
  if (basis === 'none' || terms <= mostTerms) return;
  throw new UserError({
    what: `a polynomial of degree ${degree} in ${columns} inputs has too many terms with {basis} ${basis}`,
    expected: `at most ${mostTerms} terms`,
    received: Number.isSafeInteger(terms) ? terms : terms.toPrecision(2),
    remedy: `lower {degree}, ${basis === 'product' ? 'use {basis} total' : 'use fewer inputs'}, or {basis} none`,
  });
}

/** Rejects a trial that needs too much memory, before anything is trained. */
function checkMemory(config: TrialConfig, facts: DataFacts): void {
  const gibibytes = trialMemory(config, facts) / 2 ** 30;
  if (gibibytes <= maxGibibytes) return;
  const { trainRows, testRows } = config.split;
  const { columns } = facts;
  throw new UserError({
    what: `a trial would need about ${gibibytes.toFixed(1)} GiB of memory`,
    expected: `at most ${maxGibibytes} GiB`,
    received: `${trainRows + testRows} rows of ${columns} columns, ${trialWeights(config, columns)} weights`,
    remedy: `lower {samples}, {degree}, {hidden}, {maxNodes} or {batchSize}${
      datasetEntry(config.data.dataset).hasPixels ? ', or use smaller images' : ''
    }`,
  });
}

/** Checks the targets of the rows that losses for targets in a range are trained on, once for all trials with the same. */
function createTargetCheck(sources: Sources): (config: TrialConfig) => Promise<void> {
  const checked = new Set<string>();
  return async (config) => {
    const { model, data, split, features } = config;
    const loss = solverEntry(model.solver).loss(model);
    if (losses[loss].targets === null) return;
    const { centerTargets, scaleTargets } = features;
    const dataSeed = sharedSeed(config, 'data');
    const seeds = [dataSeed, sharedSeed(config, 'split')];
    const key = JSON.stringify([data, seeds, split, centerTargets, scaleTargets, loss]);
    if (checked.has(key)) return;
    checkTargets(await loadData(data, dataSeed, sources), config, loss);
    checked.add(key);
  };
}

/** Compiles each schedule once and checks each of its rates once. */
function createScheduleCheck(): (config: TrialConfig) => Promise<void> {
  const compiled = new Map<string, Schedule>();
  const checked = new Set<string>();
  return async ({ model, split }) => {
    if (!('schedule' in model)) return;
    const { schedule: text, learningRate, epochs, batchSize } = model;
    const steps = Math.floor(fittedRows(split) / batchSize);
    const key = JSON.stringify([text, learningRate, epochs, steps]);
    if (checked.has(key)) return;
    let schedule = compiled.get(text);
    if (schedule === undefined) {
      schedule = await compileSchedule(text);
      compiled.set(text, schedule);
    }
    await checkSchedule(text, schedule, learningRate, epochs, steps);
    checked.add(key);
    await setImmediate(); // also yield between many short checks, so that Ctrl-C works
  };
}
