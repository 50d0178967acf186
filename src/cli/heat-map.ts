import { Chalk, type ChalkInstance } from 'chalk';
import { robustLimits } from '../stats/describe.ts';
import { fold, shorten } from './fold.ts';
import { deviationText, digitsText } from './number-text.ts';

/** What a cell shows. A cell of which a seed diverged has no mean. */
export type HeatMapCell =
  | { readonly mean: number; readonly deviation: number | null }
  | { readonly diverged: number; readonly seeds: number }
  | 'not run'
  | 'stopped'
  | 'no value';

export interface HeatMapOptions {
  readonly title: string;
  /** The quantities on the two axes: 'batch size', 'learning rate'. */
  readonly rowLabel: string;
  readonly columnLabel: string;
  /** The tick labels. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** rows × columns */
  readonly cells: readonly (readonly HeatMapCell[])[];
  /** Whether the lowest or the highest value is the best. */
  readonly best: 'min' | 'max';
  /** What the best cell is chosen by, if not by these values: others of the same cells. */
  readonly chosen?: {
    readonly cells: readonly (readonly HeatMapCell[])[];
    readonly best: 'min' | 'max';
    /** In words: "validation MSE". */
    readonly by: string;
  };
  readonly color: boolean;
  /** Width of the terminal; 80 by default. */
  readonly width?: number;
}

/** Colour numbers of xterm's 256: from dark violet through red to pale yellow, each lighter than the one before. */
export const ramp = [16, 17, 53, 54, 90, 126, 161, 167, 203, 209, 215, 222, 229] as const;

/**
 * An annotated heat map for a terminal. Each cell shows its mean over the seeds and their standard deviation to three
 * significant digits, on a background that is lighter for better values. If that is too wide, it shows the mean alone, then
 * with two digits; if that is still too wide, the columns are divided into panels, one below the other. Ticks that are too
 * long are letters with a key.
 *
 * The best cell has a '*' and is bold, so that no information depends on colour alone. Without colour, lines have no
 * trailing spaces. There is no newline at the end.
 */
export function renderHeatMap(options: HeatMapOptions): string {
  const { title, rowLabel, columnLabel, cells, best, chosen, color, width = 80 } = options;
  const chalk = new Chalk({ level: color ? 2 : 0 });
  const rows = shorten(options.rows, Math.max(12, Math.floor(width / 3)));
  const columns = shorten(
    options.columns,
    Math.max(9, Math.floor(width / 5)),
    rows.key.length > 0 ? 'c' : '',
  );
  const means = cells.map((row) => row.map(meanOf));
  const limits = robustLimits(means.flat().filter((value) => value !== null));
  const bestCell =
    chosen === undefined
      ? indexOfBest(means, best)
      : indexOfBest(
          chosen.cells.map((row) => row.map(meanOf)),
          chosen.best,
        );
  const labelWidth = longest([rowLabel, ...rows.texts]);

  const fits = width - labelWidth - 1;
  const forms = formsOf(cells).map((form) => {
    const texts = cells.map((row, i) =>
      row.map((cell, j) => `${cellText(cell, form)}${i === bestCell.i && j === bestCell.j ? '*' : ' '}`),
    );
    return {
      form,
      texts,
      cellWidth: 2 + longest([...columns.texts.map((name) => `${name} `), ...texts.flat()]),
    };
  });
  const { form, texts, cellWidth } =
    forms.find((each) => each.cellWidth * columns.texts.length <= fits + 1) ?? forms[forms.length - 1];
  // Panels of about the same number of columns.
  const panels = Math.ceil(columns.texts.length / Math.max(1, Math.floor((fits + 1) / cellWidth)));
  const perPanel = Math.ceil(columns.texts.length / panels);

  const lines = fold(title, width).map((line) => chalk.bold(line));
  for (let from = 0; from < columns.texts.length; from += perPanel) {
    const shown = columns.texts.slice(from, from + perPanel);
    const label = from === 0 ? columnLabel : `${columnLabel} (continued)`;
    const center = Math.floor((shown.length * cellWidth - label.length) / 2);
    const start = Math.max(0, Math.min(labelWidth + 1 + center, width - label.length));
    lines.push(`${' '.repeat(start)}${label}`);
    lines.push(
      `${rowLabel.padStart(labelWidth)} ${shown.map((name) => `${name}  `.padStart(cellWidth)).join('')}`,
    );
    for (const [i, name] of rows.texts.entries()) {
      const drawn = shown.map((_, k) => {
        const j = from + k;
        const plain = `${texts[i][j]} `.padStart(cellWidth);
        const value = means[i][j];
        if (value === null) return chalk.dim(plain);
        const painted = paint(chalk, shade(value, limits, best), plain);
        return i === bestCell.i && j === bestCell.j ? chalk.bold(painted) : painted;
      });
      lines.push(`${name.padStart(labelWidth)} ${drawn.join('')}`);
    }
  }
  lines.push(
    ...fold(legend(cells, bestCell.i < 0 ? null : (chosen?.by ?? ''), form, chosen?.best ?? best), width),
  );
  for (const line of [...rows.key, ...columns.key]) lines.push(...fold(line, width, 4));
  return lines
    .map((line) => (color ? line : line.trimEnd()))
    .join('\n')
    .trimEnd();
}

const longest = (texts: readonly string[]): number =>
  texts.reduce((most, { length }) => Math.max(most, length), 0);

function meanOf(cell: HeatMapCell): number | null {
  return typeof cell === 'object' && 'mean' in cell && Number.isFinite(cell.mean) ? cell.mean : null;
}

interface Form {
  readonly digits: number;
  readonly deviations: boolean;
}

/** The forms of the numbers, the widest first. */
function formsOf(cells: HeatMapOptions['cells']): Form[] {
  const several = cells
    .flat()
    .some((cell) => typeof cell === 'object' && 'mean' in cell && cell.deviation !== null);
  const forms = [
    { digits: 3, deviations: true },
    { digits: 3, deviations: false },
    { digits: 2, deviations: false },
  ];
  return several ? forms : forms.slice(1);
}

function cellText(cell: HeatMapCell, { digits, deviations }: Form): string {
  if (cell === 'not run') return '?';
  if (cell === 'stopped') return '~';
  if (cell === 'no value') return '-';
  if ('diverged' in cell) return cell.seeds === 1 ? 'div' : `${cell.diverged}/${cell.seeds} div`;
  const { mean, deviation } = cell;
  return deviations && deviation !== null ? deviationText(mean, deviation, digits) : digitsText(mean, digits);
}

/** What the signs mean. `by` says by which other values the best cell was chosen, if by others; null without a best cell. */
function legend(cells: HeatMapOptions['cells'], by: string | null, form: Form, best: 'min' | 'max'): string {
  const all = cells.flat();
  const parts: string[] = [];
  const extreme = best === 'min' ? 'lowest' : 'highest';
  if (by !== null) parts.push(`* best (${extreme}${by === '' ? '' : ` ${by}`})`);
  const several = formsOf(cells)[0].deviations;
  if (several) {
    parts.push(form.deviations ? '± standard deviation over the seeds' : 'standard deviations: summary.csv');
  }
  const diverged = all.filter((cell) => typeof cell === 'object' && 'diverged' in cell);
  if (diverged.length > 0)
    parts.push(
      diverged.every(({ seeds }) => seeds === 1) ? 'div diverged' : 'n/m div: n of m seeds diverged',
    );
  if (all.includes('not run')) parts.push('? not run');
  if (all.includes('stopped')) parts.push('~ stopped early: rounds.csv');
  if (all.includes('no value')) parts.push('- not in this grid');
  return parts.join(', ');
}

function indexOfBest(
  means: readonly (readonly (number | null)[])[],
  best: 'min' | 'max',
): { i: number; j: number } {
  let found = { i: -1, j: -1 };
  let record = best === 'min' ? Infinity : -Infinity;
  for (const [i, row] of means.entries()) {
    for (const [j, value] of row.entries()) {
      if (value === null || (best === 'min' ? value >= record : value <= record)) continue;
      record = value;
      found = { i, j };
    }
  }
  return found;
}

function shade(
  value: number,
  { low, high }: { low: number; high: number },
  best: HeatMapOptions['best'],
): number {
  // Halved, because high − low may overflow.
  const t = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5;
  const goodness = best === 'min' ? 1 - t : t;
  return ramp[Math.round(Math.min(1, Math.max(0, goodness)) * (ramp.length - 1))] ?? ramp[0];
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
