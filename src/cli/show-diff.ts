import type { CellDiff, Diff, MetricDiff, Side } from '../check/diff.ts';
import { pValueText } from '../claims/verdict-text.ts';
import { counted } from '../errors.ts';
import { fold } from './fold.ts';
import { deviationText, digitsText } from './number-text.ts';
import type { Screen } from './screen.ts';
import { renderTable } from './text-table.ts';

/** More cells are shown with --all. */
const mostCells = 12;
const mostNamed = 6;

/** A fact or a setting of both runs. */
export type SideBySide = readonly [title: string, a: string | null, b: string | null];

/** A diff for a terminal: what differs, then each metric cell by cell, then the best cells. */
export function showDiff(
  { settings, metrics, only, best }: Diff,
  facts: readonly SideBySide[],
  all: boolean,
  { color, width }: Screen,
): string {
  const rows = [...facts, ...settings.map(({ title, a, b }): SideBySide => [title, a, b])].filter(
    ([, a, b]) => all || a !== b,
  );
  const table = (header: string[], cells: string[][], align: ('left' | 'right')[]) =>
    renderTable(header, cells, { align, color, width });
  const shown = rows.map(([title, a, b]) => [title, a ?? '-', b ?? '-']);
  const parts = [
    rows.length === 0
      ? 'the settings are the same'
      : table(['setting', 'A', 'B'], shown, ['left', 'left', 'left']),
    ...(differs(facts, 'data') ? [fold(otherData, width).join('\n')] : []),
    ...metrics.filter(({ cells }) => cells.length > 0).map((metric) => metricPart(metric, all, table)),
    ...[onlyText('A', only.a, width), onlyText('B', only.b, width)].filter((text) => text !== ''),
    [bestText('A', best.a), bestText('B', best.b)].flatMap((text) => fold(text, width)).join('\n'),
  ];
  const cells = metrics.reduce((most, one) => Math.max(most, one.cells.length), 0);
  if (cells === 0) parts.push('no cell of one run has the settings of a cell of the other');
  return parts.join('\n\n');
}

const otherData = 'the data differ, so what has moved is not due to the settings alone';

const differs = (facts: readonly SideBySide[], wanted: string): boolean =>
  facts.some(([title, a, b]) => title === wanted && a !== b);

function metricPart(
  { title, best, cells }: MetricDiff,
  all: boolean,
  table: (header: string[], rows: string[][], align: ('left' | 'right')[]) => string,
): string {
  const shown = all || cells.length <= mostCells ? cells : [...cells].sort(byEvidence).slice(0, mostCells);
  const isNamed = shown.some(({ cell }) => cell !== '');
  const rows = shown.map((one) => [
    ...(isNamed ? [one.cell] : []),
    sideText(one.a),
    sideText(one.b),
    one.difference === null ? '-' : signedText(one.difference),
    one.adjusted === null ? '-' : pValueText(one.adjusted),
    one.verdict,
  ]);
  const header = [...(isNamed ? ['cell'] : []), 'A', 'B', 'B - A', 'p', ''];
  const align = [
    ...(isNamed ? ['left' as const] : []),
    ...(['right', 'right', 'right', 'right', 'left'] as const),
  ];
  const way = best === null ? '' : best === 'min' ? ' (lower is better)' : ' (higher is better)';
  const left = cells.length - shown.length;
  const more = left > 0 ? `\n... and ${counted(left, 'cell')} more: --all shows them` : '';
  return `${title}${way}: ${countsText(cells)}\n${table(header, rows, align)}${more}`;
}

/** What has moved most certainly first. */
function byEvidence(x: CellDiff, y: CellDiff): number {
  const size = ({ difference }: CellDiff) => Math.abs(difference ?? 0);
  return (x.adjusted ?? 2) - (y.adjusted ?? 2) || size(y) - size(x);
}

/** "2 better, 1 worse, 3 within seeds". */
function countsText(cells: readonly CellDiff[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of cells) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts]
    .map(([verdict, count]) => (verdict === 'one seed' ? `${count} with one seed` : `${count} ${verdict}`))
    .join(', ');
}

function sideText({ mean, deviation, runs, diverged }: Side): string {
  const lost = diverged > 0 ? ` (${diverged} div)` : '';
  if (mean === null) return diverged > 0 ? 'diverged' : '-';
  return `${deviation === null || runs < 2 ? digitsText(mean, 3) : deviationText(mean, deviation, 3)}${lost}`;
}

const signedText = (value: number): string => `${value > 0 ? '+' : ''}${digitsText(value, 2)}`;

function onlyText(side: string, cells: readonly string[], width: number): string {
  if (cells.length === 0) return '';
  const named = cells.slice(0, mostNamed).map((cell) => cell || 'its cell');
  const left = cells.length - named.length;
  const text = `only in ${side}: ${named.join('; ')}${left > 0 ? `; and ${left} more` : ''}`;
  return fold(text, width).join('\n');
}

function bestText(side: string, best: Diff['best']['a']): string {
  if (best === null) return `best in ${side}: none`;
  return `best in ${side}: ${best.cell === '' ? 'its only cell' : best.cell}: ${best.title} ${sideText(best)}`;
}
