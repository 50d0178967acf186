import { groupBy } from '../output/group-by.ts';
import type { Records } from '../output/trials-table.ts';
import { holm } from '../stats/holm.ts';
import { jointPValue } from '../stats/joint.ts';
import { predictionInterval, predictionPValue } from '../stats/prediction.ts';
import { type NumberClaim, printedInterval } from './claims.ts';
import { domainOf } from './domain.ts';
import { quantityOf } from './quantity.ts';
import { isJudged, type PlanOf, type Reading } from './readings.ts';

/** The values that the runs give for a published number under one reading. */
export interface NumberEvidence {
  readonly claim: NumberClaim;
  readonly reading: Reading;
  /** [seeds], in the order of the seeds; infinite where the run diverged, null where a record is missing. */
  readonly values: readonly (number | null)[];
  /** Share of the runs with a finite value; null: not run. */
  readonly finite: number | null;
  /** Prediction interval for one more run at the level of the verification, not corrected for the number of claims. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Probability that one more run is as extreme as the published number; null: not run. */
  readonly p: number | null;
  /** p corrected for the number of claims (Holm). */
  readonly adjusted: number | null;
}

/** The numbers of one figure, judged together because they come from one run. */
export interface FigureEvidence {
  readonly figure: string;
  readonly reading: Reading;
  readonly numbers: number;
  /** Share of the runs in which all of them are finite; null: not run. */
  readonly finite: number | null;
  /** Probability that one more run is as far from the others as the published one; null: not run. */
  readonly p: number | null;
  /** p corrected for the number of figures (Holm). */
  readonly adjusted: number | null;
}

/** Fewest runs from which the spread of one more can be estimated. */
const minimumSeeds = 3;

/** Compares every published number with the runs over the seeds, under one reading. */
export function judgeNumbers(
  claims: readonly NumberClaim[],
  reading: Reading,
  planOf: PlanOf,
  records: Records,
  level: number,
): NumberEvidence[] {
  const judged = claims.filter((claim) => isJudged(claim, reading));
  const evidence = [];
  for (const claim of judged) {
    const { bySeed } = planOf(reading, claim);
    const values = [...bySeed.values()].map((cells) => quantityOf(claim, cells, records));
    const complete = values.length >= minimumSeeds && !values.includes(null);
    evidence.push({
      claim,
      reading,
      values,
      ...(complete
        ? judgeNumber(claim, values as number[], level)
        : { finite: null, interval: null, p: null }),
    });
  }
  return withAdjusted(evidence);
}

/** Judges one number. A value outside the domain of its statistic, such as a negative MSE, has p = 0. */
function judgeNumber(claim: NumberClaim, values: readonly number[], level: number) {
  const domain = domainOf(claim);
  const printed = printedInterval(claim);
  const interval = predictionInterval(values, level);
  const impossible = printed.high < domain.low || printed.low > domain.high;
  return {
    finite: shareOf(values, Number.isFinite),
    interval: { low: Math.max(interval.low, domain.low), high: Math.min(interval.high, domain.high) },
    p: impossible ? 0 : predictionPValue(values, printed.low, printed.high),
  };
}

/** Judges for each figure whether its numbers, taken together, could come from one more run. */
export function judgeFigures(evidence: readonly NumberEvidence[]): FigureEvidence[] {
  const figures = groupBy(evidence, ({ claim }) => claim.figure);
  const judged = [];
  for (const [figure, members] of figures) {
    if (figure === undefined) continue;
    const complete = members.every(({ p }) => p !== null);
    judged.push({
      figure,
      reading: members[0].reading,
      numbers: members.length,
      ...(complete ? judgeFigure(members) : { finite: null, p: null }),
    });
  }
  return withAdjusted(judged);
}

function judgeFigure(members: readonly NumberEvidence[]) {
  const runs = runsOf(members);
  const published = members.map(({ claim }) => printedInterval(claim));
  return {
    finite: shareOf(runs, (run) => run.every(Number.isFinite)),
    p: jointPValue(runs, published),
  };
}

/** The values of one figure, [seeds][numbers]. */
function runsOf(members: readonly NumberEvidence[]): number[][] {
  return members[0].values.map((_, seed) => members.map(({ values }) => values[seed] as number));
}

function shareOf<T>(runs: readonly T[], predicate: (run: T) => boolean): number {
  return runs.filter(predicate).length / runs.length;
}

function withAdjusted<T extends { p: number | null }>(
  judged: readonly T[],
): (T & { adjusted: number | null })[] {
  const adjusted = holm(judged.flatMap(({ p }) => p ?? []));
  let next = 0;
  return judged.map((evidence) => ({ ...evidence, adjusted: evidence.p === null ? null : adjusted[next++] }));
}
