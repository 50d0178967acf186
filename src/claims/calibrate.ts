import { setImmediate } from 'node:timers/promises';
import { createRng, permutation } from '../math/rng.ts';
import { groupBy } from '../output/group-by.ts';
import { type Cluster, clusteredShare } from '../stats/clustered-share.ts';
import { type FamilyJudgement, type FamilyRuns, type JudgeFamily, prepareFamily } from '../stats/family.ts';
import type { NumberClaim } from './claims.ts';
import { judgeValues, type NumberEvidence } from './judge-numbers.ts';
import { settledNumbers } from './looks.ts';
import { asPublished, plantedErrors } from './planted-errors.ts';
import { codeReading } from './readings.ts';

/** A number of the report with the runs of many seeds. */
export interface CalibrationNumber {
  readonly claim: NumberClaim;
  /** The numbers that it is counted with. */
  readonly group: string;
  /** How many runs judge it, at most, at each look. */
  readonly looks: readonly number[];
  /** [seeds] */
  readonly values: readonly number[];
  /** [seeds] Runs that differ in something else, by what it is; they play the report and never judge it. */
  readonly others: ReadonlyMap<string, readonly number[]>;
}

/** How often something was said of the reports of a kind. */
export interface CalibrationRow {
  readonly group: string;
  /** What was changed in the reports, or nothing. */
  readonly reports: string;
  /** By seed: how many of its reports were contradicted, an honest one in any number, else in what was changed. */
  readonly seeds: readonly Cluster[];
}

/** The group of all numbers. */
export const wholeReport = 'All numbers';
const honestReports = 'honest: another seed';

interface CalibrationOptions {
  readonly level: number;
  /** About how many errors of a kind are planted in a group, in different numbers of each seed's report. */
  readonly planted?: number;
  /** Called after each seed. */
  readonly onSeed?: (done: number, all: number) => void;
}

/**
 * Lets every seed's run play the report and judges it by the runs of the seeds after it (the first follow the last), by
 * the rule of `fys-nn verify` with all its looks. Then errors are planted in some of its numbers, one at a time, drawn
 * anew for each seed (`plantedErrors`); and whole figures are taken from the runs in `others`.
 *
 * A number that has fewer seeds is missing in the reports of the other seeds. Errors: a RangeError if
 * a number has no more seeds than its last look needs.
 */
export async function calibrate(
  numbers: readonly CalibrationNumber[],
  { level, planted = 400, onSeed = () => {} }: CalibrationOptions,
): Promise<CalibrationRow[]> {
  for (const { values, looks } of numbers) {
    const most = Math.max(...looks);
    if (values.length <= most)
      throw new RangeError(`${values.length} seeds are too few for a look at ${most}`);
  }
  const all = numbers.reduce((most, { values }) => Math.max(most, values.length), 0);
  const counts = counting();
  for (let seed = 0; seed < all; seed++) {
    const present = numbers.filter(({ values }) => seed < values.length);
    judgeSeed(present, seed, { level, planted }, (group, reports, contradicted) => {
      counts.add(group, reports, seed, contradicted);
    });
    onSeed(seed + 1, all);
    await setImmediate(); // lets Ctrl-C interrupt
  }
  return counts.rows();
}

/** How many reports were judged, how many contradicted, and the share with its interval. */
export function summaryOf({ seeds }: CalibrationRow, level: number) {
  const sum = (name: keyof Cluster) => seeds.reduce((total, cluster) => total + cluster[name], 0);
  return { count: sum('count'), contradicted: sum('successes'), ...clusteredShare(seeds, level) };
}

/** Counts one report of a seed. */
type Count = (group: string, reports: string, isContradicted: boolean) => void;

/** Judges all reports that one seed plays. */
function judgeSeed(
  numbers: readonly CalibrationNumber[],
  seed: number,
  { level, planted }: { readonly level: number; readonly planted: number },
  count: Count,
): void {
  const judge = judgeBySeedsAfter(numbers, seed, level);
  const honest = numbers.map(({ claim, values }) => asPublished(claim, values[seed]));
  const groups = groupBy(numbers.keys(), (index) => numbers[index].group);
  const contradicted = judge(honest); // first: the others start at the looks that it has needed
  count(wholeReport, honestReports, contradicted.some(Boolean));
  for (const [group, own] of groups) {
    if (groups.size > 1)
      count(
        group,
        honestReports,
        own.some((index) => contradicted[index]),
      );
  }
  for (const what of new Set(numbers.flatMap(({ others }) => [...others.keys()]))) {
    const replacing = numbers.map(({ others }) => others.get(what)?.[seed]);
    if (replacing.every((value) => value === undefined)) continue;
    const found = judge(
      honest.map((claim, index) =>
        replacing[index] === undefined ? claim : asPublished(claim, replacing[index]),
      ),
    );
    count(
      wholeReport,
      what,
      found.some((isFound, index) => isFound && replacing[index] !== undefined),
    );
  }
  for (const [index, own] of [...groups.values()].entries()) {
    const rng = createRng(seed, 'verdicts', index);
    // No more than a third of them, so that they differ between seeds.
    const most = Math.min(Math.ceil(planted / numbers[own[0]].values.length), Math.ceil(own.length / 3));
    for (const which of permutation(rng, own.length).slice(0, most)) {
      plantIn(own[which], rng.below(2) === 0 ? -1 : 1);
    }
  }
  function plantIn(index: number, sign: number): void {
    const { claim, group, values } = numbers[index];
    const neighbour = neighbourOf(numbers, index)?.values[seed] ?? null;
    for (const { name, change } of plantedErrors) {
      const value = change({ claim, value: values[seed], runs: values, neighbour, sign });
      if (value === null) continue;
      count(group, name, judge(honest.with(index, asPublished(claim, value)))[index]);
    }
  }
}

/**
 * Judges reports, [numbers], by the runs of the seeds after one; returns which numbers are contradicted in the end. The
 * first report begins at the first look, the others where the first has ended: they have more to settle.
 */
function judgeBySeedsAfter(numbers: readonly CalibrationNumber[], seed: number, level: number) {
  const judges = new Map<string, JudgeFamily>();
  const prepare = (name: string, runs: readonly FamilyRuns[]): JudgeFamily => {
    const judge = judges.get(name) ?? remembering(prepareFamily(runs));
    judges.set(name, judge);
    return judge;
  };
  let begin: Steps = new Map(numbers.map(({ claim, looks }) => [claim.experiment, { looks, step: 0 }]));
  let isFirst = true;
  return (report: readonly NumberClaim[]): boolean[] => {
    const steps = new Map(begin);
    for (;;) {
      const gathered = report.map((claim, i) => {
        const { values } = numbers[i];
        const { looks, step } = steps.get(claim.experiment)!;
        const runs = Array.from({ length: looks[step] }, (_, k) => values[(seed + 1 + k) % values.length]);
        return { claim, reading: codeReading, values: runs };
      });
      const { numbers: judged } = judgeValues(gathered, level, prepare);
      if (takeFurther(steps, judged)) continue;
      if (isFirst) begin = steps;
      isFirst = false;
      return judged.map(({ verdict }) => verdict === 'contradicted');
    }
  };
}

/** The look at which each experiment is. */
type Steps = Map<string, { readonly looks: readonly number[]; readonly step: number }>;

/** A judge that knows what it has said: a report with one error differs from the honest one in one family only. */
function remembering(judge: JudgeFamily): JudgeFamily {
  const said = new Map<string, FamilyJudgement>();
  return (published) => {
    const key = published.map(({ low, high }) => `${low} ${high}`).join();
    const judgement = said.get(key) ?? judge(published);
    said.set(key, judgement);
    return judgement;
  };
}

/** Moves experiments with an unsettled number to their next look; false if there is none. */
function takeFurther(steps: Steps, judged: readonly NumberEvidence[]): boolean {
  const unsettled = judged.filter(({ verdict }) => !settledNumbers.includes(verdict));
  const further = [...new Set(unsettled.map(({ claim }) => claim.experiment))].filter(
    (name) => steps.get(name)!.step < steps.get(name)!.looks.length - 1,
  );
  for (const name of further) {
    const { looks, step } = steps.get(name)!;
    steps.set(name, { looks, step: step + 1 });
  }
  return further.length > 0;
}

/** The next number of the same figure and statistic; null if there is none. */
function neighbourOf(numbers: readonly CalibrationNumber[], index: number): CalibrationNumber | null {
  const { claim } = numbers[index];
  const isNext = (other: CalibrationNumber, i: number) =>
    i > index && other.claim.figure === claim.figure && other.claim.statistic === claim.statistic;
  return numbers.find(isNext) ?? null;
}

/** Collects rows. */
function counting() {
  const rows = new Map<string, CalibrationRow & { readonly seeds: Cluster[] }>();
  const add = (group: string, reports: string, seed: number, isContradicted: boolean): void => {
    const key = JSON.stringify([group, reports]);
    const row = rows.get(key) ?? { group, reports, seeds: [] };
    rows.set(key, row);
    const { count, successes } = row.seeds[seed] ?? { count: 0, successes: 0 };
    row.seeds[seed] = { count: count + 1, successes: successes + Number(isContradicted) };
  };
  // A seed of which there is no such report has left a hole.
  return { add, rows: () => [...rows.values()].map((row) => ({ ...row, seeds: row.seeds.filter(Boolean) })) };
}
