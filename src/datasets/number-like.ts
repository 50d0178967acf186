import { printable, quote, UserError } from '../errors.ts';
import { numberIn } from './cells.ts';
import {
  isText,
  type NumberColumn,
  placeOf,
  type RawColumn,
  type RawTable,
  type TextColumn,
} from './raw-table.ts';

/** Why cells that look like numbers are not read as such. */
export type Notation = 'currency' | 'percent' | 'thousands' | 'ambiguous' | 'otherMark';

const inWords: Readonly<Record<Notation, string>> = {
  currency: 'a currency sign',
  percent: 'a per cent sign',
  thousands: 'separators of thousands',
  ambiguous: 'a mark before three digits, which may be a decimal mark or a separator of thousands',
  otherMark: 'another decimal mark',
};

const remedies: Readonly<Record<Exclude<Notation, 'otherMark'>, string>> = {
  currency: 'write the numbers of this column without currency signs and separators of thousands',
  percent: 'write the numbers of this column without per cent signs: 38 for 38%',
  thousands: 'write the numbers of this column without separators of thousands: 12345 for 12,345',
  ambiguous: 'write the numbers of this column without separators of thousands, as 3386',
};

/** A column of text most of whose cells look like numbers. */
export interface NumberLike {
  readonly notation: Notation;
  /** The first such cell that is not read as a number. */
  readonly first: { readonly row: number; readonly text: string };
}

const signs = '(?:[$€£¥₹]|(?:kr|nok|sek|dkk|usd|eur|gbp|chf)\\.?)';
const beforeNumber = new RegExp(`^([+-]?)\\s*${signs}\\s*(?=[+-]?[\\d.,])`, 'i');
const afterNumber = new RegExp(`(?<=\\d)\\s*(?:${signs}|,-)$`, 'i');
const spaced = String.raw`(?:[ \u00a0\u202f']\d{3})+(?:[.,]\d+)?`;

function groupedBy(group: string, mark: string) {
  const start = String.raw`^[+-]?[1-9]\d{0,2}`;
  return {
    certain: new RegExp(
      String.raw`${start}(?:(?:${group}\d{3}){2,}(?:${mark}\d+)?|${group}\d{3}${mark}\d+|${spaced})$`,
    ),
    ambiguous: new RegExp(String.raw`${start}${group}\d{3}$`),
  };
}

const groupedByComma = groupedBy(',', '\\.');
const groupedByPoint = groupedBy('\\.', ',');

/** How a cell is written; "plain" if it is read as a number, null if it looks like none. */
function notationOf(cell: string, decimalComma: boolean): Notation | 'plain' | null {
  if (!Number.isNaN(numberIn(cell, decimalComma))) return 'plain';
  if (groupedByComma.certain.test(cell) || groupedByPoint.certain.test(cell)) return 'thousands';
  // 3,386 may be 3386, and it may be 3.386.
  if ((decimalComma ? groupedByPoint : groupedByComma).ambiguous.test(cell)) return 'ambiguous';
  if (!Number.isNaN(numberIn(cell, !decimalComma))) return 'otherMark';
  const bare = cell.endsWith('%')
    ? cell.slice(0, -1).trimEnd()
    : cell.replace(beforeNumber, '$1').replace(afterNumber, '');
  if (bare === cell || !/^[+-]?[\d.,]/.test(bare) || notationOf(bare, decimalComma) === null) return null;
  return cell.endsWith('%') ? 'percent' : 'currency';
}

/** What a cell of a column of numbers may be. */
export interface CellRules {
  readonly decimalComma: boolean;
  /** Whether there may be none, in a column of this name. */
  readonly mayBeEmpty: (name: string) => boolean;
}

/** What to do about a cell that is no number, in a column of numbers. */
export function cellRemedy(cell: string, name: string, { decimalComma, mayBeEmpty }: CellRules): string {
  const notation = notationOf(cell, decimalComma);
  if (notation === null || notation === 'plain') return correctRemedy(mayBeEmpty(name));
  if (notation !== 'otherMark') {
    const orComma = notation === 'ambiguous' && !decimalComma ? '; {decimalComma} reads 3,386 as 3.386' : '';
    return `${remedies[notation]}${orComma}`;
  }
  return decimalComma
    ? 'decimal marks differ: write the numbers with decimal commas, as in the table of the training or as {decimalComma} says'
    : 'decimal marks differ: add {decimalComma}, which reads 3,14 as a number, if the table has decimal commas';
}

/** What to do about a cell that cannot be used. */
export function correctRemedy(mayBeEmpty: boolean): string {
  return mayBeEmpty
    ? 'correct the cell or leave it empty'
    : 'correct the cell or remove the row: the model takes no missing values';
}

/** Whether most cells of a column of text look like numbers, and how they are written; null if they do not. */
export function numberLikeOf({ levels, codes }: TextColumn, decimalComma: boolean): NumberLike | null {
  const notations = levels.map((level) => notationOf(level, decimalComma));
  if (notations.every((notation) => notation === null || notation === 'plain')) return null;
  let [values, alike] = [0, 0];
  codes.forEach((code) => {
    if (code === -1) return;
    values++;
    if (notations[code] !== null) alike++;
  });
  if (alike <= values / 2) return null;
  const found = new Set(notations);
  const mark = decimalComma ? ',' : '.';
  // In a column with 0.5 the comma of 3,386 cannot be a decimal mark.
  const hasMark = levels.some((level, place) => notations[place] === 'plain' && level.includes(mark));
  let notation = (['currency', 'percent', 'thousands', 'otherMark', 'ambiguous'] as const).find((one) =>
    found.has(one),
  )!;
  if (notation === 'ambiguous' && hasMark) notation = 'thousands';
  const row = codes.findIndex((code) => code !== -1 && isShown(notations[code], notation));
  return { notation, first: { row, text: levels[codes[row]] } };
}

function isShown(own: Notation | 'plain' | null, notation: Notation): boolean {
  return own === notation || (notation === 'thousands' && own === 'ambiguous');
}

/** Whether a column of numbers has decimal points that separate no thousands. */
function hasPoints(column: NumberColumn): boolean {
  return (
    column.grouped === undefined &&
    column.numbers.some((value) => !Number.isNaN(value) && !Number.isInteger(value))
  );
}

/**
 * Whether the decimal mark of a table is the comma: a column has commas that can be nothing else, such as 0,12 or 3,5, and
 * none has decimal points.
 */
function commaIsDecimal({ columns }: Pick<RawTable, 'columns'>): boolean {
  const isOther = (column: RawColumn) =>
    isText(column) && numberLikeOf(column, false)?.notation === 'otherMark';
  return columns.some(isOther) && !columns.some((column) => !isText(column) && hasPoints(column));
}

/** What looks like numbers and is not read as such, one sentence without a full stop for each notation. */
export function numberLikeNotes(columns: readonly RawColumn[], decimalComma: boolean): string[] {
  const found = new Map<Notation, { name: string; text: string }[]>();
  const ofComma = !decimalComma && commaIsDecimal({ columns });
  for (const column of columns) {
    const like = isText(column) ? numberLikeOf(column, decimalComma) : null;
    if (like === null) continue;
    const notation = like.notation === 'ambiguous' && ofComma ? 'otherMark' : like.notation;
    found.set(notation, [...(found.get(notation) ?? []), { name: column.name, text: like.first.text }]);
  }
  return [
    ...Array.from(found, ([notation, like]) => noteOf(notation, like, ofComma, decimalComma)),
    ...groupedNotes(columns),
  ];
}

function noteOf(
  notation: Notation,
  like: readonly { name: string; text: string }[],
  ofComma: boolean,
  decimalComma: boolean,
): string {
  const shown = like.slice(0, 3).map(({ name }) => printable(name));
  const names = `${shown.join(', ')}${like.length > 3 ? ` and ${like.length - 3} more columns` : ''}`;
  const cell = quote(like[0].text);
  if (notation !== 'otherMark')
    return `${names} would be numbers without ${inWords[notation]}: there is ${cell}, which is read as text`;
  if (decimalComma) return `${names} would be numbers without {decimalComma}: there is ${cell}`;
  if (ofComma) return `${names} would be numbers with {decimalComma}: there is ${cell}`;
  return `${names} would be numbers with a decimal point: there is ${cell}, and other columns have decimal points`;
}

/** Numbers that may be 1000 times as large. */
function groupedNotes(columns: readonly RawColumn[]): string[] {
  const found = columns.flatMap((column) =>
    isText(column) || column.grouped === undefined ? [] : [{ name: column.name, text: column.grouped }],
  );
  return found
    .slice(0, 3)
    .map(
      ({ name, text }) =>
        `${printable(name)} has ${quote(text)}, which is read as ${text.replace(',', '.')}: if the mark separates thousands, write the column without it`,
    );
}

/** Refuses a column that looks like numbers which are not read. Errors: UserError. */
export function numberLikeError(
  table: RawTable,
  { name }: TextColumn,
  { notation: own, first }: NumberLike,
  decimalComma: boolean,
  path: string,
): UserError {
  const where = `column ${quote(name)} of ${path} looks like numbers with`;
  const ofComma = !decimalComma && commaIsDecimal(table);
  const notation = own === 'ambiguous' && ofComma ? 'otherMark' : own;
  const others = '; or leave the column out with {drop}, or say with {categorical} that it holds categories';
  if (notation === 'otherMark') {
    return new UserError({
      what: `${where} a decimal ${decimalComma ? 'point' : 'comma'}: the first is in ${placeOf(table, first.row)}`,
      expected: decimalComma
        ? 'a decimal comma in all columns, as {decimalComma} says'
        : 'a decimal point, or {decimalComma}',
      received: first.text,
      remedy: decimalComma
        ? `write one decimal mark in all columns, and leave {decimalComma} out if it is the point${others}`
        : ofComma
          ? 'add {decimalComma}, which reads 3,14 as a number'
          : `write the column with decimal points, as other columns have them${others}`,
    });
  }
  return new UserError({
    what: `${where} ${inWords[notation]}: the first is in ${placeOf(table, first.row)}`,
    expected: `plain numbers, such as ${decimalComma ? '1234,5' : '1234.5'}`,
    received: first.text,
    remedy: `${remedies[notation]}${others}`,
  });
}
