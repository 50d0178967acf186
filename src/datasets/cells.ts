/** Cells that say that a value is missing, in any column. */
const missingEverywhere = new Set([
  '',
  '?',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  '<NA>',
  'NaN',
  'nan',
  '-nan',
  '-NaN',
  'NULL',
  'null',
  'Null',
]);

/** Cells that say so among numbers. Among texts they are texts: a house may have the roof "none". */
const missingAmongNumbers = new Set(['-', '--', '.', '..', '...', '*', 'None', 'none', 'na', 'missing']);

/** Whether a cell without blanks around it is missing, whatever is in its column. */
export function isMissing(cell: string): boolean {
  return cell.length < 5 && missingEverywhere.has(cell);
}

/** Whether a cell without blanks around it is missing if all others of its column are numbers. */
export function isMissingAmongNumbers(cell: string): boolean {
  return cell.length < 8 && missingAmongNumbers.has(cell);
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const decimalWithComma = /^[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The number in a cell without blanks around it; NaN for one that has none. Infinities are no numbers, nor are hexadecimal
 * ones and those with thousands separators.
 */
export function numberIn(cell: string, decimalComma: boolean): number {
  const first = cell.charCodeAt(0);
  // Digits, and the signs and marks before them: + , - .
  if (!((first >= 48 && first <= 57) || (first >= 43 && first <= 46))) return Number.NaN;
  let value: number;
  if (decimalComma) value = decimalWithComma.test(cell) ? Number(cell.replace(',', '.')) : Number.NaN;
  else {
    value = Number(cell);
    // Number() also reads 0x1f, 0b1 and 0o7. What starts with 0 is checked, for speed only that.
    if (isNotDecimal(cell)) return Number.NaN;
  }
  return Number.isFinite(value) ? value : Number.NaN;
}

function isNotDecimal(cell: string): boolean {
  return cell.length > 2 && cell.charCodeAt(0) === 48 && cell.charCodeAt(1) > 57 && !decimal.test(cell);
}

/** Whether a cell would be a number if the decimal mark were a comma. */
export function hasDecimalComma(cell: string): boolean {
  return cell.includes(',') && decimalWithComma.test(cell);
}

/** Whether a cell is one of the words for infinity. */
export function isInfinite(cell: string): boolean {
  return /^[+-]?inf(?:inity)?$/i.test(cell) || Math.abs(Number(cell)) === Number.POSITIVE_INFINITY;
}
