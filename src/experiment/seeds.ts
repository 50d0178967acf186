import { counted } from '../errors.ts';
import { seededPurposes } from '../trial/config.ts';
import { type OptionName, optionTitle, type Settings } from './options.ts';

/** The options that give one purpose of random draws its own seed. */
export const ownSeedOptions = Object.keys(seededPurposes) as (keyof typeof seededPurposes)[];

/** All seeds. Cells that differ in these alone are draws of one cell, and views show their mean and spread. */
export const seedOptions: readonly OptionName[] = [...ownSeedOptions, 'seed'];

export function isSeed(name: OptionName): boolean {
  return seedOptions.includes(name);
}

/** The settings of a cell without its seeds: the same for all its draws. */
export function withoutSeeds(settings: Settings): Settings {
  const left: Record<string, Settings[OptionName]> = { ...settings };
  for (const name of seedOptions) if (name in left) left[name] = null;
  return left;
}

/** What is compared of a cell. */
interface Compared {
  readonly settings: Settings;
  isInRowOf?(other: unknown): boolean;
  /** The same object in cells that are known to differ in their seeds alone. */
  readonly row?: object;
}

/** Whether two cells differ in their seeds alone. */
export function differInSeeds(one: Compared, other: Compared): boolean {
  if (one.isInRowOf?.(other) === true || (one.row !== undefined && one.row === other.row)) return true;
  const [before, after] = [one.settings, other.settings];
  const names = Object.keys(before) as OptionName[];
  return (
    names.length === Object.keys(after).length &&
    names.every((name) => name in after && (before[name] === after[name] || isSeed(name)))
  );
}

/**
 * The settings of the first of adjacent cells that differ in their seeds alone, and those of the first cell with each choice of
 * seeds: every value of every option is among them, and a large grid with many seeds has few.
 */
export function representatives(cells: Iterable<Compared>): Settings[] {
  const kept: Settings[] = [];
  const seeds = new Set<string>();
  let last: Compared | null = null;
  for (const cell of cells) {
    const { settings } = cell;
    const before = seeds.size;
    seeds.add(seedOptions.map((name) => settings[name]).join());
    if (seeds.size > before || last === null || !differInSeeds(last, cell)) kept.push(settings);
    last = cell;
  }
  return kept;
}

/** The settings of the first of adjacent cells that differ in their seeds alone: every value of every other option is among them. */
export function leads(cells: Iterable<Compared>): Settings[] {
  const kept: Settings[] = [];
  let last: Compared | null = null;
  for (const cell of cells) {
    if (last === null || !differInSeeds(last, cell)) kept.push(cell.settings);
    last = cell;
  }
  return kept;
}

/** The seeds in which cells differ. */
export function variedSeeds(cells: readonly Settings[]): OptionName[] {
  return seedOptions.filter((name) => distinct(cells, [name]).size > 1);
}

/**
 * The draws of cells in words: "seed 2020", "seed 2020, init seed 7", "20 seeds", "10 init seeds of seed 2020", "6 draws
 * (2 init seeds x 3 seeds)".
 */
export function drawsText(cells: readonly Settings[]): string {
  const varied = variedSeeds(cells);
  const fixed = ownSeedOptions.flatMap((name) => {
    const own = cells.find((cell) => typeof cell[name] === 'number');
    return own === undefined || varied.includes(name) ? [] : [`${optionTitle(name)} ${own[name]}`];
  });
  const seed = `seed ${cells[0]?.seed}`;
  const { size } = distinct(cells, varied);
  const draws =
    varied.length === 1 ? counted(size, optionTitle(varied[0])) : crossedText(cells, varied, size);
  const counts = varied.includes('seed') ? draws : `${draws} of ${seed}`;
  return [varied.length === 0 ? seed : counts, ...fixed].join(', ');
}

/** "6 draws (2 init seeds x 3 seeds)"; "3 draws of init seed and seed" if they are not crossed. */
function crossedText(cells: readonly Settings[], varied: readonly OptionName[], size: number): string {
  const sizes = varied.map((name) => distinct(cells, [name]).size);
  if (sizes.reduce((product, one) => product * one, 1) !== size)
    return `${size} draws of ${varied.map(optionTitle).join(' and ')}`;
  const factors = varied.map((name, index) => counted(sizes[index], optionTitle(name)));
  return `${size} draws (${factors.join(' x ')})`;
}

/** The draw of one cell: "seed 2020", "init seed 3". */
export function drawLabel(settings: Settings, varied: readonly OptionName[]): string {
  const names: readonly OptionName[] = varied.length === 0 ? ['seed'] : varied;
  return names.map((name) => `${optionTitle(name)} ${settings[name]}`).join(', ');
}

/** The values of these options together. Cells that do not read one of them, such as closed forms, have none. */
function distinct(cells: readonly Settings[], names: readonly OptionName[]): Set<unknown> {
  // Of many thousand seeds, texts would take long.
  if (names.length === 1)
    return new Set(cells.map((cell) => cell[names[0]] ?? null).filter((value) => value !== null));
  const values = cells.map((cell) => names.map((name) => cell[name] ?? null));
  return new Set(values.filter((list) => !list.includes(null)).map((list) => JSON.stringify(list)));
}
