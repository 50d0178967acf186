import type { Delimiter } from '../files/csv.ts';

// What the text of a cell of a file of runs means.

/** A number in a cell; `missing`: the run was not made; `diverged`: it has no number because it diverged. */
export type CellValue = number | 'missing' | 'diverged' | { readonly wrong: string };

const missing = /^(|na|n\/a|null|none|not run)$/i;
const infinite = /^([+-]?)(inf|infinity)$/i;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads a cell of a metric. A decimal comma is a decimal point in files whose cells are separated by semicolons or tabs.
 * An infinity is one of a run that diverged. What is no number is `wrong`, with the remedy.
 */
export function cellValue(text: string, delimiter: Delimiter): CellValue {
  const trimmed = text.trim();
  const value = numberIn(trimmed, delimiter);
  if (value !== undefined) {
    return Number.isFinite(value) ? value : { wrong: `give a number below ${Number.MAX_VALUE}` };
  }
  if (missing.test(trimmed)) return 'missing';
  if (/^diverged$/i.test(trimmed)) return 'diverged';
  const sign = infinite.exec(trimmed)?.[1];
  if (sign !== undefined) return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/i.test(trimmed)) {
    return { wrong: 'write diverged if this run diverged, or leave the cell empty if it was not made' };
  }
  const percent = /^([\d.]+)\s*%$/.exec(trimmed)?.[1];
  if (percent !== undefined) return { wrong: `write ${Number(percent) / 100}, without a percent sign` };
  return /^[+-]?\d+,\d+$/.test(trimmed)
    ? { wrong: `write ${trimmed.replace(',', '.')}, or separate the cells by semicolons` }
    : { wrong: 'write a number, diverged, or nothing if this run was not made' };
}

/** How many digits of settings and seeds count: 0.30000000000000004 is 0.3. */
const digits = 12;

/** A setting or a seed as text that is the same for the same value: 0.10, 1e-1 and 0.1 are one. */
export function canonicalCell(text: string, delimiter: Delimiter): string {
  const trimmed = text.trim();
  const value = numberIn(trimmed, delimiter);
  // Other whole numbers, such as seeds of 64 bits, would lose digits.
  if (value !== undefined && (!Number.isInteger(value) || Number.isSafeInteger(value))) {
    return canonicalSetting(value);
  }
  return /^(true|false)$/i.test(trimmed) ? trimmed.toLowerCase() : trimmed;
}

/** The same of a value in a file of claims. */
export function canonicalSetting(value: string | number | boolean): string {
  if (typeof value === 'string') return canonicalCell(value, ',');
  return typeof value === 'number' ? String(Number(value.toPrecision(digits)) + 0) : String(value);
}

/** The letters and digits of a name: learningRate, learning_rate and "Learning rate" are one. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function numberIn(text: string, delimiter: Delimiter): number | undefined {
  const pointed = delimiter === ',' ? text : text.replace(/^([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)$/, '$1.$2');
  return decimal.test(pointed) ? Number(pointed) : undefined;
}

/** Whether a number has a decimal comma, or a decimal point; one file should not have both. */
export function decimalSign(text: string): ',' | '.' | null {
  return /^\s*[+-]?\d*,\d+/.test(text) ? ',' : /^\s*[+-]?\d*\.\d/.test(text) ? '.' : null;
}
