import { groupBy } from '../output/group-by.ts';
import type { Records } from '../output/trials-table.ts';
import { type CellJudgement, type FamilyRuns, type JudgeFamily, prepareFamily } from '../stats/family.ts';
import { adjustedOverFamilies } from '../stats/family-shares.ts';
import type { Interval } from '../stats/interval.ts';
import type { Method } from '../stats/one-more-run.ts';
import { shareWord } from '../stats/share.ts';
import { type NumberClaim, printedInterval } from './claims.ts';
import { type Measure, measureOf } from './domain.ts';
import { quantityOf } from './quantity.ts';
import { isJudged, type PlanOf, type Reading } from './readings.ts';
import type { Verdict } from './words.ts';

/** The values that the runs give for a published number under one reading, and how far it is from them. */
export interface NumberEvidence {
  readonly claim: NumberClaim;
  readonly reading: Reading;
  /** [seeds], in the order of the seeds; infinite where the run diverged, null where a record is missing. */
  readonly values: readonly (number | null)[];
  /** Null: not run. */
  readonly found: NumberFinding | null;
  readonly verdict: Verdict;
}

export interface NumberFinding {
  readonly method: Method;
  /** What is compared: the value itself, its logarithm, … */
  readonly scale: string;
  readonly median: number;
  /** Standard deviations of one run, or of a mean of as many as the number is, from the mean of the runs, on the scale. */
  readonly z: number;
  readonly percentile: number;
  /** The central part of one more run, at the level of the verification: what is typical. */
  readonly interval: Interval;
  /** The values that would not have been contradicted. */
  readonly undetected: Interval;
  /** The smallest shift from the centre of the runs that would have been contradicted; infinite: none. */
  readonly resolution: number;
  /** The same in the unit of z. */
  readonly resolutionZ: number;
  /** Probability that one more run is as far out; by itself, and adjusted for all numbers under this reading. */
  readonly p: number;
  readonly adjusted: number;
}

/** The numbers of one figure, judged together because they come from one run. */
export interface FigureEvidence {
  readonly figure: string;
  readonly reading: Reading;
  readonly numbers: number;
  /** Probability that one more run has a number as far out as the farthest published one; null: not run. */
  readonly p: number | null;
  /** p adjusted for all figures, which share the level in proportion to their numbers. */
  readonly adjusted: number | null;
  readonly verdict: Verdict;
}

/** A number three times as large (or an odds ratio of three) has to be distinguishable, or nothing is decided. */
export const coarsest = 3;
/** Fewest runs within whose range a number is typical where only ranks can tell. */
const ranksNeed = 10;

/** Compares every published number with the runs over the seeds, under one reading. */
export function judgeNumbers(
  claims: readonly NumberClaim[],
  reading: Reading,
  planOf: PlanOf,
  records: Records,
  level: number,
): JudgedNumbers {
  const gathered = claims
    .filter((claim) => isJudged(claim, reading))
    .map((claim) => ({
      claim,
      reading,
      values: [...planOf(reading, claim).bySeed.values()].map((cells) => quantityOf(claim, cells, records)),
    }));
  return judgeValues(gathered, level);
}

/** What a number is judged by. */
export type Gathered = Pick<NumberEvidence, 'claim' | 'reading' | 'values'> & {
  /** How it is compared; left out: as its statistic is. */
  readonly measure?: Measure;
  /** Which runs the values are of; left out: the first ones. */
  readonly seeds?: string;
};

/**
 * Judges numbers whose runs are given: families at `level` together, and the numbers within each. `prepare` gets a family's
 * runs and a name that tells it from other families and other numbers of runs.
 */
export function judgeValues(
  gathered: readonly Gathered[],
  level: number,
  prepare: (name: string, runs: readonly FamilyRuns[]) => JudgeFamily = (_name, runs) => prepareFamily(runs),
): JudgedNumbers {
  const named = familiesOf(gathered);
  const families = [...named.values()];
  const judged = [...named].map(([name, members]) =>
    prepare(name, members.map(runsOf))(members.map(({ claim }) => printedInterval(claim))),
  );
  const adjusted = adjustedOverFamilies(judged.map(({ cells }) => cells.map(({ joint }) => joint)));
  const shares = sharesOf(adjusted, 1 - level);
  const evidence = new Map<Gathered, NumberEvidence>();
  for (const [i, members] of families.entries()) {
    const { cells, undetected } = judged[i];
    const limits = undetected(shares[i]);
    for (const [j, member] of members.entries()) {
      const found = findingOf(member, cells[j], limits[j], adjusted[i][j], level);
      evidence.set(member, { ...member, found, verdict: wordOf(member, cells[j], found, level) });
    }
  }
  const numbers = gathered.map(
    (member): NumberEvidence => evidence.get(member) ?? { ...member, found: null, verdict: 'not run' },
  );
  const pOf = new Map(
    families.map(([first], i) => [first, { p: judged[i].p, adjusted: Math.min(...adjusted[i]) }]),
  );
  const inFigures = groupBy(numbers, ({ claim }) => claim.figure);
  inFigures.delete(undefined);
  const figures = [...inFigures].map(([figure, members]) =>
    figureEvidence(
      figure!,
      members,
      [...pOf].filter(([{ claim }]) => claim.figure === figure).map(([, p]) => p),
      level,
    ),
  );
  return { numbers, figures };
}

/** The part of `probability` at which each family is tested in the end (`adjustedOverFamilies`). */
function sharesOf(adjusted: readonly (readonly number[])[], probability: number): number[] {
  const isRejected = adjusted.map((own) => own.every((p) => p <= probability));
  const remaining = adjusted.reduce((sum, { length }, i) => sum + (isRejected[i] ? 0 : length), 0);
  return adjusted.map(({ length }, i) => (probability * length) / (remaining + (isRejected[i] ? length : 0)));
}

export interface JudgedNumbers {
  readonly numbers: readonly NumberEvidence[];
  readonly figures: readonly FigureEvidence[];
}

/** A figure is contradicted if one of its numbers is, and undecided if all are. */
function figureEvidence(
  figure: string,
  members: readonly NumberEvidence[],
  families: readonly { p: number; adjusted: number }[],
  level: number,
): FigureEvidence {
  const words = new Set(members.map(({ verdict }) => verdict));
  const complete = !words.has('not run');
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), 1);
  const p = complete ? least(families.map((family) => family.p)) : null;
  return {
    figure,
    reading: members[0].reading,
    numbers: members.length,
    p,
    adjusted: complete ? least(families.map((family) => family.adjusted)) : null,
    verdict: figureWord(words, p, level),
  };
}

/** A figure of many numbers has some unusual ones; it is unusual itself if they are too far out for so many. */
function figureWord(words: ReadonlySet<Verdict>, p: number | null, level: number): Verdict {
  if (words.has('not run')) return 'not run';
  if (words.has('contradicted')) return 'contradicted';
  if (words.size === 1 && words.has('undecided')) return 'undecided';
  return p! <= 1 - level ? 'unusual' : 'typical';
}

/** Numbers of one figure that have the same runs; a number without a figure is a family of its own. */
function familiesOf(gathered: readonly Gathered[]): Map<string, Gathered[]> {
  const complete = gathered.filter(({ values }) => values.length > 0 && !values.includes(null));
  const keyOf = ({ claim, values, seeds = '' }: Gathered) =>
    JSON.stringify([
      claim.figure ?? null,
      claim.figure === undefined ? claim.id : null,
      values.length,
      seeds,
    ]);
  return groupBy(complete, keyOf);
}

function runsOf({ claim, values, measure = measureOf(claim) }: Gathered): FamilyRuns {
  return { runs: values as number[], ...measure, meanOf: claim.runs };
}

function findingOf(
  { claim, measure = measureOf(claim) }: Gathered,
  cell: CellJudgement,
  undetected: Interval,
  adjusted: number,
  level: number,
): NumberFinding {
  const { low, high } = printedInterval(claim);
  const center = cell.scale.back(cell.mean);
  // What is printed has to lie beyond with all values that it may stand for.
  const rounding = (high - low) / 2;
  const ends = [undetected.low - rounding, undetected.high + rounding];
  const { low: least, high: most } = measure.domain;
  const reachable = ends.filter((end) => Number.isFinite(end) && end > least && end < most);
  const shifts = reachable.map((end) => Math.abs(end - center));
  const zs = reachable.map((end) => Math.abs(cell.scale.forward(end) - cell.mean) / cell.deviation);
  return {
    method: cell.method,
    scale: cell.scale.title,
    median: cell.median,
    z: cell.z,
    percentile: cell.percentile,
    interval: cell.interval(1 - level),
    undetected,
    resolution: shifts.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    resolutionZ: zs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    p: cell.p,
    adjusted,
  };
}

function wordOf(
  { claim, values }: Gathered,
  cell: CellJudgement,
  { p, adjusted, undetected }: NumberFinding,
  level: number,
): Verdict {
  if (p === 0 || (cell.method !== 'few' && adjusted <= 1 - level)) return 'contradicted';
  if (cell.finite < values.length && shareWord(cell.finite, values.length, level) === 'contradicted') {
    return 'contradicted'; // its runs diverge
  }
  const outside = p <= 1 - level;
  switch (cell.method) {
    case 'few':
      return 'undecided';
    case 'equal':
      return p === 1 ? 'typical' : outside ? 'unusual' : 'undecided';
    case 'ranks':
      if (outside) return 'unusual';
      return cell.finite / (claim.runs ?? 1) >= ranksNeed && cell.percentile > 0 && cell.percentile < 100
        ? 'typical'
        : 'undecided';
    default:
      if (isCoarse(cell, undetected)) return 'undecided';
      return outside ? 'unusual' : 'typical';
  }
}

/** Whether even three times the number (on its scale, a shift by log 3) would not have been contradicted. */
function isCoarse({ mean, scale }: CellJudgement, { low, high }: Interval): boolean {
  const half = Math.min(mean - scale.forward(low), scale.forward(high) - mean);
  return !(half <= (scale.ratio ? Math.log(coarsest) : (coarsest - 1) * Math.abs(mean)));
}
