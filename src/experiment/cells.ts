import { setImmediate } from 'node:timers/promises';
import type { Sources } from '../datasets/dataset.ts';
import { datasetEntry } from '../datasets/index.ts';
import { isDrawn } from '../datasets/split.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import { createTrial, idsBySeed, type Trial, type TrialConfig } from '../trial/trial.ts';
import type { Combinations } from './combinations.ts';
import { checkSettings, configOf, type FoundFiles, withoutUnread } from './config.ts';
import type { DataCache } from './data-cache.ts';
import type { Experiment } from './define.ts';
import type { OptionName, SettingLists, Settings } from './options.ts';
import type { FoundReferences } from './reference-cells.ts';
import { ownSeedOptions } from './seeds.ts';
import { createTrialChecks } from './trial-checks.ts';

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

/** What the cells of a plan are made from. */
interface Ingredients {
  readonly lists: SettingLists;
  readonly combinations: Combinations;
  readonly data: DataCache;
  readonly found: FoundFiles & Pick<FoundReferences, 'absent'>;
}

/**
 * The cells of all combinations, each trial once, without those of absent references, and whether the split of some cell depends on
 * its seed.
 *
 * Errors: UserError for settings that no trial can have.
 */
export async function planCells(
  experiment: Experiment,
  ingredients: Ingredients,
  sources: Sources,
): Promise<{ cells: Cell[]; drawsSplits: boolean }> {
  const { lists, combinations, data, found } = ingredients;
  const { checkTrialConfig } = await import('../trial/schema.ts');
  const checks = createTrialChecks(sources);
  const ids = createIdSet();
  const row = drawsInRow(experiment, lists);
  const grid = createGrid(experiment, ingredients, ids, row);
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
      const checking = checks.targets({ ...first.config, seed });
      if (checking !== null) await checking;
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
    await checks.all(config, resolved.facts);
    addCell(createTrial(config).id, index);
    if (row > 1 && !datasetEntry(experiment.dataset).resolvesPerSeed(settings))
      first = { config, idOf: idsBySeed(config) };
  }
  return { cells, drawsSplits };
}

/** How many adjacent combinations differ only in their seed, where nothing but the trial's field `seed` depends on it; else 1. */
function drawsInRow({ architecture }: Experiment, lists: SettingLists): number {
  const hasOwnSeeds = ownSeedOptions.some((name) => lists[name]?.some((seed) => typeof seed === 'number'));
  return hasOwnSeeds || architecture === 'random' ? 1 : (lists.seed?.length ?? 1);
}

/** What cells share: it gives the id for a cell's number, and the settings and config for its place in the grid. */
interface Grid {
  idOf(number: number): string;
  rowOf(index: number): number;
  settingsAt(index: number): Settings;
  configAt(index: number): TrialConfig;
}

/** The first cells of this many rows are kept, so that those after them need not be made from nothing. */
const keptRows = 2048;

/** Makes the settings and configs of cells on demand, and those of a row from its first cell. */
function createGrid(
  experiment: Experiment,
  { lists, combinations, data, found }: Ingredients,
  ids: IdSet,
  row: number,
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
