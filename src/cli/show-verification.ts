import type { NumberEvidence } from '../claims/judge-numbers.ts';
import { runsText, valueText, zText } from '../claims/verdict-text.ts';
import { isWhole, type Judged, type Verdict, type Verification } from '../claims/verdicts.ts';
import { seedsText, shareText } from '../claims/verification-sections.ts';
import { verdicts } from '../claims/words.ts';
import { fold } from './fold.ts';
import { screenOf } from './screen.ts';
import { verdictPainter } from './verdict-painter.ts';

/** The most claims of one verdict that are listed; the files have all of them. */
const mostListed = 8;

/** The verification for a terminal or a pipe, in fewer than 60 lines of 80 columns: what is contradicted comes last. */
export function showVerification(
  verification: Verification,
  out: string,
  isUsualFolder: boolean,
  stream: NodeJS.WriteStream,
): string {
  const { color, width } = screenOf(stream);
  const paint = verdictPainter(color);
  const { numbers, figures, conclusions } = verification;
  const lines = [
    ...fold(`Does the report hold? ${seedsText(verification)}`, width),
    '',
    ...fold(`conclusions: ${countsText(conclusions)}`, width, 2),
    ...fold(`numbers:     ${countsText(numbers)}`, width, 2),
    ...fold(`figures:     ${countsText(figures)}`, width, 2),
  ];
  const listed: readonly Verdict[] = [
    'not run',
    'undecided',
    'unusual',
    'underspecified',
    'depends on the seed',
  ];
  for (const verdict of listed) {
    const ids = [...numbers, ...conclusions]
      .filter((one) => one.verdict === verdict)
      .map(({ subject }) => subject.id);
    if (ids.length === 0) continue;
    const shown = ids.slice(0, mostListed).join(', ');
    const more = ids.length > mostListed ? `, and ${ids.length - mostListed} more` : '';
    lines.push('', ...fold(`${paint(verdict, verdict)}: ${shown}${more}`, width, 2));
  }
  const against = [
    ...numbers
      .filter(isContradicted)
      .map(({ subject, evidence }) => `${subject.id}: ${numberText(subject, evidence)}`),
    ...conclusions
      .filter(isContradicted)
      .map(
        ({ subject, evidence }) =>
          `${subject.id}: ${subject.says} (${subject.where}): true in ${byReading(evidence, shareText)} of the seeds`,
      ),
  ];
  if (against.length > 0) {
    lines.push('', paint('contradicted', 'contradicted'));
    for (const text of against.slice(0, mostListed)) lines.push(...fold(`  ${text}`, width, 4));
    if (against.length > mostListed) lines.push(`  and ${against.length - mostListed} more`);
  }
  lines.push(
    '',
    ...fold(
      `All claims: ${out}/verify.md. One of them: fys-nn verify explain CLAIM${isUsualFolder ? '' : ` --from ${out}`}`,
      width,
      2,
    ),
  );
  return lines.join('\n');
}

function isContradicted({ verdict }: { verdict: Verdict }): boolean {
  return verdict === 'contradicted';
}

function countsText(judged: readonly { verdict: Verdict }[]): string {
  const counts = verdicts.map((verdict) => ({
    verdict,
    count: judged.filter((one) => one.verdict === verdict).length,
  }));
  const found = counts.filter(({ count }) => count > 0).map(({ verdict, count }) => `${count} ${verdict}`);
  return found.length === 0 ? 'none' : found.join('; ');
}

function numberText(
  { says, where, value }: Judged<NumberEvidence['claim'], NumberEvidence>['subject'],
  evidence: readonly NumberEvidence[],
): string {
  const ours = byReading(evidence, runsText);
  const distance = byReading(evidence, ({ found }) => zText(found?.z));
  return `${says} (${where}): published ${valueText(value)}, ours ${ours}, ${distance} standard deviations away`;
}

function byReading<Evidence extends Parameters<typeof isWhole>[0]>(
  evidence: readonly Evidence[],
  text: (evidence: Evidence) => string,
): string {
  const whole = evidence.filter(isWhole);
  const texts = new Set(whole.map(text));
  return texts.size === 1 ? [...texts][0] : whole.map((one) => `${one.reading.name} ${text(one)}`).join(', ');
}
