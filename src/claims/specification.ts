import type { Records } from '../output/trials-table.ts';
import { greatest, least, mean, percentile, standardDeviation } from '../stats/describe.ts';
import { type Factorial, fractionalFactorial, mostFactors } from '../stats/factorial.ts';
import { midRanks } from '../stats/ranks.ts';
import { type Scale, scaleFor } from '../stats/scales.ts';
import { studentTQuantile } from '../stats/student-t.ts';
import { type VarianceShares, varianceShares } from '../stats/variance-shares.ts';
import { type Choice, choices, rowOf } from './choices.ts';
import {
  type Claim,
  type ConclusionClaim,
  type NumberClaim,
  printedInterval,
  quantitiesOf,
} from './claims.ts';
import { scaleOf } from './domain.ts';
import { judgeConclusions } from './judge-conclusions.ts';
import { quantityOf } from './quantity.ts';
import { codeReading, isAboutLibrary, isJudged, type PlanOf, type Reading, readingWith } from './readings.ts';

/** Claims that the same choices can affect, and the combinations of these choices under which they are looked at. */
export interface CurveGroup {
  readonly claims: readonly Claim[];
  readonly choices: readonly Choice[];
  readonly resolution: Factorial['resolution'];
  /** [runs][choices] */
  readonly switched: Factorial['runs'];
  /** [runs]: the program with the choices of each run changed. */
  readonly readings: readonly Reading[];
}

/** What a claim is worth under one combination of choices, called a specification. */
export interface Specification {
  readonly changed: readonly Choice[];
  /** [seeds]: the number, infinite where the run diverged, or 1 where a conclusion is true and 0 where not; null: not run. */
  readonly values: readonly (number | null)[];
  /** Median over the seeds; for a conclusion, the share of the seeds in which it is true. */
  readonly value: number | null;
  /** The smallest and the largest value of a seed. */
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: SpecificationVerdict;
}

/**
 * typical, unusual: whether the published number lies within the central part of one more run, at `level` (Student's t over the seeds,
 * not corrected for the number of claims or specifications). true, false: a conclusion is, in all seeds; mixed: in some.
 */
export const specificationVerdicts = [
  'typical',
  'unusual',
  'true',
  'mixed',
  'false',
  'undecided',
  'not run',
] as const;
export type SpecificationVerdict = (typeof specificationVerdicts)[number];

/** The specification curve of a claim: its value under every combination of the design. */
export interface Curve {
  readonly claim: Claim;
  readonly choices: readonly Choice[];
  readonly resolution: Factorial['resolution'];
  /** In the order of the design; the first is the program. */
  readonly specifications: readonly Specification[];
  /** What the variance is that of: a scale of the metric, ranks where runs diverge, or whether a conclusion is true. */
  readonly scale: string;
  /** Null: a record is missing. */
  readonly shares: VarianceShares | null;
}

/**
 * The claims that choices of the report can affect, grouped by these choices. Left out are claims about other libraries,
 * and those about the wording alone: the curve changes choices of the program.
 *
 * Choices of many experiments come first, so that groups have the same trials where they can.
 */
export function curveGroups(claims: readonly Claim[]): CurveGroup[] {
  const groups = new Map<string, { claims: Claim[]; choices: Choice[] }>();
  for (const claim of claims) {
    if (!isJudged(claim, codeReading) || isAboutLibrary(claim)) continue;
    // A claim that gives an option a value of its own leaves no choice of it.
    const isOpen = ({ option, experiments }: Choice) =>
      quantitiesOf(claim).some(
        ({ experiment, with: given = {} }) => experiments.includes(experiment) && !(option in given),
      );
    const own = choices.filter(isOpen);
    if (own.length === 0) continue;
    own.sort((a, b) => b.experiments.length - a.experiments.length || rowOf(b) - rowOf(a));
    const key = own.map(({ name }) => name).join();
    const group = groups.get(key) ?? { claims: [], choices: own.slice(0, mostFactors) };
    group.claims.push(claim);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => {
    const { runs, resolution } = fractionalFactorial(group.choices.length);
    const readings = runs.map((run) => readingWith(group.choices.filter((_, index) => run[index])));
    return { ...group, resolution, switched: runs, readings };
  });
}

/** The curves of a group's claims from the records of its plans. */
export async function curvesOf(
  group: CurveGroup,
  planOf: PlanOf,
  records: Records,
  level: number,
): Promise<Curve[]> {
  const conclusions = group.claims.filter((claim) => claim.kind === 'conclusion');
  const holds = new Map<string, (number | null)[][]>(conclusions.map(({ id }) => [id, []]));
  for (const reading of group.readings) {
    for (const evidence of await judgeConclusions(conclusions, reading, planOf, records, level)) {
      holds.get(evidence.claim.id)!.push(evidence.holds.map((held) => (held === null ? null : Number(held))));
    }
  }
  return group.claims.map((claim) => {
    const values =
      claim.kind === 'conclusion'
        ? holds.get(claim.id)!
        : group.readings.map((reading) =>
            [...planOf(reading, claim).bySeed.values()].map((cells) => quantityOf(claim, cells, records)),
          );
    return curveOf(claim, group, values, level);
  });
}

/** The curve of a claim from its values, [runs][seeds]. */
export function curveOf(
  claim: Claim,
  { choices: own, resolution, switched, readings }: Omit<CurveGroup, 'claims'>,
  values: readonly (readonly (number | null)[])[],
  level: number,
): Curve {
  const complete = values.every((row) => row.length > 0 && !row.includes(null));
  const scale = scaleOfClaim(claim, values);
  const scaled = (value: number) => (scale === null ? value : scale.forward(value));
  const specificationOf = claim.kind === 'number' ? numberSpecification : conclusionSpecification;
  return {
    claim,
    choices: own,
    resolution,
    specifications: readings.map(({ changed }, run) => ({
      changed,
      values: values[run],
      ...specificationOf(claim as NumberClaim & ConclusionClaim, values[run], scale, level),
    })),
    scale: claim.kind === 'conclusion' ? 'whether it is true' : (scale?.title ?? 'ranks'),
    shares: complete
      ? varianceShares(
          switched,
          scale === null
            ? midRanks(values as number[][])
            : (values as number[][]).map((row) => row.map(scaled)),
          level,
        )
      : null,
  };
}

/** The scale of the claim's metric; null where a run diverged, so that only the order of runs is known. */
function scaleOfClaim(claim: Claim, values: readonly (readonly (number | null)[])[]): Scale | null {
  const all = values.flat().filter((value) => value !== null);
  if (!all.every(Number.isFinite)) return null;
  return scaleFor(claim.kind === 'number' ? scaleOf(claim) : 'plain', all);
}

type Found = Omit<Specification, 'changed' | 'values'>;

const notRun: Found = { value: null, low: null, high: null, verdict: 'not run' };

function numberSpecification(
  claim: NumberClaim,
  values: readonly (number | null)[],
  scale: Scale | null,
  level: number,
): Found {
  if (values.length === 0 || values.includes(null)) return notRun;
  const sorted = (values as number[]).toSorted((a, b) => a - b);
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const found = { value: percentile(sorted, 50), low, high };
  const printed = printedInterval(claim);
  if (scale === null || !Number.isFinite(low + high)) {
    const inside = printed.high >= low && printed.low <= high;
    return { ...found, verdict: inside ? 'typical' : 'undecided' };
  }
  if (values.length < 3) return { ...found, verdict: 'undecided' };
  const runs = sorted.map(scale.forward);
  const n = runs.length;
  const reach = studentTQuantile((1 + level) / 2, n - 1) * standardDeviation(runs) * Math.sqrt(1 + 1 / n);
  const center = mean(runs);
  const [from, to] = [printed.low, printed.high].map(scale.forward);
  // Not "outside": an end of what was printed may lie outside of the scale, and is then NaN.
  const inside = !(from > center + reach) && !(to < center - reach);
  return { ...found, verdict: inside ? 'typical' : 'unusual' };
}

function conclusionSpecification(_claim: ConclusionClaim, values: readonly (number | null)[]): Found {
  if (values.length === 0 || values.includes(null)) return notRun;
  const held = values as number[];
  const share = mean(held);
  const verdict = share === 1 ? 'true' : share === 0 ? 'false' : 'mixed';
  return { value: share, low: least(held), high: greatest(held), verdict };
}

/** Whether a claim stands under a specification: the number is typical, the conclusion true in all seeds. */
export function standsUnder({ verdict }: Specification): boolean {
  return verdict === 'typical' || verdict === 'true';
}

/** In how many specifications a claim stands with a choice as in the program, and with it changed. */
export function standsBy(
  { specifications }: Curve,
  choice: Choice,
): { readonly program: number; readonly other: number } {
  const count = (changed: boolean) =>
    specifications.filter((one) => one.changed.includes(choice) === changed && standsUnder(one)).length;
  return { program: count(false), other: count(true) };
}
