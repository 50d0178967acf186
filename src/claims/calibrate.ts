import { createRng, type Rng } from '../math/rng.ts';
import { groupBy } from '../output/group-by.ts';
import { standardDeviation } from '../stats/describe.ts';
import type { JudgeFamily } from '../stats/family.ts';
import { scaleFor } from '../stats/scales.ts';
import { wilsonInterval } from '../stats/wilson.ts';
import type { NumberClaim } from './claims.ts';
import { scaleOf } from './domain.ts';
import { judgeValues, type NumberEvidence } from './judge-numbers.ts';
import { looks, settledNumbers } from './looks.ts';
import { codeReading } from './readings.ts';

/** A number of the report with the runs of many seeds, and with those under the other reading where they are known. */
export interface CalibrationNumber {
  readonly claim: NumberClaim;
  /** [seeds] */
  readonly values: readonly number[];
  readonly other: readonly number[] | null;
}

/** How often something was said of the reports of a kind. */
export interface CalibrationRow {
  /** What was changed in the reports, or nothing. */
  readonly reports: string;
  readonly count: number;
  /** How many of them were contradicted in any number; for a planted number, in that number. */
  readonly contradicted: number;
}

const shifts = [3, 4, 6, 8];

/**
 * Lets every seed's run play the report and judges it by the runs of the seeds after it (the first follow the last), by
 * the rule of `fys-nn verify` with all its looks. Then errors are planted in that run: one number, drawn anew for each
 * seed, is shifted by k standard deviations of one run on its scale, or has its two digits swapped, or is replaced by its
 * neighbour in the figure; or a whole figure is taken from the other reading.
 *
 * Errors: a RangeError if there are fewer seeds than the last look needs and one more.
 */
export function calibrate(numbers: readonly CalibrationNumber[], level: number): CalibrationRow[] {
  const seeds = numbers[0].values.length;
  const most = Math.max(...looks.cheap);
  if (seeds <= most) throw new RangeError(`${seeds} seeds are too few for a look at ${most}`);
  const rows = new Map<string, { count: number; contradicted: number }>();
  const count = (reports: string, isContradicted: boolean) => {
    const row = rows.get(reports) ?? { count: 0, contradicted: 0 };
    rows.set(reports, { count: row.count + 1, contradicted: row.contradicted + Number(isContradicted) });
  };
  for (let seed = 0; seed < seeds; seed++) {
    const judge = judgeBySeedsAfter(numbers, seed, level);
    const honest = numbers.map(({ claim, values }) => asPublished(claim, values[seed]));
    const withOne = (index: number, claim: NumberClaim) =>
      honest.map((own, i) => (i === index ? claim : own));
    count('honest: another seed', judge(honest).some(Boolean));
    const rng = createRng(seed, 'verdicts', 1);
    const index = rng.below(numbers.length);
    const { claim, values } = numbers[index];
    const sign = rng.below(2) === 0 ? -1 : 1;
    for (const shift of shifts) {
      const value = shifted(claim, values, values[seed], sign * shift);
      count(`one number shifted by ${shift} sd`, judge(withOne(index, asPublished(claim, value)))[index]);
    }
    const swapped = withDigitsSwapped(honest, rng);
    if (swapped !== null) {
      count(
        'the two digits of one number swapped',
        judge(withOne(swapped.index, swapped.claim))[swapped.index],
      );
    }
    const neighbour = neighbourOf(numbers, index);
    if (neighbour !== null) {
      const value = numbers[neighbour].values[seed];
      count('one number replaced by its neighbour', judge(withOne(index, asPublished(claim, value)))[index]);
    }
    for (const [figure, members] of groupBy(numbers, ({ claim: { figure } }) => figure)) {
      if (figure === undefined || members.some(({ other }) => other === null)) continue;
      const replaced = numbers.map(({ claim: own, values: ours, other }) =>
        asPublished(own, own.figure === figure ? other![seed] : ours[seed]),
      );
      count(`${figure} from the other reading`, judge(replaced).some(Boolean));
    }
  }
  return [...rows].map(([reports, row]) => ({ reports, ...row }));
}

/** The share that is contradicted, with its Wilson interval. */
export function shareOf({ count, contradicted }: CalibrationRow, level: number) {
  return { share: contradicted / count, ...wilsonInterval(contradicted, count, level) };
}

/** Judges reports, [numbers], by the runs of the seeds after one; returns which numbers are contradicted in the end. */
function judgeBySeedsAfter(numbers: readonly CalibrationNumber[], seed: number, level: number) {
  const prepared = new Map<string, JudgeFamily>();
  return (report: readonly NumberClaim[]): boolean[] => {
    const steps = new Map(report.map(({ experiment }) => [experiment, 0]));
    for (;;) {
      const gathered = report.map((claim, i) => {
        const { values } = numbers[i];
        const runs = looks.cheap[steps.get(claim.experiment)!];
        return {
          claim,
          reading: codeReading,
          values: Array.from({ length: runs }, (_, k) => values[(seed + 1 + k) % values.length]),
        };
      });
      const { numbers: judged } = judgeValues(gathered, level, prepared);
      if (!takeFurther(steps, judged)) return judged.map(({ verdict }) => verdict === 'contradicted');
    }
  };
}

/** Moves experiments with an unsettled number to their next look; false if there is none. */
function takeFurther(steps: Map<string, number>, judged: readonly NumberEvidence[]): boolean {
  const unsettled = judged.filter(({ verdict }) => !settledNumbers.includes(verdict));
  const experiments = new Set(unsettled.map(({ claim }) => claim.experiment));
  const further = [...experiments].filter((name) => steps.get(name)! < looks.cheap.length - 1);
  for (const name of further) steps.set(name, steps.get(name)! + 1);
  return further.length > 0;
}

/** The claim with this value, rounded as the report's number is. */
function asPublished(claim: NumberClaim, value: number): NumberClaim {
  const { significantDigits } = claim;
  if (!Number.isFinite(value)) return { ...claim, value: Number.MAX_VALUE / 2 };
  return {
    ...claim,
    value: significantDigits === undefined ? value : Number(value.toPrecision(significantDigits)),
  };
}

function shifted(claim: NumberClaim, runs: readonly number[], value: number, deviations: number): number {
  const scale = scaleFor(scaleOf(claim), runs);
  const spread = standardDeviation(runs.map(scale.forward));
  return scale.back(scale.forward(value) + deviations * spread);
}

/** A number of two different digits, drawn at random, with these swapped: 0.053 becomes 0.035. */
function withDigitsSwapped(
  report: readonly NumberClaim[],
  rng: Rng,
): { index: number; claim: NumberClaim } | null {
  const start = rng.below(report.length);
  for (let k = 0; k < report.length; k++) {
    const index = (start + k) % report.length;
    const claim = report[index];
    if (claim.significantDigits !== 2) continue;
    const [, first, second, exponent] = /^-?(\d)\.(\d)e(.*)$/.exec(claim.value.toExponential(1)) ?? [];
    if (first === second || first === undefined) continue;
    const value = Math.sign(claim.value) * Number(`${second}.${first}e${exponent}`);
    return { index, claim: { ...claim, value } };
  }
  return null;
}

/** The next number of the same figure and statistic; null if there is none. */
function neighbourOf(numbers: readonly CalibrationNumber[], index: number): number | null {
  const { claim } = numbers[index];
  const next = numbers.findIndex(
    (other, i) =>
      i > index && other.claim.figure === claim.figure && other.claim.statistic === claim.statistic,
  );
  return next < 0 ? null : next;
}
