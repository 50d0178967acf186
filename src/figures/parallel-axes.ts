import {
  isRange,
  type OptionName,
  options,
  optionTitle,
  type Setting,
  type Settings,
} from '../experiment/options.ts';
import { isLogRange, isWholeRange, type Range } from '../parsing/range.ts';
import { partsOf } from '../parsing/ranged.ts';
import { significant } from '../stats/significant.ts';
import { tickTexts } from './cell-text.ts';
import { evenIndices } from './even-indices.ts';

/** A label on an axis, at a share of its height. */
export interface ParallelTick {
  readonly at: number;
  readonly text: string;
}

/** One axis of parallel coordinates. */
export interface ParallelAxis {
  readonly title: string;
  readonly ticks: readonly ParallelTick[];
  /** The share of the height of a setting, from 0 to 1; null for one that does not have the option. */
  readonly placeOf: (settings: Settings) => number | null;
}

/** About this many labels are on an axis. */
const usualTicks = 5;
const mostCategories = 12;

/** The axes of an option: one for each range that it has, otherwise one for its values. */
export function axesOf(name: OptionName, list: readonly Setting[]): ParallelAxis[] {
  const title = optionTitle(name);
  const [first] = list;
  if (!isRange(name, first)) return [valuesAxis(name, title, list)];
  const isJoined = options[name].isJoined === true;
  const parts = partsOf(String(first), name, isJoined);
  const numberIn = (settings: Settings, index: number): number | null => {
    const value = settings[name] ?? null;
    if (value === null) return null;
    const number = Number(isJoined ? String(value).split(/(?<!e)-/)[index] : value);
    return Number.isFinite(number) ? number : null;
  };
  return parts.flatMap((part, index) =>
    typeof part === 'string'
      ? []
      : [
          rangeAxis(parts.length === 1 ? title : `${title} ${index + 1}`, part, (settings) =>
            numberIn(settings, index),
          ),
        ],
  );
}

/** An axis of numbers, at their values or their logarithms. */
export function numberAxis(
  title: string,
  {
    low,
    high,
    isLog,
    isWhole = false,
    digits = 17,
  }: { low: number; high: number; isLog: boolean; isWhole?: boolean; digits?: number },
  numberOf: (settings: Settings) => number | null,
): ParallelAxis {
  const along = (x: number) => (isLog ? Math.log(x) : x);
  const place = (x: number) => (high > low ? (along(x) - along(low)) / (along(high) - along(low)) : 0.5);
  const ticks = high > low ? (isLog ? logTicks(low, high, isWhole) : linearTicks(low, high, isWhole)) : [low];
  const texts = tickTexts(ticks.map((at) => significant(at, digits)));
  return {
    title,
    ticks: ticks.map((at, index) => ({ at: place(at), text: texts[index] })),
    placeOf: (settings) => {
      const value = numberOf(settings);
      return value === null || (isLog && value <= 0) ? null : Math.min(1, Math.max(0, place(value)));
    },
  };
}

function rangeAxis(
  title: string,
  range: Range,
  numberOf: (settings: Settings) => number | null,
): ParallelAxis {
  const { low, high } = range;
  return numberAxis(title, { low, high, isLog: isLogRange(range), isWhole: isWholeRange(range) }, numberOf);
}

/** Values at equal distances: numbers in ascending order, words as they are listed. */
function valuesAxis(name: OptionName, title: string, list: readonly Setting[]): ParallelAxis {
  const isNumeric = list.every((value) => typeof value === 'number');
  const values = isNumeric ? [...(list as readonly number[])].sort((a, b) => a - b) : list;
  const place = new Map(
    values.map((value, index) => [value, values.length === 1 ? 0.5 : index / (values.length - 1)]),
  );
  const shown = new Set(evenIndices(values.length, mostCategories));
  const texts = tickTexts(values);
  return {
    title,
    ticks: values.flatMap((value, index) =>
      shown.has(index) ? [{ at: place.get(value)!, text: texts[index] }] : [],
    ),
    placeOf: (settings) => place.get(settings[name] ?? '') ?? null,
  };
}

/** Round numbers from low to high, both ends included. */
export function linearTicks(low: number, high: number, isWhole: boolean): number[] {
  const rough = (high - low) / usualTicks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    isWhole ? 1 : 0,
    power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10),
  );
  const inside: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high && inside.length < 4 * usualTicks; i++)
    inside.push(significant(i * step, 12));
  return withEnds(inside, low, high, (a, b) => Math.abs(a - b) < 0.45 * step);
}

/** Powers of 10, or 1, 2 and 5 times them where there are few, both ends included. */
export function logTicks(low: number, high: number, isWhole: boolean): number[] {
  const decades = Math.log10(high / low);
  const factors = decades > 3 ? [1] : decades > 1.2 ? [1, 3] : null;
  if (factors === null) return linearTicks(low, high, isWhole);
  const every = Math.max(1, Math.ceil(decades / (usualTicks + 2)));
  const inside: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    if (power % every !== 0) continue;
    for (const factor of factors) {
      const at = Number(`${factor}e${power}`);
      if (at >= low && at <= high) inside.push(at);
    }
  }
  return withEnds(inside, low, high, (a, b) => Math.abs(Math.log(a / b)) < 0.09 * Math.log(high / low));
}

/** The ends replace ticks that are so near to them that their labels would overlap. */
function withEnds(
  inside: readonly number[],
  low: number,
  high: number,
  isNear: (a: number, b: number) => boolean,
): number[] {
  return [low, ...inside.filter((at) => !isNear(at, low) && !isNear(at, high)), high];
}
