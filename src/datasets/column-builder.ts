import { hasDecimalComma, isMissing, isMissingAmongNumbers, numberIn } from './cells.ts';
import type { MixedCells, RawColumn } from './raw-table.ts';

/** A typed array that grows. */
interface Growing<Values extends Float64Array | Int32Array> {
  readonly values: Values;
  set(row: number, value: number): void;
}

export function growing<Values extends Float64Array | Int32Array>(
  make: (length: number) => Values,
  expected: number,
): Growing<Values> {
  let values = make(Math.max(16, expected));
  return {
    get values() {
      return values;
    },
    set(row, value) {
      if (row === values.length) {
        const longer = make(Math.ceil(values.length * 1.5));
        longer.set(values as never);
        values = longer;
      }
      values[row] = value;
    },
  };
}

/** What the cells of a column are so far: nothing but missing values, numbers, text, or numbers and then text. */
type Kind = 'empty' | 'numbers' | 'text' | 'mixed';

/** Takes the cells of a column one by one. It is one of text if some cell is neither a number nor missing. */
export interface ColumnBuilder {
  add(cell: string, row: number): void;
  /** Whether text came after numbers, whose cells are gone: all have to be added again, to a builder of text. */
  readonly isMixed: boolean;
  /** Bytes in memory for the distinct texts. */
  readonly textBytes: number;
  column(name: string, rows: number): RawColumn;
}

const bytesPerLevel = 100;

export function createColumnBuilder(
  decimalComma: boolean,
  asText: boolean,
  expectedRows: number,
): ColumnBuilder {
  let kind: Kind = asText ? 'text' : 'empty';
  const numbers = growing((length) => new Float64Array(length), asText ? 0 : expectedRows);
  let codes: Growing<Int32Array> | null = null;
  const places = new Map<string, number>();
  let textBytes = 0;
  let [numberCount, decimalCommas] = [0, 0];
  let first: MixedCells['first'] | null = null;
  const groups = createGroups(decimalComma);

  const addText = (text: string, row: number): void => {
    if (first === null && Number.isNaN(numberIn(text, decimalComma))) first = { row, text: ownCopy(text) };
    let place = places.get(text);
    if (place === undefined) {
      place = places.size;
      const copy = ownCopy(text);
      places.set(copy, place);
      textBytes += 2 * copy.length + bytesPerLevel;
    }
    codes!.set(row, place);
  };
  const startText = (rows: number): void => {
    codes = growing((length) => new Int32Array(length), Math.max(expectedRows, rows));
    codes.values.fill(-1, 0, rows);
  };
  if (asText) startText(0);

  return {
    add(untrimmed, row) {
      const cell = untrimmed.trim();
      if (isMissing(cell)) {
        if (kind === 'text') codes!.set(row, -1);
        else numbers.set(row, Number.NaN);
        return;
      }
      const value = numberIn(cell, decimalComma);
      if (!Number.isNaN(value)) {
        numberCount++;
        groups.add(cell);
      } else if (!decimalComma && hasDecimalComma(cell)) decimalCommas++;
      if (kind === 'text') return addText(cell, row);
      numbers.set(row, value);
      if (kind === 'mixed') return;
      if (!Number.isNaN(value) || isMissingAmongNumbers(cell)) kind = 'numbers';
      else if (kind === 'empty') {
        kind = 'text';
        startText(row);
        addText(cell, row);
      } else kind = 'mixed';
    },
    get isMixed() {
      return kind === 'mixed';
    },
    get textBytes() {
      return textBytes;
    },
    column(name, rows) {
      if (codes === null) {
        const grouped = groups.first();
        return { name, numbers: numbers.values.slice(0, rows), ...(grouped === null ? {} : { grouped }) };
      }
      const { levels, codes: sorted } = sortLevels([...places.keys()], codes.values.slice(0, rows));
      const isPartlyNumbers = first !== null && numberCount + decimalCommas > 0;
      const mixed = isPartlyNumbers ? { mixed: { numbers: numberCount, decimalCommas, first: first! } } : {};
      return { name, levels, codes: sorted, ...mixed };
    },
  };
}

/** Finds out whether the decimal marks of numbers could separate thousands: 3.386 and 987, but no 0.5 or 1024. */
function createGroups(decimalComma: boolean) {
  const mark = decimalComma ? ',' : '.';
  let [couldBe, hasWhole] = [true, false];
  let first: string | null = null;
  return {
    add(cell: string) {
      if (!couldBe) return;
      if (/^[+-]?\d{1,3}$/.test(cell)) hasWhole = true;
      else if (!/^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(cell) || !cell.includes(mark)) couldBe = false;
      else first ??= ownCopy(cell);
    },
    first: () => (couldBe && (hasWhole || decimalComma) ? first : null),
  };
}

/** The levels in order, and the codes that belong to them. */
export function sortLevels(
  unsorted: readonly string[],
  codes: Int32Array,
): { levels: string[]; codes: Int32Array } {
  const levels = unsorted.toSorted();
  const places = new Map(levels.map((level, place) => [level, place]));
  const moved = Int32Array.from(unsorted, (level) => places.get(level)!);
  for (let row = 0; row < codes.length; row++) if (codes[row] !== -1) codes[row] = moved[codes[row]];
  return { levels, codes };
}

/** A copy that does not keep alive the long text which a cell was cut from. */
function ownCopy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
