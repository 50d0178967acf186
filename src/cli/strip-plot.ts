import { scales } from '../stats/scales.ts';
import { significant } from '../stats/significant.ts';

/** How one, a few and many runs in one column are drawn, and the published value. */
const marks = {
  unicode: { runs: ['·', '•', '●'], published: '┃', isTrue: '●', isFalse: '○' },
  ascii: { runs: ['.', 'o', '@'], published: '|', isTrue: '+', isFalse: '-' },
} as const;
export type MarkSet = keyof typeof marks;

/** Most runs that the first and the second mark stand for. */
const [one, few] = [1, 3];

/**
 * Runs in one line of `width` characters, on the scale on which they are compared, with the published value:
 * "0.0489 ·  ·•●••· ·   ┃ 0.0561". Runs that diverged have no place. Null: there are no others.
 */
export function stripPlot(
  values: readonly number[],
  published: number,
  scaleTitle: string,
  width: number,
  set: MarkSet,
): string | null {
  const runs = values.filter(Number.isFinite);
  if (runs.length === 0) return null;
  const { forward } = Object.values(scales).find(({ title }) => title === scaleTitle) ?? scales.plain;
  const all = [...runs, published];
  const place = all.every((value) => Number.isFinite(forward(value))) ? forward : (value: number) => value;
  const low = all.reduce((a, b) => Math.min(a, b));
  const high = all.reduce((a, b) => Math.max(a, b));
  const [left, right] = [low, high].map((end) => String(significant(end, 3)));
  const columns = Math.max(1, width - left.length - right.length - 2);
  const span = place(high) - place(low);
  const columnOf = (value: number) =>
    span === 0 ? 0 : Math.round(((place(value) - place(low)) / span) * (columns - 1));
  const counts = Array<number>(columns).fill(0);
  for (const value of runs) counts[columnOf(value)]++;
  const signs = marks[set];
  const cells: string[] = counts.map((count) =>
    count === 0 ? ' ' : signs.runs[count <= one ? 0 : count <= few ? 1 : 2],
  );
  cells[columnOf(published)] = signs.published;
  return `${left} ${cells.join('')} ${right}`;
}

/** One mark for each seed: whether a conclusion is true in it. */
export function seedStrip(holds: readonly boolean[], set: MarkSet): string {
  const { isTrue, isFalse } = marks[set];
  return holds.map((held) => (held ? isTrue : isFalse)).join('');
}

/** What the marks say. */
export function stripKey(kind: 'runs' | 'seeds', set: MarkSet): string {
  const { runs, published, isTrue, isFalse } = marks[set];
  if (kind === 'seeds') return `${isTrue} a seed in which it is true, ${isFalse} one in which it is not`;
  return `${published} published; ${runs[0]} one run, ${runs[1]} two or three, ${runs[2]} more`;
}
