import { exp, log } from '../math/elementary.ts';

/** An increasing function to a scale on which the runs of many seeds are nearly normal, and its inverse. */
export interface Scale {
  /** What is taken of a value, for tables and sentences. */
  readonly title: string;
  readonly forward: (value: number) => number;
  readonly back: (scaled: number) => number;
  /** Whether a difference on it is the logarithm of a ratio. */
  readonly ratio: boolean;
}

/** The scales that a metric may name. To add one, add an entry. */
export const scales = {
  /** For what is positive and varies by factors: an error, a loss. */
  log: { title: 'log', forward: log, back: exp, ratio: true },
  /** For what is at most 1, where 1 minus it is an error: R2. Rises with R2. */
  log_distance: {
    title: '-log(1 - x)',
    forward: (value) => -log(1 - value),
    back: (scaled) => 1 - exp(-scaled),
    ratio: true,
  },
  /** For a share. */
  logit: {
    title: 'logit',
    forward: (value) => log(value / (1 - value)),
    back: (scaled) => 1 / (1 + exp(-scaled)),
    ratio: true,
  },
  plain: { title: 'the value itself', forward: (value) => value, back: (scaled) => scaled, ratio: false },
} as const satisfies Record<string, Scale>;

export type ScaleName = keyof typeof scales;

/** The values for which a scale is made. */
export const scaleDomains: Record<ScaleName, readonly [number, number]> = {
  log: [0, Number.POSITIVE_INFINITY],
  log_distance: [Number.NEGATIVE_INFINITY, 1],
  logit: [0, 1],
  plain: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/**
 * The scale on which values are compared: the one named or, if a value lies at the end of what it can show (a loss of 0,
 * an accuracy of 1), the values themselves.
 */
export function scaleFor(name: ScaleName, values: readonly number[]): Scale {
  const scale = scales[name];
  const fits = values.every((value) => Number.isFinite(scale.forward(value)));
  return fits ? scale : scales.plain;
}
