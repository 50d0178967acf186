import { groupBy } from '../output/group-by.ts';
import type { Records } from '../output/trials-table.ts';
import { holm } from '../stats/holm.ts';
import { jointPValue } from '../stats/joint.ts';
import { predictionInterval, predictionPValue } from '../stats/prediction.ts';
import { type NumberClaim, printedInterval } from './claims.ts';
import { domainOf } from './domain.ts';
import { quantityOf } from './quantity.ts';
import { isJudged, type PlanOf, type Reading } from './readings.ts';

/** A published number under one reading: what the seeds' runs have for it. */
export interface NumberEvidence {
  readonly claim: NumberClaim;
  readonly reading: Reading;
  /** [seeds], in the seeds' order; infinite where the run diverged, null where a record is missing. */
  readonly values: readonly (number | null)[];
  /** Share of the runs that have a finite number; null: not run. */
  readonly finite: number | null;
  /** Where one further run would be, at the level of the verification, uncorrected. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** That one further run is as far out as the published number; null: not run. */
  readonly p: number | null;
  /** The same, corrected for the number of claims (Holm). */
  readonly adjusted: number | null;
}

/** The numbers of one figure, which come from one run, judged together. */
export interface FigureEvidence {
  readonly figure: string;
  readonly reading: Reading;
  readonly numbers: number;
  /** Share of the runs in which all of them are finite; null: not run. */
  readonly finite: number | null;
  readonly p: number | null;
  readonly adjusted: number | null;
}

/** Fewest runs that say anything of how one more would spread. */
const fewestSeeds = 3;

/** Sets every published number beside the runs of the seeds, under one reading. */
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
    const complete = values.length >= fewestSeeds && !values.includes(null);
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

/** Nothing lies beyond the bounds of its statistic: a negative MSE is no run's, and no interval reaches there. */
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

/** Asks of each figure whether its numbers, taken together, could be one more run. */
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

/** [seeds][numbers] of one figure. */
function runsOf(members: readonly NumberEvidence[]): number[][] {
  return members[0].values.map((_, seed) => members.map(({ values }) => values[seed] as number));
}

function shareOf<T>(runs: readonly T[], has: (run: T) => boolean): number {
  return runs.filter(has).length / runs.length;
}

function withAdjusted<T extends { p: number | null }>(
  judged: readonly T[],
): (T & { adjusted: number | null })[] {
  const adjusted = holm(judged.flatMap(({ p }) => p ?? []));
  let next = 0;
  return judged.map((evidence) => ({ ...evidence, adjusted: evidence.p === null ? null : adjusted[next++] }));
}
