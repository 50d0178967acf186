import type { Experiment } from '../experiment/define.ts';
import { groupBy } from '../output/group-by.ts';
import type { Records } from '../output/trials-table.ts';
import type { Claim, ConclusionClaim, NumberClaim } from './claims.ts';
import { type ConclusionEvidence, judgeConclusions } from './judge-conclusions.ts';
import { type FigureEvidence, judgeNumbers, type NumberEvidence } from './judge-numbers.ts';
import {
  codeReading,
  isAboutLibrary,
  isJudged,
  isJudgedByAny,
  type PlanOf,
  type Reading,
  type Seeds,
} from './readings.ts';
import type { Ended } from './unfinished.ts';
import { combinedVerdict, stands, type Verdict } from './words.ts';

export { type Verdict, verdicts } from './words.ts';

/** The verdict on one claim or figure, and its evidence. */
export interface Judged<Subject, Evidence> {
  readonly subject: Subject;
  /** One entry per reading under which it was judged, the program first. */
  readonly evidence: readonly Evidence[];
  readonly verdict: Verdict;
  /** The verdict under each reading of the whole report. */
  readonly byReading: Readonly<Record<string, Verdict>>;
  /** The readings under which it holds. */
  readonly holdsUnder: readonly string[];
}

/** A file of runs that another program made. */
export interface RunsSource {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  /** The command that judges by it. */
  readonly command: string;
}

/** The result of one verification. */
export interface Verification {
  readonly level: number;
  /** The longest list of seeds, by dataset or, for runs of another program, by the name of their file. */
  readonly seeds: Readonly<Record<string, readonly (number | string)[]>>;
  /** The file of these runs; left out for runs of this program. */
  readonly runs?: RunsSource;
  readonly readings: readonly Reading[];
  readonly numbers: readonly Judged<NumberClaim, NumberEvidence>[];
  readonly figures: readonly Judged<string, FigureEvidence>[];
  readonly conclusions: readonly Judged<ConclusionClaim, ConclusionEvidence>[];
  /** Why it has fewer seeds than its claims call for; absent where it has all of them. */
  readonly ended?: Ended;
}

/** Judges every claim under every reading. Leaves out claims that are not judged under any of them. */
export async function verify(
  all: readonly Claim[],
  readings: readonly Reading[],
  planOf: PlanOf,
  records: Records,
  { level, seeds }: { level: number; seeds: Seeds },
): Promise<Verification> {
  const numbers: NumberEvidence[] = [];
  const figures: FigureEvidence[] = [];
  const conclusions: ConclusionEvidence[] = [];
  const claims = all.filter((claim) => isJudgedByAny(claim, readings));
  const numberClaims = claims.filter((claim) => claim.kind === 'number');
  const conclusionClaims = claims.filter((claim) => claim.kind === 'conclusion');
  for (const reading of readings) {
    const judged = judgeNumbers(numberClaims, reading, planOf, records, level);
    numbers.push(...judged.numbers);
    figures.push(...judged.figures);
    conclusions.push(...(await judgeConclusions(conclusionClaims, reading, planOf, records, level)));
  }
  // A file of claims may be about one reading only.
  const judging = readings.filter((reading) => claims.some((claim) => isJudged(claim, reading)));
  return verificationOf(claims, judging, { numbers, figures, conclusions }, { level, seeds });
}

/** Puts together what was found under each reading. */
export function verificationOf(
  claims: readonly Claim[],
  readings: readonly Reading[],
  found: {
    readonly numbers: readonly NumberEvidence[];
    readonly figures: readonly FigureEvidence[];
    readonly conclusions: readonly ConclusionEvidence[];
  },
  basis: Pick<Verification, 'level' | 'seeds' | 'runs'>,
): Verification {
  const byClaim = groupBy(found.numbers, ({ claim }) => claim);
  const byFigure = groupBy(found.figures, ({ figure }) => figure);
  const byConclusion = groupBy(found.conclusions, ({ claim }) => claim);
  return {
    ...basis,
    readings,
    numbers: claims
      .filter((claim) => claim.kind === 'number')
      .map((claim) => combine(claim, byClaim.get(claim) ?? [])),
    figures: [...byFigure].map(([name, evidence]) => combine(name, evidence)),
    conclusions: claims
      .filter((claim) => claim.kind === 'conclusion')
      .map((claim) => combine(claim, byConclusion.get(claim) ?? [])),
  };
}

/** Whether the evidence comes from a reading of the whole report and not from one changed choice. */
export function isWhole({ reading }: { readonly reading: Reading }): boolean {
  return reading.changed.length === 0;
}

function combine<Subject, Evidence extends { reading: Reading; verdict: Verdict }>(
  subject: Subject,
  evidence: readonly Evidence[],
): Judged<Subject, Evidence> {
  const whole = evidence.filter(isWhole);
  return {
    subject,
    evidence,
    verdict: combinedVerdict(whole.map(({ verdict }) => verdict)),
    byReading: Object.fromEntries(whole.map(({ reading, verdict }) => [reading.name, verdict])),
    holdsUnder: evidence.filter(({ verdict }) => stands(verdict)).map(({ reading }) => reading.name),
  };
}

/** The experiments with claims that do not hold, for which changing a single choice may recover a number. */
export function experimentsInDoubt(
  { numbers, conclusions }: Verification,
  experiments: readonly Experiment[],
): Experiment[] {
  const doubtful = new Set([
    ...numbers.filter(({ verdict }) => !stands(verdict)).map(({ subject }) => subject.experiment),
    ...conclusions
      .filter(({ verdict }) => !stands(verdict))
      .flatMap(({ subject }) => Object.values(subject.quantities).map(({ experiment }) => experiment)),
  ]);
  return experiments.filter(({ name }) => doubtful.has(name));
}

/**
 * The readings to name for a claim: those of the whole report under which it stands and, if its program is not among them,
 * the single changed choices that recover it.
 */
export function namedReadings({ evidence }: Judged<unknown, JudgedEvidence>): string[] {
  const standing = evidence.filter(({ verdict }) => stands(verdict));
  const isRecovered = !standing.some(({ reading }) => reading.name === codeReading.name);
  return standing.filter((one) => isWhole(one) || isRecovered).map(({ reading }) => reading.name);
}

/** The single changed choices under which a claim stands that stands under no reading of the whole report. */
export function recoveringChoices({ evidence }: Judged<unknown, JudgedEvidence>): string[] {
  const standing = evidence.filter(({ verdict }) => stands(verdict));
  return standing.some(isWhole) ? [] : standing.map(({ reading }) => reading.name);
}

type JudgedEvidence = { readonly reading: Reading; readonly verdict: Verdict };

/** The claims that are judged under whole readings only: those about other libraries. Empty if no choice is changed. */
export function withoutChoices({ readings, numbers, conclusions }: Verification): string[] {
  if (readings.every(({ changed }) => changed.length === 0)) return [];
  return [...numbers, ...conclusions].flatMap(({ subject }) => (isAboutLibrary(subject) ? subject.id : []));
}

/** Counts, for each figure, the numbers that hold under some readings only, grouped by those readings. */
export function underspecifiedNumbers({
  numbers,
}: Verification): { where: string; readings: string; count: number }[] {
  const groups = new Map<string, { where: string; readings: string; count: number }>();
  for (const judged of numbers) {
    const { subject, verdict } = judged;
    if (verdict !== 'underspecified') continue;
    const where = subject.figure ?? subject.where;
    const readings = namedReadings(judged).join(', ');
    const key = JSON.stringify([where, readings]);
    const group = groups.get(key) ?? { where, readings, count: 0 };
    groups.set(key, { ...group, count: group.count + 1 });
  }
  return [...groups.values()];
}
