import { UserError } from '../errors.ts';
import { type Experiment, optionsOf } from './define.ts';
import type { DrawnSettings, Points } from './draw-settings.ts';
import type { OptionName, SettingLists, Settings } from './options.ts';
import { isSeed, seedOptions } from './seeds.ts';

const maxCells = 1_000_000;

/** Settings that are made when they are asked for. */
export interface Combinations {
  readonly count: number;
  at(index: number): Settings;
}

/** The lists in the order of the experiment's options, which is the order of the grid. */
export function inOrder(experiment: Experiment, lists: SettingLists): SettingLists {
  const names = [...optionsOf(experiment), ...(Object.keys(lists) as OptionName[])];
  return Object.fromEntries(names.filter((name) => name in lists).map((name) => [name, lists[name]!]));
}

/** The points without the options whose values were replaced by one that suits the data. */
export function stillDrawn({ points, lists }: DrawnSettings, now: SettingLists): Points {
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
export function combinationsOf(lists: SettingLists, points: Points | null): Combinations {
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
export function firstOf(lists: SettingLists): Settings {
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values[0]]));
}

/** How many combinations the lists of some options have. */
export function countOf(lists: SettingLists, isCounted: (name: OptionName) => boolean): number {
  const names = (Object.keys(lists) as OptionName[]).filter(isCounted);
  return names.reduce((product, name) => product * lists[name]!.length, 1);
}

export function checkCount(count: number, isSearch: boolean): void {
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
