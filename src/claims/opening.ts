import { counted } from '../errors.ts';
import { groupBy } from '../output/group-by.ts';
import { significantText } from '../stats/significant.ts';
import type { Cause } from './claims.ts';
import type { ConclusionEvidence } from './judge-conclusions.ts';
import type { NumberEvidence } from './judge-numbers.ts';
import { runsReading } from './readings.ts';
import { endedText } from './unfinished.ts';
import { effectUnit } from './unit.ts';
import { deviationsText, valueText, zText } from './verdict-text.ts';
import { isWhole, type Verification } from './verdicts.ts';
import { stands, type Verdict, verdicts } from './words.ts';

/** What holds and what does not, on how many seeds, in plain sentences. */
export function openingSentences(verification: Verification): string[] {
  const { conclusions, numbers, readings } = verification;
  const judged = [...conclusions, ...numbers]
    .map(({ verdict }) => verdict)
    .filter((verdict) => verdict !== 'not run');
  return [
    ...(conclusions.length === 0 ? [] : [countsSentence(conclusions, 'conclusion', conclusionPhrases)]),
    ...(numbers.length === 0
      ? []
      : [
          countsSentence(
            numbers,
            'published number',
            isGiven(readings[0]?.name) ? givenPhrases : numberPhrases,
          ),
        ]),
    ...(judged.length > 0 && judged.every((verdict) => verdict !== 'contradicted')
      ? ['Nothing is contradicted.']
      : []),
    seedsSentence(verification),
    ...(verification.ended === undefined ? [] : [endedText(verification.ended)]),
  ];
}

/** How many conclusions hold and how many numbers are typical, for the head of a page. */
export function standingCounts({ conclusions, numbers }: Verification): [string, string][] {
  const count = (title: string, judged: readonly { verdict: Verdict }[]): [string, string][] => {
    const standing = judged.filter(({ verdict }) => stands(verdict)).length;
    const against = judged.filter(({ verdict }) => verdict === 'contradicted').length;
    const text = `${standing} of ${judged.length}; ${against === 0 ? 'none' : against} contradicted`;
    return judged.length === 0 ? [] : [[title, text]];
  };
  return [...count('conclusions that hold', conclusions), ...count('numbers that are typical', numbers)];
}

/** A reading of the report as readers know it. */
export function readingTitle(name: string): string {
  return { code: 'the program', text: 'the wording' }[name] ?? name;
}

/** What is said of the claims with a verdict, for one and for several. */
type Phrases = Partial<Record<Verdict, readonly [string, string]>>;
const shared: Phrases = {
  contradicted: ['is contradicted', 'are contradicted'],
  undecided: ['is undecided', 'are undecided'],
  'not run': ['was not run', 'were not run'],
};
const conclusionPhrases: Phrases = {
  holds: ['holds', 'hold'],
  'holds, but negligible': ['holds by a negligible difference', 'hold by a negligible difference'],
  ...shared,
  'depends on the seed': ['depends on the seed', 'depend on the seed'],
  underspecified: ['holds under one reading only', 'hold under one reading only'],
};
const numberPhrases: Phrases = {
  typical: ['is typical of our runs', 'are typical of our runs'],
  unusual: ['is unusual', 'are unusual'],
  ...shared,
  underspecified: ['fits one reading only', 'fit one reading only'],
};

/** The same of numbers that are judged by the runs of another program. */
const givenPhrases: Phrases = {
  ...numberPhrases,
  typical: ['is typical of the runs', 'are typical of the runs'],
};

function countsSentence(judged: readonly { verdict: Verdict }[], noun: string, phrases: Phrases): string {
  const order = ['holds', 'typical', 'holds, but negligible', 'contradicted', ...verdicts] as Verdict[];
  const parts = [...new Set(order)].flatMap((verdict) => {
    const count = judged.filter((one) => one.verdict === verdict).length;
    const [one, several] = phrases[verdict] ?? [`is ${verdict}`, `are ${verdict}`];
    return count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
  });
  return `Of the report's ${counted(judged.length, noun)}, ${joined(parts)}.`;
}

/** "a", "a and b", "a, b and c". */
function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function seedsSentence({ numbers, conclusions, readings }: Verification): string {
  const counts = [
    ...numbers.flatMap(({ evidence }) => evidence.map((one) => ({ one, n: one.values.length }))),
    ...conclusions.flatMap(({ evidence }) => evidence.map((one) => ({ one, n: one.holds.length }))),
  ];
  const noun = isGiven(readings[0]?.name) ? 'run' : 'seed';
  const parts = readings
    .filter(({ changed }) => changed.length === 0)
    .map(({ name }) => {
      const own = counts
        .filter(({ one }) => one.reading.name === name && one.verdict !== 'not run')
        .map(({ n }) => n);
      const least = own.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
      const most = own.reduce((a, b) => Math.max(a, b), 0);
      return { name, seeds: least < most ? `${least} to ${counted(most, noun)}` : counted(most, noun) };
    });
  if (noun === 'run') return `Each was judged by ${parts[0].seeds} of another program.`;
  if (new Set(parts.map(({ seeds }) => seeds)).size === 1) {
    const names = parts.map(({ name }) => readingName(name));
    return `Each was judged on ${parts[0].seeds}, under ${joined(names)}.`;
  }
  return `Each was judged on ${joined(parts.map(({ name, seeds }) => `${seeds} under ${readingName(name)}`))}.`;
}

/** Whether a reading is no reading of the report but the runs of another program. */
function isGiven(name: string | undefined): boolean {
  return name === runsReading.name;
}

/** " under the program"; nothing for given runs, which are all that there is. */
function under(name: string): string {
  return isGiven(name) ? '' : ` under ${readingTitle(name)}`;
}

/** A reading with the name of its option: "its program (code)". */
function readingName(name: string): string {
  return { code: 'its program (code)', text: 'its wording (text)' }[name] ?? name;
}

/** A statement of the report on which one should not rely: a conclusion, or the numbers of a figure. */
export interface Doubt {
  /** The claim that shows it best. */
  readonly id: string;
  readonly verdict: Verdict;
  readonly statement: string;
  readonly where: string;
  /** What our runs give instead. */
  readonly why: string;
  readonly cause: Cause | undefined;
}

/** The most that are listed of what is not contradicted. */
const enough = 3;

/**
 * What not to rely on, the clearest first: every conclusion and figure that is contradicted, then some of what depends on
 * the seed or on the reading.
 */
export function doubts(verification: Verification): Doubt[] {
  const against = [
    ...conclusionDoubts(verification, ['contradicted']),
    ...numberDoubts(verification, 'contradicted'),
  ];
  const others = [
    ...conclusionDoubts(verification, ['depends on the seed', 'underspecified']),
    ...numberDoubts(verification, 'underspecified'),
  ];
  return [...against, ...others.slice(0, enough)];
}

function conclusionDoubts({ conclusions }: Verification, wanted: readonly Verdict[]): Doubt[] {
  return conclusions
    .filter(({ verdict }) => wanted.includes(verdict))
    .map((one) => ({ one, by: strength(one.evidence.filter(isWhole)) }))
    .sort((a, b) => a.by.share - b.by.share || a.by.effect - b.by.effect)
    .map(({ one: { subject, evidence, verdict } }) => ({
      id: subject.id,
      verdict,
      statement: subject.says,
      where: subject.where,
      why: shareSentence(evidence.filter(isWhole), effectUnit(subject)),
      cause: subject.cause,
    }));
}

/** The largest share and effect under any reading: low for what is clearly false. */
function strength(evidence: readonly ConclusionEvidence[]): { share: number; effect: number } {
  const most = (values: readonly number[]) =>
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return {
    share: most(evidence.map(({ share }) => share ?? 1)),
    effect: most(evidence.map(({ effect }) => effect?.inSpreads ?? 0)),
  };
}

/** "True in 0 of 50 seeds under the program and 3 of 50 under the wording; in the median seed it misses by 0.01 (test MSE)." */
function shareSentence(evidence: readonly ConclusionEvidence[], unit: string): string {
  const run = evidence.filter(({ share }) => share !== null);
  const shares = run.map(({ reading, holds }, index) => {
    const count = `${holds.filter((held) => held === true).length} of ${holds.length}`;
    const noun = isGiven(reading.name) ? ' runs' : ' seeds';
    return `${count}${index === 0 ? noun : ''}${under(reading.name)}`;
  });
  const missed = run.filter(({ effect }) => effect !== null && effect.median < 0);
  return `True in ${joined(shares)}${missText(missed, missed.length < run.length, unit)}.`;
}

/** By how much a conclusion misses in the median seed of the first of these readings. */
function missText([first]: readonly ConclusionEvidence[], onlySome: boolean, unit: string): string {
  if (first?.effect === null || first === undefined || !Number.isFinite(first.effect.median)) return '';
  const by = significantText(-first.effect.median, 2);
  const where = onlySome ? `,${under(first.reading.name)},` : '';
  const noun = isGiven(first.reading.name) ? 'run' : 'seed';
  return `; in the median ${noun} it${where} misses by ${by}${unit === '' ? '' : ` (${unit})`}`;
}

/** One doubt per figure that has such numbers. */
function numberDoubts({ numbers }: Verification, wanted: Verdict): Doubt[] {
  const groups = groupBy(numbers, ({ subject }) => subject.figure ?? subject.id);
  return [...groups].flatMap(([figure, members]) => {
    const own = members.filter(({ verdict }) => verdict === wanted);
    if (own.length === 0) return [];
    const [{ one, evidence }] = own
      .map((each) => ({ one: each, evidence: farthest(each.evidence.filter(isWhole)) }))
      .sort((a, b) => size(b.evidence) - size(a.evidence));
    const { subject } = one;
    const isSingle = subject.figure === undefined || members.length === 1;
    return [
      {
        id: subject.id,
        verdict: wanted,
        statement: isSingle ? subject.says : `${own.length} of the ${members.length} numbers of ${figure}`,
        where: isSingle ? subject.where : '',
        why: `${isSingle ? 'It' : `The farthest (${subject.says})`} is published as ${valueText(subject.value)}; ${distanceText({ ...evidence, claim: subject })}.`,
        cause: subject.cause,
      },
    ];
  });
}

function farthest(evidence: readonly NumberEvidence[]): NumberEvidence {
  return [...evidence].sort((a, b) => size(b) - size(a))[0];
}

function size({ found }: NumberEvidence): number {
  return Math.abs(found?.z ?? 0);
}

function distanceText({ claim, found, reading, values }: NumberEvidence): string {
  const where = under(reading.name);
  const diverged = values.filter((value) => value !== null && !Number.isFinite(value)).length;
  if (diverged > values.length / 2) return `${diverged} of ${values.length} runs diverge${where}`;
  if (found === null) return `it was not run${where}`;
  const side = found.z < 0 ? 'below' : 'above';
  const distance = Number.isFinite(found.z)
    ? `${zText(Math.abs(found.z))} ${deviationsText(claim)} ${side} the mean of ${values.length} runs`
    : `unlike all ${values.length} runs`;
  return `that is ${distance}${where}, whose median is ${valueText(found.median)}`;
}
