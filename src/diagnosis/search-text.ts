import { counted } from '../errors.ts';
import type { Finding } from './check-result.ts';

/**
 * How far the search for a cause went, and how many remain: what a reader has to know where none was found, where several
 * agree, or where not everything was tried. null: one cause, and everything was tried.
 *
 * `absent` are the quantities that were not recorded.
 */
export function searchText(
  { explanations, tried, cutShort }: Finding,
  absent: readonly string[],
): string | null {
  const found = explanations.length;
  const programs = `${counted(tried, 'program')} with known mistakes`;
  const sentences: string[] = [];
  if (found > 1) {
    const more = absent.length === 0 ? '' : `recording more (${absent.join(', ')}) or `;
    sentences.push(
      `${found} possibilities remain: ${more}an exercise with other options may tell them apart.`,
    );
  }
  if (cutShort) {
    const missed = found === 0 ? 'the cause may be one that was not tried' : 'there may be other causes';
    sentences.push(
      `The search was cut short after ${programs}, so ${missed}: an exercise with fewer units, rows or steps lets it try more.`,
    );
  } else if (found === 0) sentences.push(`${programs} were tried, one at a time or several at once.`);
  return sentences.length === 0 ? null : sentences.join(' ');
}
