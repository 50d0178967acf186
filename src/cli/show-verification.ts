import type { Cause } from '../claims/claims.ts';
import type { ConclusionEvidence } from '../claims/judge-conclusions.ts';
import type { NumberEvidence } from '../claims/judge-numbers.ts';
import { endedText } from '../claims/unfinished.ts';
import { rangeText, runsText, valueText, zText } from '../claims/verdict-text.ts';
import { isWhole, type Judged, type Verdict, type Verification } from '../claims/verdicts.ts';
import { seedsText } from '../claims/verification-sections.ts';
import { verdicts } from '../claims/words.ts';
import { counted } from '../errors.ts';
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
  const option = isUsualFolder ? '' : ` --from ${out}`;
  const foot = [
    '',
    ...fold(`All claims: ${out}/verify.md. One of them: fys-nn verify explain ID${option}`, width, 2),
  ];
  const against = [
    ...numbers.filter(isContradicted).map(numberText),
    ...conclusions.filter(isContradicted).map(conclusionText),
  ].map((text) => fold(`  ${text}`, width, 4));
  if (against.length === 0) return [...head, ...others, '', 'Nothing is contradicted.', ...foot].join('\n');
  const title = ['', ...painted('contradicted', `contradicted: ${counted(against.length, 'claim')}`)];
  // Two lines are kept for how many are left out.
  const left = mostLines - 2 - head.length - others.length - title.length - foot.length;
  const shown = against.filter((_, index) => against.slice(0, index + 1).flat().length <= left);
  const more = against.length - shown.length;
  const rest = more === 0 ? [] : [`  and ${counted(more, 'other')}, in ${out}/verify.md`];
  return [...head, ...others, ...title, ...shown.flat(), ...rest, ...foot].join('\n');
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
function numberText({
  subject: { id, says, where, value, cause },
  evidence,
}: Judged<NumberEvidence['claim'], NumberEvidence>): string {
  const one = evidence.filter(isWhole).find(isContradicted)!;
  const { found, reading } = one;
  const ours = found === null || !Number.isFinite(found.median) ? runsText(one) : rangeText(found.interval);
  const apart =
    found === null || !Number.isFinite(found.z)
      ? ''
      : `, ${zText(Math.abs(found.z))} standard deviations of one run apart`;
  return `${id}: ${says}: the report (${where}) says ${valueText(value)}, our runs give ${ours}${readingText(reading.name)}${apart}${causeText(cause)}`;
}

function conclusionText({
  subject: { id, says, where, cause },
  evidence,
}: Judged<ConclusionEvidence['claim'], ConclusionEvidence>): string {
  const { holds, reading } = evidence.filter(isWhole).find(isContradicted)!;
  const count = holds.filter((held) => held === true).length;
  return `${id}: ${says} (${where}): true in ${count} of ${counted(holds.length, 'seed')}${readingText(reading.name)}${causeText(cause)}`;
}

function readingText(name: string): string {
  return name === 'text' ? ' (as the text describes it)' : '';
}

function causeText(cause: Cause | undefined): string {
  return cause === undefined ? '' : `. Why: ${cause.text}`;
}
