import { counted } from '../errors.ts';
import type { ConclusionClaim, NumberClaim } from './claims.ts';
import { conclusionDistance, conclusionSureness } from './explain-conclusion.ts';
import { numberDistance, numberSureness } from './explain-number.ts';
import type { ConclusionEvidence } from './judge-conclusions.ts';
import type { FigureEvidence, NumberEvidence } from './judge-numbers.ts';
import { runsReading } from './readings.ts';
import { deviationsText, pValueText, valueText, zText } from './verdict-text.ts';
import { isWhole, type Judged, type Verification } from './verdicts.ts';
import { stands, type Verdict, verdictMeanings } from './words.ts';

/** What is said about a claim or a figure: what was claimed, what was run, how far apart they are, how sure that is. */
export interface Explanation {
  /** The id of a claim or the name of a figure. */
  readonly id: string;
  readonly verdict: Verdict;
  readonly paragraphs: readonly Paragraph[];
  /** The claims that the commands to repeat it are about. */
  readonly claims: readonly (NumberClaim | ConclusionClaim)[];
  /** How many seeds it has under each reading. */
  readonly seeds: readonly { readonly reading: string; readonly count: number }[];
}

export interface Paragraph {
  readonly text: string;
  /** The runs behind it, to be drawn; one entry for each reading. */
  readonly runs: readonly Runs[];
}

/** The runs of a number with its published value, or the seeds in which a conclusion is true. */
export type Runs =
  | {
      readonly reading: string;
      readonly values: readonly number[];
      readonly published: number;
      readonly scale: string;
    }
  | { readonly reading: string; readonly holds: readonly boolean[] };

/** Contradicted numbers of a figure that are named, at most. */
const mostNamed = 5;

/** Explains what the text names: the id of a claim, a figure, or the beginning of figures' names. Empty: it names nothing. */
export function explain(verification: Verification, text: string): Explanation[] {
  const { numbers, conclusions, figures } = verification;
  const number = numbers.find(({ subject }) => subject.id === text);
  if (number !== undefined) return [explainNumber(number, verification.level)];
  const conclusion = conclusions.find(({ subject }) => subject.id === text);
  if (conclusion !== undefined) return [explainConclusion(conclusion, verification.level)];
  const plain = (name: string) => name.trim().toLowerCase();
  const same = figures.filter(({ subject }) => plain(subject) === plain(text));
  // "Figure 1" is not the beginning of "Figure 10".
  const begins = (subject: string) =>
    plain(subject).startsWith(plain(text)) && !/^\w/.test(plain(subject).slice(plain(text).length));
  const found =
    same.length > 0 || plain(text) === '' ? same : figures.filter(({ subject }) => begins(subject));
  return found.map((figure) => explainFigure(figure, verification));
}

/** Everything that `explain` takes. */
export function explainable({ numbers, conclusions, figures }: Verification): string[] {
  return [
    ...[...numbers, ...conclusions].map(({ subject }) => subject.id),
    ...figures.map(({ subject }) => subject),
  ];
}

function explainNumber(
  { subject, evidence, ...judged }: Judged<NumberClaim, NumberEvidence>,
  level: number,
): Explanation {
  const claimed = `The report says (${subject.where}): ${subject.says}: ${valueText(subject.value)}.`;
  return explained(claimed, subject.id, [subject], evidence, judged, {
    count: ({ values }) => values.length,
    distance: numberDistance,
    sureness: (one) => numberSureness(one, level),
    runs: ({ reading, values, found }) => ({
      ...{ reading: reading.name, published: subject.value, scale: found?.scale ?? '' },
      values: values.filter((value) => value !== null),
    }),
  });
}

function explainConclusion(
  { subject, evidence, ...judged }: Judged<ConclusionClaim, ConclusionEvidence>,
  level: number,
): Explanation {
  const claimed = `The report concludes (${subject.where}): ${subject.says}.`;
  return explained(claimed, subject.id, [subject], evidence, judged, {
    count: ({ holds }) => holds.length,
    distance: conclusionDistance,
    sureness: (one) => conclusionSureness(one, level),
    runs: ({ reading, holds }) => ({
      reading: reading.name,
      holds: holds.filter((held) => held !== null),
    }),
  });
}

function explainFigure(
  { subject, evidence, ...judged }: Judged<string, FigureEvidence>,
  { numbers }: Verification,
): Explanation {
  const members = numbers.filter((number) => number.subject.figure === subject);
  const claims = members.map((number) => number.subject);
  const claimed = `The report has ${counted(claims.length, 'number')} from one run in ${subject}.`;
  const of = ({ reading }: FigureEvidence) =>
    members.flatMap((number) => number.evidence.filter((one) => one.reading.name === reading.name));
  return explained(claimed, subject, claims, evidence, judged, {
    count: (one) => of(one)[0]?.values.length ?? 0,
    distance: (one) => {
      const zs = of(one).flatMap(({ claim, found }) =>
        found === null ? [] : { claim, z: Number.isNaN(found.z) ? 0 : found.z },
      );
      const [farthest] = zs.sort((a, b) =>
        Math.abs(b.z) === Math.abs(a.z) ? 0 : Math.abs(b.z) - Math.abs(a.z),
      );
      if (farthest === undefined) return 'a record is missing';
      const { id } = farthest.claim;
      if (!Number.isFinite(farthest.z))
        return `the farthest of them, ${id}, is unlike all runs, which are equal`;
      return `the farthest of them, ${id}, lies ${zText(Math.abs(farthest.z))} ${deviationsText(farthest.claim)} ${farthest.z < 0 ? 'below' : 'above'} the mean of ${one.reading.name === runsReading.name ? 'the runs' : 'ours'}`;
    },
    sureness: (one) => {
      const ids = of(one).flatMap(({ claim, verdict }) => (verdict === 'contradicted' ? claim.id : []));
      const more = ids.length > mostNamed ? `, and ${ids.length - mostNamed} more` : '';
      const named = `${ids.slice(0, mostNamed).join(', ')}${more}`;
      const which =
        ids.length === 0 ? 'no number of it is contradicted' : `${named} could not come from one more run`;
      return `${which} (p = ${pValueText(one.adjusted)} for a farthest number so far out, allowing for the other figures)`;
    },
    runs: () => null,
  });
}

/** How the evidence of one reading is put into words. */
interface Wording<Evidence> {
  readonly count: (evidence: Evidence) => number;
  /** A clause that says how far apart the report and our runs are. */
  readonly distance: (evidence: Evidence) => string;
  /** A clause that says how sure the verdict is. */
  readonly sureness: (evidence: Evidence) => string;
  readonly runs: (evidence: Evidence) => Runs | null;
}

const readingTexts: Readonly<Record<string, string>> = {
  code: "as the report's program does it (code)",
  text: 'as its text describes it (text)',
};

/**
 * One paragraph if the verdict is the same under all readings of the report, otherwise one for each. The last sentence,
 * which names the commands, is added where these are known.
 */
function explained<Evidence extends Parameters<typeof isWhole>[0] & { verdict: Verdict }>(
  claimed: string,
  id: string,
  claims: readonly (NumberClaim | ConclusionClaim)[],
  evidence: readonly Evidence[],
  { verdict, holdsUnder }: Pick<Judged<unknown, unknown>, 'verdict' | 'holdsUnder'>,
  wording: Wording<Evidence>,
): Explanation {
  const whole = evidence.filter(isWhole);
  const { count, distance, sureness } = wording;
  const howRun = (one: Evidence) =>
    `with ${counted(count(one), 'seed')} ${readingTexts[one.reading.name] ?? `under ${one.reading.name}`}`;
  const ranText = (members: readonly Evidence[]) =>
    members[0].reading.name === runsReading.name
      ? `It is judged by ${counted(count(members[0]), 'run')} of another program.`
      : `It was run again ${members.map(howRun).join(' and ')}.`;
  const runsOf = (members: readonly Evidence[]) => members.map(wording.runs).filter((runs) => runs !== null);
  const agrees = new Set(whole.map((one) => one.verdict)).size === 1;
  const parts = agrees ? [whole] : whole.map((one) => [one]);
  const named = (one: Evidence, text: string) => (whole.length > 1 ? `${one.reading.name}: ${text}` : text);
  const paragraphs = parts.map((members, index) => ({
    text: [
      ...(index === 0 ? [claimed] : []),
      ranText(members),
      `${sentence(members.map((one) => (agrees ? named(one, distance(one)) : distance(one))).join('; '))}.`,
      `${verdictClauses[members[0].verdict]}: ${members.map((one) => (agrees ? named(one, sureness(one)) : sureness(one))).join('; ')}.`,
    ].join(' '),
    runs: runsOf(members),
  }));
  const closing = closingText(verdict, agrees, claims, holdsUnder, whole);
  return {
    ...{ id, verdict, claims },
    paragraphs: closing === '' ? paragraphs : [...paragraphs, { text: closing, runs: [] }],
    seeds: whole.map((one) => ({ reading: one.reading.name, count: count(one) })),
  };
}

/** What the readings together say, which single changes of the program recover it, and its cause, where it has them. */
function closingText(
  verdict: Verdict,
  agrees: boolean,
  claims: readonly (NumberClaim | ConclusionClaim)[],
  holdsUnder: readonly string[],
  whole: readonly { reading: { name: string } }[],
): string {
  const changes = holdsUnder.filter((name) => whole.every(({ reading }) => reading.name !== name));
  const cause = claims.length === 1 && !stands(verdict) ? claims[0].cause : undefined;
  return [
    ...(agrees ? [] : [`Together: ${verdict}, ${verdictMeanings[verdict]}.`]),
    ...(stands(verdict) || changes.length === 0
      ? []
      : [`It stands with one choice changed: ${changes.join(', ')}.`]),
    ...(cause === undefined ? [] : [`Why: ${cause.text}`]),
    ...(cause?.command === undefined ? [] : [`Shown by: ${cause.command}`]),
  ].join(' ');
}

/** The verdict as the beginning of a sentence. */
const verdictClauses: Readonly<Record<Verdict, string>> = {
  typical: 'So it is typical',
  unusual: 'So it is unusual',
  holds: 'So it holds',
  'holds, but negligible': 'So it holds, but negligibly',
  underspecified: 'So it is underspecified',
  'depends on the seed': 'So it depends on the seed',
  undecided: 'So it is undecided',
  contradicted: 'So it is contradicted',
  'not run': 'So it was not run',
};

function sentence(text: string): string {
  return /^(code|text):/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
