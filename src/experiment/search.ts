import { counted, UserError } from '../errors.ts';
import { parseChoice, parseInteger } from '../parsing/value-list.ts';
import type { Experiment } from './define.ts';
import { isRange, type OptionName, optionTitle, type SettingLists } from './options.ts';
import { type DrawMethodName, drawMethodNames, drawMethods, searchMethods } from './search-methods.ts';
import { isSeed } from './seeds.ts';

/** What is drawn: how, and how many settings. */
export interface SearchChoice {
  readonly method: DrawMethodName;
  readonly trials: number;
}

/** From what the settings of a plan were drawn. */
export interface Search extends SearchChoice {
  /** The seed of the draws: the first one of the trials. */
  readonly seed: number;
  /** The range or the values of each option that is searched, in the experiment's order. */
  readonly space: SettingLists;
  /** How many of the settings are not those of an earlier one. */
  readonly distinct: number;
}

/** A search as users write it. */
export interface WrittenSearch {
  readonly search?: string | undefined;
  readonly trials?: string | number | undefined;
}

export const mostTrials = 1_000_000;

/** The search that is asked for; null for a grid. Errors: UserError, with settings in braces. */
export function searchOf({ search = 'grid', trials }: WrittenSearch): SearchChoice | null {
  const method = parseChoice(search, searchMethods, '{search}');
  if (method === 'grid') {
    if (trials === undefined) return null;
    throw new UserError({
      what: '{trials} has no effect on a grid, which tries every combination',
      expected: `${drawMethodNames.map((name) => `{search} ${name}`).join(' or ')} with it`,
      received: trials,
      remedy: `write {search} ${drawMethodNames[0]} {trials} ${trials}, or leave out {trials}`,
    });
  }
  if (trials === undefined) {
    throw new UserError({
      what: `{search} ${method} does not say how many settings to try`,
      expected: '{trials} with a whole number',
      remedy: `write {search} ${method} {trials} 50`,
    });
  }
  return { method, trials: parseInteger(String(trials), '{trials}', 1, mostTrials) };
}

/**
 * Options whose values all go with every setting of a search: seeds, of which the mean is taken, and what settings are compared
 * between.
 */
export function isCrossed(name: OptionName): boolean {
  return isSeed(name) || name === 'solver' || name === 'reference' || name === 'initWeights';
}

/** The options that a search draws, with their ranges or values. Errors: none, and the range of a seed. */
export function spaceOf(lists: SettingLists): SettingLists {
  const names = Object.keys(lists) as OptionName[];
  const seed = names.find((name) => isSeed(name) && lists[name]!.some((value) => isRange(name, value)));
  if (seed !== undefined) {
    throw new UserError({
      what: `{${seed}} has a range, but every setting is tried with each of the seeds`,
      expected: 'one seed, or several such as 1..5',
      received: lists[seed]!.join(', '),
      remedy: `write {${seed}} 1..5`,
    });
  }
  const searched = names.filter(
    (name) =>
      !isCrossed(name) && (lists[name]!.length > 1 || lists[name]!.some((value) => isRange(name, value))),
  );
  if (searched.length > 0) return Object.fromEntries(searched.map((name) => [name, lists[name]!]));
  throw new UserError({
    what: '{search} has nothing to search: every setting has one value',
    expected: 'a range or several values of at least one setting',
    remedy: 'write for example {learningRate} "loguniform(1e-4,1)", or leave out {search} and {trials}',
  });
}

/** Refuses ranges, of which a grid cannot try all values. */
export function checkNoRanges(lists: SettingLists): void {
  const name = (Object.keys(lists) as OptionName[]).find((one) =>
    lists[one]!.some((value) => isRange(one, value)),
  );
  if (name === undefined) return;
  throw new UserError({
    what: `{${name}} has a range, and nothing says how many of its values to try`,
    expected: '{search} and {trials} with a range, or a list of values',
    received: lists[name]!.join(', '),
    remedy: `add {search} ${drawMethodNames[0]} {trials} 50`,
  });
}

/** The experiment as a search shows it: its settings are no figure of the report, in no grid, and too many for curves. */
export function showingSearch(experiment: Experiment, search: object | undefined): Experiment {
  if (search === undefined) return experiment;
  const { layout } = experiment;
  return {
    ...experiment,
    figure: null,
    layout: { ...layout, rows: null, columns: null, chosen: null, curves: null },
  };
}

/** "Sobol search, 200 settings: learning rate loguniform(0.0001,1); hidden 16, 32". */
export function searchWords({ method, distinct, space }: Omit<Search, 'trials' | 'seed'>): string {
  const names = Object.keys(space) as OptionName[];
  const from = names.map((name) => `${optionTitle(name)} ${space[name]!.join(', ')}`);
  return `${drawMethods[method].title}, ${counted(distinct, 'setting')}: ${from.join('; ')}`;
}

/** What is said of a search before it runs. */
export function searchNotes({ method, trials, distinct }: Search): string[] {
  if (distinct === trials) return [];
  const same = trials - distinct;
  return [
    `{search} ${method} drew ${counted(same, 'setting')} that ${same === 1 ? 'is' : 'are'} the same as an earlier one: ${distinct} of ${trials} are left`,
  ];
}
