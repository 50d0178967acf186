import { greatest } from '../stats/describe.ts';
import type { CurvePanel } from './curve.ts';
import type { SpecPart } from './figure.ts';
import { fontSize, keyLimit, palette, textWidth, wrap, wrapWords } from './style.ts';

/** The key that all panels share: colours and marks name the series, dashes the splits. */
export interface Key {
  /** What the colours distinguish. */
  readonly field: 'series' | 'split';
  readonly title: string;
  readonly series: readonly string[];
  readonly splits: readonly string[];
  /** Whether there are many series in order, as of a number, whose colours go from dark to light. */
  readonly ordered: boolean;
}

/** Marks on the curves, so that of two curves on top of each other both are visible. Diamonds are the report's. */
const shapes = ['circle', 'square', 'triangle-up', 'cross', 'triangle-down'] as const;

/** The largest number of series that colours and marks can distinguish. */
export const mostNamed = 28;
/** How many names the key of more series has, if they are in order. */
const fewNamed = 10;

/** What the series are called together, and whether they are in the order of a number. */
export interface SeriesTitle {
  readonly title: string;
  readonly ordered: boolean;
}

export function keyOf(panels: readonly CurvePanel[], { title, ordered }: SeriesTitle): Key {
  const all = panels.flatMap((panel) => panel.curves);
  const series = [...new Set(all.map(({ series }) => series))];
  return {
    field: series.length === 1 ? 'split' : 'series',
    title: series.length === 1 ? '' : title,
    series,
    splits: [...new Set(all.map(({ split }) => split))],
    ordered: ordered && series.length > palette.length,
  };
}

export function hasKey({ series, splits, ordered }: Key): boolean {
  // One curve needs none.
  if (series.length === 1 && splits.length === 1) return false;
  return series.length <= mostNamed || ordered;
}

const named = ({ field, series, splits }: Key) => (field === 'series' ? series : splits);

export function colorOf(key: Key, width: number): SpecPart {
  const names = named(key);
  const range = names.map((_, index) => palette[index % palette.length]);
  return {
    field: key.field,
    type: 'nominal',
    sort: null,
    scale: {
      domain: names,
      ...(key.ordered ? { scheme: { name: 'viridis', extent: [0.15, 0.88] } } : { range }),
    },
    legend: hasKey(key) ? legendOf(key, names, width) : null,
  };
}

export function shapeOf(key: Key, width: number): SpecPart {
  const names = named(key);
  return {
    field: key.field,
    type: 'nominal',
    sort: null,
    scale: { domain: names, range: names.map((_, index) => shapes[index % shapes.length]) },
    legend: hasKey(key) ? legendOf(key, names, width) : null,
  };
}

const dashes: Readonly<Record<string, number[]>> = { train: [6, 3], test: [], validation: [8, 2, 1.5, 2] };

/** Training is dashed and test is solid, in every figure; validation is dashed and dotted, other libraries are dotted. */
export function dashOf({ field, splits, ...key }: Key, width: number): SpecPart {
  const dash = (split: string) => dashes[split] ?? [2, 2];
  return {
    field: 'split',
    type: 'nominal',
    sort: null,
    scale: { domain: splits, range: splits.map(dash) },
    // Two keys next to each other would be wider than the figure: then the notes have a sentence.
    legend:
      field === 'split' && splits.length > 1 ? legendOf({ field, splits, ...key }, splits, width) : null,
  };
}

function legendOf({ field, title, ordered }: Key, names: readonly string[], width: number): SpecPart {
  const lines = names.map((name) => wrapWords(name, keyLimit(width)));
  const widest = greatest(lines.flat().map((line) => textWidth(line))) + 34;
  const few = names.length > mostNamed && ordered;
  const step = (names.length - 1) / (fewNamed - 1);
  // A long title has no room next to the names.
  const isBeside = textWidth(title) < width / 3;
  const texts = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, lines[i]])));
  return {
    title: title === '' ? null : isBeside ? title : wrap(title, width - 75),
    titleOrient: isBeside ? 'left' : 'top',
    orient: 'top',
    direction: 'horizontal',
    ...(field === 'split' ? { symbolType: 'stroke', symbolSize: 400 } : { symbolSize: 80 }),
    symbolOpacity: 1,
    ...(few && { values: Array.from({ length: fewNamed }, (_, i) => names[Math.round(i * step)]) }),
    ...(lines.some(({ length }) => length > 1) && { labelExpr: `(${texts})[datum.label]` }),
    columns: Math.max(1, Math.floor((width - 75 - (isBeside ? textWidth(title) : 0)) / widest)),
    rowPadding: 2,
    columnPadding: fontSize,
  };
}
