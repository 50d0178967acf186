import { standardDeviation } from '../stats/describe.ts';
import { type Scale, scaleFor, scales } from '../stats/scales.ts';
import type { NumberClaim } from './claims.ts';
import { domainOf, scaleOf } from './domain.ts';

/** A number of a report that is played by one run, in which an error is planted. */
export interface Played {
  readonly claim: NumberClaim;
  /** What the run that plays the report has. */
  readonly value: number;
  /** What the runs of all seeds have. */
  readonly runs: readonly number[];
  /** What that run has in the next cell of the figure; null if there is none. */
  readonly neighbour: number | null;
  /** 1 or -1: the direction of a shift. */
  readonly sign: number;
}

/** An error in one number, and the value that it leads to; null where it cannot be made. */
interface PlantedError {
  readonly name: string;
  readonly change: (played: Played) => number | null;
}

const shifts = [3, 4, 6, 8];

/** The errors that are planted in single numbers. */
export const plantedErrors: readonly PlantedError[] = [
  ...shifts.map((shift) => ({
    name: `one number shifted by ${shift} sd of the runs`,
    change: (played: Played) => shifted(played, shift, scales.plain),
  })),
  ...shifts.map((shift) => ({
    name: `one number shifted by ${shift} sd of the runs on its scale`,
    change: (played: Played) => shifted(played, shift, scaleFor(scaleOf(played.claim), played.runs)),
  })),
  { name: 'the two digits of one number swapped', change: withDigitsSwapped },
  { name: 'one number replaced by its neighbour', change: ({ neighbour }) => neighbour },
];

/** The claim with this value, rounded as the report's number is. */
export function asPublished(claim: NumberClaim, value: number): NumberClaim {
  const { significantDigits } = claim;
  if (!Number.isFinite(value)) return { ...claim, value: Math.sign(value) * (Number.MAX_VALUE / 2) };
  return {
    ...claim,
    value: significantDigits === undefined ? value : Number(value.toPrecision(significantDigits)),
  };
}

/** In the other direction if there would be no such value, which anybody would see. */
function shifted({ claim, value, runs, sign }: Played, deviations: number, scale: Scale): number | null {
  const spread = standardDeviation(runs.map(scale.forward));
  const { low, high } = domainOf(claim);
  const possible = [sign, -sign]
    .map((direction) => scale.back(scale.forward(value) + direction * deviations * spread))
    .filter((result) => result > low && result < high);
  return possible[0] ?? null;
}

/** 0.053 becomes 0.035; null if the number is not printed with two different digits. */
function withDigitsSwapped({ claim, value }: Played): number | null {
  if (claim.significantDigits !== 2) return null;
  const [, first, second, exponent] = /^-?(\d)\.(\d)e(.*)$/.exec(value.toExponential(1)) ?? [];
  if (first === undefined || first === second) return null;
  return Math.sign(value) * Number(`${second}.${first}e${exponent}`);
}
