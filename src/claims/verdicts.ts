import type { Experiment } from '../experiment/define.ts';
import { groupBy } from '../output/group-by.ts';
import type { Records } from '../output/trials-table.ts';
import type { Claim, ConclusionClaim, NumberClaim } from './claims.ts';
import { type ConclusionEvidence, judgeConclusions } from './judge-conclusions.ts';
import { type FigureEvidence, judgeFigures, judgeNumbers, type NumberEvidence } from './judge-numbers.ts';
import { isAsked, type PlanOf, type Reading, type Seeds } from './readings.ts';

export const verdicts = [
  'holds',
  'underspecified',
  'depends on the seed',
  'contradicted',
  'not run',
] as const;
export type Verdict = (typeof verdicts)[number];

/** What the readings say of one claim or figure. */
export interface Judged<Subject, Evidence> {
  readonly subject: Subject;
  /** One a reading under which it was judged: the program's first. */
  readonly evidence: readonly Evidence[];
  readonly verdict: Verdict;
  /** The verdict under each reading of the whole report. */
  readonly byReading: Readonly<Record<string, Verdict>>;
  /** The readings under which it holds, where the verdict is not the same under all of them. */
  readonly holdsUnder: readonly string[];
}

/** What one verification found. */
export interface Verification {
  readonly level: number;
  readonly seeds: Seeds;
  readonly readings: readonly Reading[];
  readonly numbers: readonly Judged<NumberClaim, NumberEvidence>[];
  readonly figures: readonly Judged<string, FigureEvidence>[];
  readonly conclusions: readonly Judged<ConclusionClaim, ConclusionEvidence>[];
}

/**
 * A conclusion holds where at least this share of the seeds has it, and is contradicted at the opposite share. A number
 * has to be finite in as many: what no run has, since they diverge, does not hold because nothing speaks against it.
 */
const mostSeeds = 0.9;

/** Judges every claim under every reading; a claim that none of them is asked of is left out. */
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
  const claims = all.filter((claim) => isAsked(claim, readings));
  const numberClaims = claims.filter((claim) => claim.kind === 'number');
  const conclusionClaims = claims.filter((claim) => claim.kind === 'conclusion');
  for (const reading of readings) {
    const judged = judgeNumbers(numberClaims, reading, planOf, records, level);
    numbers.push(...judged);
    figures.push(...judgeFigures(judged));
    conclusions.push(...(await judgeConclusions(conclusionClaims, reading, planOf, records, level)));
  }
  const byP = ({ adjusted, finite }: { adjusted: number | null; finite: number | null }): Verdict =>
    adjusted !== null && adjusted < 1 - level ? 'contradicted' : byShare({ share: finite });
  const ofClaim = groupBy(numbers, ({ claim }) => claim);
  const ofFigure = groupBy(figures, ({ figure }) => figure);
  const ofConclusion = groupBy(conclusions, ({ claim }) => claim);
  return {
    level,
    seeds,
    readings,
    numbers: numberClaims.map((claim) => combine(claim, ofClaim.get(claim) ?? [], byP)),
    figures: [...ofFigure].map(([name, evidence]) => combine(name, evidence, byP)),
    conclusions: conclusionClaims.map((claim) => combine(claim, ofConclusion.get(claim) ?? [], byShare)),
  };
}

/** The verdict under one reading. */
export function byShare({ share }: { share: number | null }): Verdict {
  if (share === null) return 'not run';
  if (share >= mostSeeds) return 'holds';
  return share <= 1 - mostSeeds + 1e-12 ? 'contradicted' : 'depends on the seed';
}

/** Whether evidence is of a reading of the whole report, its program or its wording, and not of one changed choice. */
export function isWhole({ reading }: { readonly reading: Reading }): boolean {
  return reading.experiments === null;
}

/** Missing is never a pass; what holds under one of the report's readings only is underspecified. */
function combine<Subject, Evidence extends { reading: Reading }>(
  subject: Subject,
  evidence: readonly Evidence[],
  judge: (evidence: Evidence) => Verdict,
): Judged<Subject, Evidence> {
  const whole = evidence.filter(isWhole);
  const byReading = Object.fromEntries(whole.map((one) => [one.reading.name, judge(one)]));
  const each = Object.values(byReading);
  const found = new Set(each);
  const holdsUnder = evidence.filter((one) => judge(one) === 'holds').map(({ reading }) => reading.name);
  const verdict =
    whole.length === 0 || found.has('not run') ? 'not run' : found.size === 1 ? [...found][0] : mixed(each);
  return { subject, evidence, verdict, byReading, holdsUnder };
}

/** The readings disagree. */
function mixed(found: readonly Verdict[]): Verdict {
  return found.includes('holds') ? 'underspecified' : 'depends on the seed';
}

/** The experiments of claims that do not simply hold: where a single changed choice may recover a number. */
export function experimentsInDoubt(
  { numbers, conclusions }: Verification,
  experiments: readonly Experiment[],
): Experiment[] {
  const doubtful = new Set([
    ...numbers.filter(({ verdict }) => verdict !== 'holds').map(({ subject }) => subject.experiment),
    ...conclusions
      .filter(({ verdict }) => verdict !== 'holds')
      .flatMap(({ subject }) => Object.values(subject.quantities).map(({ experiment }) => experiment)),
  ]);
  return experiments.filter(({ name }) => doubtful.has(name));
}

/** How many numbers of each figure hold under some readings only: the figure's name, the readings, the count. */
export function underspecifiedNumbers({
  numbers,
}: Verification): { where: string; readings: string; count: number }[] {
  const groups = new Map<string, { where: string; readings: string; count: number }>();
  for (const { subject, verdict, holdsUnder } of numbers) {
    if (verdict !== 'underspecified') continue;
    const where = subject.figure ?? subject.where;
    const readings = holdsUnder.join(', ');
    const key = JSON.stringify([where, readings]);
    const group = groups.get(key) ?? { where, readings, count: 0 };
    groups.set(key, { ...group, count: group.count + 1 });
  }
  return [...groups.values()];
}
