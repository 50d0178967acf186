import { replaceUnprintable } from '../errors.ts';
import type { Table, Value } from './table.ts';

/**
 * The value as JSON with two spaces of indentation and a newline at the end; keys keep their order.
 * Throws where JSON has no word for the value (NaN, an infinity, undefined at the top): JSON.stringify
 * alone would write null there, which reads as "not applicable".
 */
export function toJson(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, refuseNonFinite, 2);
  if (text === undefined) throw new Error(`${typeof value} cannot be written as JSON`);
  return `${escaped(text)}\n`;
}

/** JSON leaves some characters as they are that a terminal obeys, or behind which text hides; its own lines stay. */
function escaped(json: string): string {
  return replaceUnprintable(json, (character) => (character === '\n' ? character : codesOf(character)));
}

/** \uXXXX for each of its one or two UTF-16 codes. */
function codesOf(character: string): string {
  const code = (i: number) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  return Array.from({ length: character.length }, (_, i) => code(i)).join('');
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Error(`${JSON.stringify(key)}: ${value} cannot be written as JSON`);
  }
  return value;
}

/** One object a row, its keys the names of the columns; a column named __proto__ is a key like any other. */
export function tableToRecords(table: Table): Record<string, Value>[] {
  return Array.from(table.rows, (row) => recordOf(table, row));
}

/** The table as toJson writes its records, row after row. */
export async function* jsonPieces(table: Table): AsyncGenerator<string> {
  let before = '[\n';
  for (const row of table.rows) {
    const text = escaped(JSON.stringify(recordOf(table, row), refuseNonFinite, 2)).replaceAll('\n', '\n  ');
    yield `${before}  ${text}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function recordOf({ columns }: Table, row: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]));
}
