import type { Cause } from '../claims/claims.ts';
import { explainCommand } from '../claims/explain-command.ts';
import { runsReading } from '../claims/readings.ts';
import { endedText } from '../claims/unfinished.ts';
import { deviationsText, rangeText, runsText, valueText, zText } from '../claims/verdict-text.ts';
import { isWhole, type Verdict, type Verification } from '../claims/verdicts.ts';
import { seedsText } from '../claims/verification-sections.ts';
import { verdicts } from '../claims/words.ts';
import { counted } from '../errors.ts';
import { groupBy } from '../output/group-by.ts';
import { fold } from './fold.ts';
import { screenOf } from './screen.ts';
import { verdictPainter } from './verdict-painter.ts';

/** The most lines that are printed, however many claims there are. The files have all of them. */
const mostLines = 58;
/** The most claims of one verdict that are listed, if they are not contradicted. */
const mostListed = 6;

/** Verdicts whose claims are listed by id. Those of the others stand, or are contradicted. */
const listed: readonly Verdict[] = [
  'not run',
  'undecided',
  'unusual',
  'underspecified',
  'depends on the seed',
];

/** The verification for a terminal or a pipe, in fewer than 60 lines: what is contradicted comes last. */
export function showVerification(
  verification: Verification,
  out: string,
  isUsualFolder: boolean,
  stream: NodeJS.WriteStream,
): string {
  const { color, width } = screenOf(stream);
  const paint = verdictPainter(color);
  const { numbers, figures, conclusions, ended } = verification;
  const painted = (verdict: Verdict, text: string) => {
    const [first, ...others] = fold(text, width, 2);
    return [first.replace(verdict, paint(verdict, verdict)), ...others];
  };
  const head = [
    ...fold(`Does the report hold? ${seedsText(verification)}`, width),
    ...(ended === undefined ? [] : fold(endedText(ended), width)),
    '',
    ...countLines('conclusions', conclusions, width),
    ...countLines('numbers', numbers, width),
    ...countLines('figures', figures, width),
  ];
  const others = listed.flatMap((verdict) => {
    const ids = [...numbers, ...conclusions]
      .filter((one) => one.verdict === verdict)
      .map(({ subject }) => subject.id);
    return ids.length === 0 ? [] : ['', ...painted(verdict, `${verdict}: ${idsText(ids, mostListed)}`)];
  });
  const foot = [
    '',
    ...fold(`All claims: ${out}/verify.md. One of them:`, width, 2),
    // On one line, however long it is: a command that is folded cannot be copied.
    `  ${explainCommand('ID', isUsualFolder ? null : out)}`,
  ];
  const entries = (texts: readonly string[]) => texts.map((text) => fold(`  ${text}`, width, 4));
  const untrue = entries(conclusions.filter(isContradicted).map(conclusionText));
  const wrong = entries(numberTexts(numbers));
  const count = [...numbers, ...conclusions].filter(isContradicted).length;
  if (count === 0) return [...head, ...others, '', 'Nothing is contradicted.', ...foot].join('\n');
  const title = ['', ...painted('contradicted', `contradicted: ${counted(count, 'claim')}`)];
  // Two lines are kept for how many are left out. Numbers leave half of the others to conclusions.
  const room = mostLines - 2 - head.length - others.length - title.length - foot.length;
  const ofNumbers = firstOf(wrong, room - Math.min(untrue.flat().length, room >> 1));
  const shown = [...ofNumbers, ...firstOf(untrue, room - ofNumbers.flat().length)];
  const isAll = shown.length === wrong.length + untrue.length;
  const rest = isAll ? [] : [`  and others, in ${out}/verify.md`];
  return [...head, ...others, ...title, ...shown.flat(), ...rest, ...foot].join('\n');
}

/** The first entries that together have at most so many lines. */
function firstOf(entries: readonly string[][], lines: number): string[][] {
  return entries.filter((_, index) => entries.slice(0, index + 1).flat().length <= lines);
}

/** The most contradicted numbers of a figure that are named one by one. */
const mostOfFigure = 2;

/** Contradicted numbers: one by one or, if a figure has many, the farthest of them. */
function numberTexts(numbers: Verification['numbers']): string[] {
  const nameOf = ({ subject: { figure, id } }: JudgedNumber) => figure ?? id;
  return [...groupBy(numbers.filter(isContradicted), nameOf)].flatMap(([name, members]) => {
    if (members.length <= mostOfFigure) return members.map(numberText);
    const all = numbers.filter((one) => nameOf(one) === name).length;
    const distance = (one: JudgedNumber) => Math.abs(contradicting(one).found?.z ?? Number.POSITIVE_INFINITY);
    const [farthest] = [...members].sort((a, b) => distance(b) - distance(a));
    return `${name}: ${members.length} of ${all} numbers; the farthest is ${numberText(farthest)}`;
  });
}

type JudgedNumber = Verification['numbers'][number];

/** The evidence of the first reading that contradicts it. */
function contradicting<Evidence extends Parameters<typeof isWhole>[0] & { verdict: Verdict }>({
  evidence,
}: {
  readonly evidence: readonly Evidence[];
}): Evidence {
  return evidence.filter(isWhole).find(isContradicted)!;
}

/** Ids for a sentence, of which at most some are named. */
export function idsText(ids: readonly string[], most: number): string {
  const more = ids.length > most ? `, and ${ids.length - most} more` : '';
  return `${ids.slice(0, most).join(', ')}${more}`;
}

function isContradicted({ verdict }: { verdict: Verdict }): boolean {
  return verdict === 'contradicted';
}

/** "numbers:     148 typical; 2 unusual", broken between verdicts only. */
function countLines(name: string, judged: readonly { verdict: Verdict }[], width: number): string[] {
  const found = verdicts
    .map((verdict) => ({ verdict, count: judged.filter((one) => one.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`.replaceAll(' ', '\u00a0'));
  const text = found.length === 0 ? 'none' : found.join('; ');
  const label = `${name}:`.padEnd(13);
  const lines = fold(text, width - label.length);
  return lines.map(
    (line, index) => (index === 0 ? label : ' '.repeat(label.length)) + line.replaceAll('\u00a0', ' '),
  );
}

/** What the report says, what our runs give, how far apart they are, and why, by the first reading that contradicts it. */
function numberText(judged: JudgedNumber): string {
  const { id, says, where, value, cause } = judged.subject;
  const one = contradicting(judged);
  const { found, reading } = one;
  const ours = found === null || !Number.isFinite(found.median) ? runsText(one) : rangeText(found.interval);
  const apart =
    found === null || !Number.isFinite(found.z)
      ? ''
      : `, ${zText(Math.abs(found.z))} ${deviationsText(judged.subject)} apart`;
  return `${id}: ${says}: the report (${where}) says ${valueText(value)}, ${reading.name === runsReading.name ? 'the' : 'our'} runs give ${ours}${readingText(reading.name)}${apart}${causeText(cause)}`;
}

function conclusionText(judged: Verification['conclusions'][number]): string {
  const { id, says, where, cause } = judged.subject;
  const { holds, reading } = contradicting(judged);
  const count = holds.filter((held) => held === true).length;
  return `${id}: ${says} (${where}): true in ${count} of ${counted(holds.length, 'seed')}${readingText(reading.name)}${causeText(cause)}`;
}

function readingText(name: string): string {
  return name === 'text' ? ' (as the text describes it)' : '';
}

function causeText(cause: Cause | undefined): string {
  return cause === undefined ? '' : `. Why: ${cause.text}`;
}
