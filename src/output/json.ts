import { replaceUnprintable } from '../errors.ts';
import { dataRow, type Table, type Value } from './table.ts';

/**
 * The value as JSON, indented by two spaces, with a newline at the end; keys keep their order.
 * Throws if JSON cannot express the value (NaN, an infinity, undefined at the top). JSON.stringify would write null for
 * NaN, which reads as "not applicable".
 */
export function toJson(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, refuseNonFinite, 2);
  if (text === undefined) throw new Error(`${typeof value} cannot be written as JSON`);
  return `${escapeUnprintable(text)}\n`;
}

/** Escapes characters that JSON allows but that can control a terminal or hide text; line breaks stay. */
function escapeUnprintable(json: string): string {
  return replaceUnprintable(json, (character) =>
    character === '\n' ? character : unicodeEscapes(character),
  );
}

/** \uXXXX for each UTF-16 code of the character: one or two. */
function unicodeEscapes(character: string): string {
  const code = (i: number) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return Array.from({ length: character.length }, (_, i) => code(i)).join('');
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Error(`${JSON.stringify(key)}: ${value} cannot be written as JSON`);
  }
  return value;
}

/** One object per row, keyed by column name. A column named __proto__ is a key like any other. */
export function tableToRecords(table: Table): Record<string, Value>[] {
  return Array.from(table.rows, (row, index) => recordOf(table, row, index));
}

/** The same text as toJson gives for the table's records, one row at a time. */
export async function* jsonPieces(table: Table): AsyncGenerator<string> {
  let before = '[\n';
  let index = 0;
  for (const row of table.rows) {
    const text = escapeUnprintable(JSON.stringify(recordOf(table, row, index++), null, 2)).replaceAll(
      '\n',
      '\n  ',
    );
    yield `${before}  ${text}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function recordOf(table: Table, row: readonly Value[], index: number): Record<string, Value> {
  const values = dataRow(table, row, index);
  return Object.fromEntries(table.columns.map(({ name }, place) => [name, values[place]]));
}
