import { log } from '../math/elementary.ts';
import { greatest, mean, percentile, standardDeviation } from './describe.ts';
import type { Interval } from './interval.ts';
import { lastOf } from './last-of.ts';
import { longTails } from './near-normal.ts';
import { type Pareto, paretoQuantile, paretoTail } from './pareto.ts';
import { studentTQuantile, studentTTwoSided } from './student-t.ts';

/** How one more run is predicted from n runs. */
export const methods = {
  normal: 'Student t: the runs are near normal on this scale',
  tail: 'where the runs have a long tail: their outermost quarter, with the heaviest tail that it allows',
  ranks: 'ranks of the runs: they share few values, or are too few for the tail that they show',
  equal: 'all runs are equal',
  few: 'fewer than three runs',
} as const;

export type Method = keyof typeof methods;

/** What n runs say about one more that is drawn as they are. */
export interface OneMoreRun {
  readonly method: Method;
  /** Mean and standard deviation of the runs. */
  readonly mean: number;
  readonly deviation: number;
  /** Two-sided probability that one more run lies as far out as x, on its side of the middle. */
  pValue(x: number): number;
  /** The values with a larger p-value than this; an end is infinite where n runs cannot tell. */
  interval(probability: number): Interval;
}

/** Fewest runs whose outermost quarter gives a tail. */
const tailRuns = 20;

/**
 * Predicts one more run from the n finite values of others, by the first method that fits:
 *
 * - few: fewer than three values. Everything is possible, p = 1.
 * - equal: only that no other value was seen is known, p = 1 / (n + 1) for any other.
 * - ranks: where fewer than half of the values differ. With r values at least as far out on that side,
 *   p = 2 (r + 1) / (n + 1), at most 1: right for any distribution, and never below 2 / (n + 1).
 * - normal: p = P(|t_{n-1}| >= |x - m| / (s sqrt(1 + 1/n))).
 * - tail: for n >= 20 (else ranks), on a side with a long tail (`longTails`). Ranks within the runs; beyond them the
 *   generalised Pareto tail of `plausibleTails`. Never above the p-value by ranks. The other side as for normal runs,
 *   which is cautious: the long tail widens s.
 */
export function oneMoreRun(values: readonly number[]): OneMoreRun {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const summary = { mean: mean(sorted), deviation: standardDeviation(sorted) };
  if (n < 3) return { ...summary, method: 'few', pValue: () => 1, interval: () => everything };
  if (sorted[0] === sorted[n - 1]) return { mean: sorted[0], deviation: 0, ...equalRuns(sorted[0], n) };
  if (new Set(sorted).size < n / 2) return { ...summary, ...byRanks(sorted) };
  const long = longTails(sorted);
  const normal = byStudentT(n, summary);
  if (!long.below && !long.above) return { ...summary, ...normal };
  return { ...summary, ...(n < tailRuns ? byRanks(sorted) : byTails(sorted, long, normal)) };
}

const everything: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

type Judging = Pick<OneMoreRun, 'method' | 'pValue' | 'interval'>;

function equalRuns(value: number, n: number): Judging {
  const p = 1 / (n + 1);
  return {
    method: 'equal',
    pValue: (x) => (x === value ? 1 : p),
    interval: (probability) => (probability >= p ? { low: value, high: value } : everything),
  };
}

function byStudentT(n: number, { mean: center, deviation }: { mean: number; deviation: number }): Judging {
  const unit = deviation * Math.sqrt(1 + 1 / n);
  return {
    method: 'normal',
    pValue: (x) => studentTTwoSided((x - center) / unit, n - 1),
    interval: lastOf((probability) => {
      const half = unit * studentTQuantile(1 - probability / 2, n - 1);
      return { low: center - half, high: center + half };
    }),
  };
}

function byRanks(sorted: Float64Array): Judging {
  const n = sorted.length;
  return {
    method: 'ranks',
    pValue: (x) => rankPValue(sorted, x),
    interval: (probability) => {
      // The (r + 1)-th value from each end still has p = 2 (r + 2) / (n + 1); beyond it, one less.
      const beyond = Math.floor((probability * (n + 1)) / 2) - 1;
      return beyond < 0 ? everything : { low: sorted[beyond], high: sorted[n - 1 - beyond] };
    },
  };
}

/** 2 (r + 1) / (n + 1) on the side where fewer runs are. */
function rankPValue(sorted: Float64Array, x: number): number {
  const n = sorted.length;
  const above = sorted.filter((run) => run >= x).length;
  const below = sorted.filter((run) => run <= x).length;
  return Math.min(1, (2 * (Math.min(above, below) + 1)) / (n + 1));
}

function byTails(sorted: Float64Array, long: ReturnType<typeof longTails>, normal: Judging): Judging {
  const n = sorted.length;
  const upper = outerRuns(sorted);
  const lower = outerRuns(sorted.map((x) => -x).sort());
  const share = (2 * (upper.excesses.length + 1)) / (n + 1);
  const middle = percentile(sorted, 50);
  const ranks = byRanks(sorted);
  return {
    method: 'tail',
    pValue: (x) => {
      if (x > middle ? !long.above : !long.below) return normal.pValue(x);
      const { threshold, tails } = x > middle ? upper : lower;
      const excess = (x > middle ? x : -x) - threshold;
      const beyond = excess <= 0 ? 1 : Math.max(...tails.map((tail) => paretoTail(tail, excess)));
      return Math.min(ranks.pValue(x), share * beyond);
    },
    interval: lastOf((probability) => {
      const within = ranks.interval(probability);
      const usual = normal.interval(probability);
      const end = ({ threshold, tails }: OuterRuns) =>
        threshold + Math.max(...tails.map((tail) => paretoQuantile(tail, probability / share)));
      const isWithin = Number.isFinite(within.low);
      return {
        low: !long.below ? usual.low : isWithin ? within.low : -end(lower),
        high: !long.above ? usual.high : isWithin ? within.high : end(upper),
      };
    }),
  };
}

interface OuterRuns {
  readonly threshold: number;
  readonly excesses: Float64Array;
  /** The tails that these excesses may have. */
  readonly tails: readonly Pareto[];
}

/** The largest quarter of the ascending values, as excesses over the largest value that is not among them. */
function outerRuns(ascending: Float64Array): OuterRuns {
  const count = Math.ceil(ascending.length / 4);
  const threshold = ascending[ascending.length - count - 1];
  const excesses = ascending.slice(-count).map((x) => x - threshold);
  return { threshold, excesses, tails: plausibleTails(excesses) };
}

/** Half the 90 % point of chi-squared with one degree of freedom: how much less likely a plausible tail may be. */
const plausible = 1.353;
const shapes = Array.from({ length: 31 }, (_, i) => 0.05 * i);
const scaleSteps = Array.from({ length: 61 }, (_, i) => 2 ** ((i - 30) / 6));

/**
 * The generalised Pareto distributions, of shapes 0 to 1.5, under which the excesses are at most exp(1.353) times less
 * likely than under the likeliest: a fit to so few values is not to be trusted, the heaviest of these is cautious.
 */
function plausibleTails(excesses: Float64Array): Pareto[] {
  const typical = mean(excesses);
  const candidates = shapes.flatMap((shape) => scaleSteps.map((step) => ({ shape, scale: typical * step })));
  const likelihoods = candidates.map((tail) => logLikelihood(tail, excesses));
  const most = greatest(likelihoods);
  return candidates.filter((_, i) => likelihoods[i] >= most - plausible);
}

/** sum over y of log f(y), with f(y) = (1 + xi y / sigma)^(-1 / xi - 1) / sigma. */
function logLikelihood({ shape, scale }: Pareto, excesses: Float64Array): number {
  let sum = -excesses.length * log(scale);
  for (const y of excesses) sum -= shape === 0 ? y / scale : (1 / shape + 1) * log(1 + (shape * y) / scale);
  return sum;
}
