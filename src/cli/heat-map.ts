import { Chalk, type ChalkInstance } from 'chalk';
import { robustLimits } from '../stats/describe.ts';
import { twoDigits } from '../stats/two-digits.ts';

export interface HeatMapOptions {
  title: string;
  /** The quantities on the two axes: 'batch size', 'learning rate'. */
  rowLabel: string;
  columnLabel: string;
  /** The tick labels. */
  rows: string[];
  columns: string[];
  /** rows × columns; null is a cell without a value. */
  values: (number | null | 'diverged')[][];
  /** Whether the lowest or the highest value is the best. */
  best: 'min' | 'max';
  color: boolean;
}

/** Colour numbers of xterm's 256: from dark violet through red to pale yellow, each lighter than the one before. */
export const ramp = [16, 17, 53, 54, 90, 126, 161, 167, 203, 209, 215, 222, 229] as const;

/**
 * An annotated heat map for a terminal. Each cell shows its value to two significant digits, on a background that is
 * lighter for higher values. The best cell has a '*' and is bold, so that no information depends on colour alone.
 * Without colour, lines have no trailing spaces. There is no newline at the end.
 */
export function renderHeatMap(options: HeatMapOptions): string {
  const { title, rowLabel, columnLabel, rows, columns, values, best, color } = options;
  const chalk = new Chalk({ level: color ? 2 : 0 });
  const finite = values.flat().filter((value): value is number => isFiniteNumber(value));
  const limits = robustLimits(finite);
  const bestCell = indexOfBest(values, best);

  const texts = values.map((row, i) =>
    row.map((value, j) => annotate(value, i === bestCell.i && j === bestCell.j)),
  );
  const cellWidth =
    2 + Math.max(...[...columns.map((name) => `${name} `), ...texts.flat()].map(({ length }) => length));
  const labelWidth = Math.max(...[rowLabel, ...rows].map(({ length }) => length));
  const center = Math.floor((columns.length * cellWidth - columnLabel.length) / 2);

  const lines = [
    chalk.bold(title),
    ' '.repeat(labelWidth + 1 + Math.max(0, center)) + columnLabel,
    `${rowLabel.padStart(labelWidth)} ${columns.map((name) => `${name}  `.padStart(cellWidth)).join('')}`,
  ];
  for (const [i, name] of rows.entries()) {
    const cells = (texts[i] ?? []).map((text, j) => {
      const value = values[i]?.[j] ?? null;
      const plain = `${text} `.padStart(cellWidth);
      if (!isFiniteNumber(value)) return chalk.dim(plain);
      const painted = paint(chalk, shade(value, limits), plain);
      return i === bestCell.i && j === bestCell.j ? chalk.bold(painted) : painted;
    });
    lines.push(`${name.padStart(labelWidth)} ${cells.join('')}`);
  }
  lines.push(legend(finite.length > 0, values.flat(), best));
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
}

/** The text of a cell. Every cell has room for the mark, so that the digits line up. */
function annotate(value: number | null | 'diverged', isBest: boolean): string {
  const text = value === null ? '-' : value === 'diverged' ? 'div.' : twoDigits(value);
  return `${text}${isBest ? '*' : ' '}`;
}

function legend(hasBest: boolean, values: readonly unknown[], best: 'min' | 'max'): string {
  const parts: string[] = [];
  if (hasBest) parts.push(`* best (${best === 'min' ? 'lowest' : 'highest'})`);
  if (values.includes('diverged')) parts.push('div. diverged');
  if (values.includes(null)) parts.push('- no value');
  return parts.join(', ');
}

function indexOfBest(values: HeatMapOptions['values'], best: 'min' | 'max'): { i: number; j: number } {
  let found = { i: -1, j: -1 };
  let record = best === 'min' ? Infinity : -Infinity;
  for (const [i, row] of values.entries()) {
    for (const [j, value] of row.entries()) {
      if (!isFiniteNumber(value) || (best === 'min' ? value >= record : value <= record)) continue;
      record = value;
      found = { i, j };
    }
  }
  return found;
}

function shade(value: number, { low, high }: { low: number; high: number }): number {
  // Halved, because high − low may overflow.
  const t = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5;
  return ramp[Math.round(Math.min(1, Math.max(0, t)) * (ramp.length - 1))] ?? ramp[0];
}

function paint(chalk: ChalkInstance, background: number, text: string): string {
  const foreground = luminance(background) > 0.179 ? 16 : 231;
  return chalk.bgAnsi256(background).ansi256(foreground)(text);
}

/**
 * Relative luminance, 0 to 1, of a colour of xterm's 6×6×6 cube (16 to 231). At 0.179 black and white text have
 * the same contrast. Source: WCAG 2.2, "relative luminance" and "contrast ratio".
 */
export function luminance(xterm: number): number {
  const levels = [0, 95, 135, 175, 215, 255];
  const linear = (level: number) => {
    const c = (levels[level] ?? 0) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  const cube = xterm - 16;
  const [red, green, blue] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
