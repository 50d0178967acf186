import type { Rng } from '../math/rng.ts';
import { owenScrambled, sobol, sobolDimensions } from '../math/sobol.ts';

/** A way to draw settings from lists and ranges. */
interface SearchMethod {
  /** What it is called at the beginning of a sentence. */
  readonly title: string;
  /** How many numbers a setting may take: one for each range and each list of values. */
  readonly mostDimensions: number;
  /**
   * Numbers in [0, 1) for each setting, which are asked for in the order of the settings, and dimension. `streams` has one stream for
   * each dimension.
   */
  readonly sharesFrom: (streams: readonly Rng[]) => (index: number, dimension: number) => number;
}

/** Every way to draw settings, the recommended one first. */
export const drawMethods = {
  sobol: {
    title: 'Sobol search',
    mostDimensions: sobolDimensions,
    sharesFrom: (streams) => {
      const scrambles = streams.map((stream) => stream.uint32());
      return (index, dimension) =>
        (owenScrambled(sobol(index, dimension), scrambles[dimension]) + 0.5) / 2 ** 32;
    },
  },
  random: {
    title: 'Random search',
    mostDimensions: Number.POSITIVE_INFINITY,
    sharesFrom: (streams) => (_, dimension) => streams[dimension].uniform(),
  },
} satisfies Record<string, SearchMethod>;

export type DrawMethodName = keyof typeof drawMethods;

export const drawMethodNames = Object.keys(drawMethods) as [DrawMethodName, ...DrawMethodName[]];

/** How settings are chosen from lists and ranges: every combination, or as many as are wanted. */
export const searchMethods = ['grid', ...drawMethodNames] as const;

/** What the methods are, for a list of options. `drawn` says how many settings are drawn. */
export const searchMethodHelp = (drawn: string): string =>
  `grid: every combination of the values; ${drawMethodNames.join(', ')}: ${drawn} drawn from lists and ranges`;
