import { printable, quote } from '../errors.ts';
import { isText, type RawColumn } from './raw-table.ts';

/** 2024-01-31, with a time or without, 31.01.2024, 1/31/24 */
const date = /^(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{2,4})(?:[T ]\d{1,2}:\d{2}.*)?$/;

/** Names columns of dates, which are read as text, in one sentence without a full stop. */
export function dateNotes(columns: readonly RawColumn[]): string[] {
  const found = columns
    .filter(isText)
    .filter(({ levels }) => levels.length > 0 && levels.every((level) => date.test(level)));
  if (found.length === 0) return [];
  const names = found.slice(0, 3).map(({ name }) => printable(name));
  const more = found.length > 3 ? ` and ${found.length - 3} more columns` : '';
  const hold = found.length === 1 ? 'holds' : 'hold';
  return [
    `${names.join(', ')}${more} ${hold} dates, such as ${quote(found[0].levels[0])}, which are text: write them as numbers, such as days, or leave them out with {drop}`,
  ];
}
