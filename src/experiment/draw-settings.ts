import { setImmediate } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { createRng } from '../math/rng.ts';
import { partsOf, valueIn } from '../parsing/ranged.ts';
import { isRange, type OptionName, options, type Setting, type SettingLists } from './options.ts';
import { type Search, type SearchChoice, spaceOf } from './search.ts';
import { drawMethods } from './search-methods.ts';

/** The searched options, and their values in each of the settings to try. */
export interface Points {
  readonly names: readonly OptionName[];
  /** In the order in which they were drawn, each once. */
  readonly values: readonly (readonly Setting[])[];
}

export interface DrawnSettings {
  readonly search: Search;
  readonly points: Points;
  /** The lists with the values that occur in place of what they were drawn from. */
  readonly lists: SettingLists;
}

/**
 * Draws the settings of a search. They depend on nothing but the lists, the method and the first seed, and the first N of a longer
 * search are those of a search for N.
 *
 * Errors: UserError for nothing to search, and for more dimensions than Sobol points have.
 */
export async function drawSettings(lists: SettingLists, choice: SearchChoice): Promise<DrawnSettings> {
  const space = spaceOf(lists);
  const names = Object.keys(space) as OptionName[];
  const seed = (lists.seed?.[0] as number | undefined) ?? 0;
  const axes = names.map((name) => axisOf(name, space[name]!));
  const dimensions = axes.reduce((sum, axis) => sum + axis.dimensions, 0);
  const shareOf = sharesOf(choice, seed, dimensions);
  const seen = new Set<string>();
  const values: Setting[][] = [];
  for (let index = 0; index < choice.trials; index++) {
    if (index % 1000 === 999) await setImmediate(); // lets Ctrl-C through
    let dimension = 0;
    const point = axes.map((axis) => axis.draw(() => shareOf(index, dimension++)));
    const key = JSON.stringify(point);
    if (seen.has(key)) continue;
    seen.add(key);
    values.push(point);
  }
  const occurring = names.map((name, at) => [name, [...new Set(values.map((point) => point[at]))]]);
  return {
    search: { ...choice, seed, space, distinct: values.length },
    points: { names, values },
    lists: { ...lists, ...Object.fromEntries(occurring) },
  };
}

/** An option that is searched: how many random numbers a value of it takes, and the value for them. */
interface Axis {
  readonly dimensions: number;
  draw(share: () => number): Setting;
}

function axisOf(name: OptionName, list: readonly Setting[]): Axis {
  const [first] = list;
  if (!isRange(name, first)) {
    return { dimensions: 1, draw: (share) => list[Math.floor(share() * list.length)] };
  }
  const option = options[name];
  const parts = partsOf(String(first), name, option.isJoined === true);
  return {
    dimensions: parts.filter((part) => typeof part !== 'string').length,
    draw: (share) => valueIn(parts, option, `{${name}}`, share),
  };
}

/** Numbers in [0, 1) for each index, which is asked for in order, and dimension. */
function sharesOf({ method }: SearchChoice, seed: number, dimensions: number) {
  const { mostDimensions, sharesFrom } = drawMethods[method];
  if (dimensions > mostDimensions) {
    throw new UserError({
      what: `{search} ${method} has too many dimensions: one for each range and each list of values`,
      expected: `at most ${mostDimensions}`,
      received: dimensions,
      remedy: 'use {search} random, or give fewer settings a range',
    });
  }
  return sharesFrom(
    Array.from({ length: dimensions }, (_, dimension) => createRng(seed, 'search', dimension)),
  );
}
