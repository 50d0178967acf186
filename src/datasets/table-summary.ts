import {
  isMissingAt,
  isText,
  type NumberColumn,
  type RawColumn,
  type RawTable,
  type TextColumn,
} from './raw-table.ts';

/** What the values of a column are. */
export type ColumnSummary = NumberSummary | TextSummary;

interface AnySummary {
  readonly name: string;
  readonly missing: number;
  /** How many different values there are. */
  readonly distinct: number;
}

export interface NumberSummary extends AnySummary {
  readonly type: 'integer' | 'number' | 'empty';
  /** null if all values are missing. */
  readonly lowest: number | null;
  readonly mean: number | null;
  readonly highest: number | null;
}

export interface TextSummary extends AnySummary {
  readonly type: 'text';
  /** The commonest ones first, of equally common ones in their order. */
  readonly levels: readonly { readonly text: string; readonly rows: number }[];
}

/** What the values of each column are, in the order of the file. */
export function summariesOf({ columns, rows }: RawTable): ColumnSummary[] {
  return columns.map((column) => {
    const missing = missingIn(column, rows);
    return isText(column) ? textSummary(column, missing) : numberSummary(column, missing);
  });
}

function missingIn(column: RawColumn, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row++) if (isMissingAt(column, row)) count++;
  return count;
}

function numberSummary({ name, numbers }: NumberColumn, missing: number): NumberSummary {
  const sorted = numbers.slice().sort(); // NaN last
  const values = sorted.subarray(0, numbers.length - missing);
  if (values.length === 0)
    return { name, type: 'empty', missing, distinct: 0, lowest: null, mean: null, highest: null };
  let [distinct, mean] = [0, 0];
  values.forEach((value, place) => {
    if (place === 0 || value !== values[place - 1]) distinct++;
    // Not their sum divided by their number, which may overflow.
    mean += (value - mean) / (place + 1);
  });
  const type = values.every(Number.isInteger) ? 'integer' : 'number';
  return { name, type, missing, distinct, lowest: values[0], mean, highest: values[values.length - 1] };
}

function textSummary({ name, levels, codes }: TextColumn, missing: number): TextSummary {
  const counts = new Int32Array(levels.length);
  for (const code of codes) if (code !== -1) counts[code]++;
  const order = levels.map((_, code) => code).sort((a, b) => counts[b] - counts[a] || a - b);
  return {
    ...{ name, type: 'text', missing, distinct: levels.length },
    levels: order.map((code) => ({ text: levels[code], rows: counts[code] })),
  };
}
