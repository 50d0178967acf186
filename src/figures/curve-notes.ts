import { groupBy } from '../output/group-by.ts';
import type { Curve, CurvePanel } from './curve.ts';
import { firstAbove, firstBelow, hasOffLog, isBandCut, panelAxis } from './curve-axis.ts';
import { hasKey, keyOf, mostNamed, type SeriesTitle } from './curve-key.ts';
import type { Look } from './look.ts';
import type { ValueAxis } from './value-axis.ts';

/** What the marks in the panels mean, as far as there are any. */
export function marksOf(
  panels: readonly CurvePanel[],
  title: SeriesTitle,
  { log }: Look,
  placeText: (x: number) => string,
): string[] {
  const all = panels.flatMap((panel) => {
    const axis = panelAxis(panel, panels, log);
    const name = panelName(panel, panels);
    return panel.curves.map((curve): Drawn => ({ curve, axis, panel: name }));
  });
  const finished = all.filter(({ curve }) => !curve.diverged);
  const crosses = all.some(({ curve }) => curve.crosses.length > 0);
  const key = keyOf(panels, title);
  return [
    ...(key.field === 'series' && key.splits.length > 1 ? dashNote(all) : []),
    ...diamondsText(all),
    ...beyondText('Above', finished, firstAbove, placeText),
    ...beyondText('Below', finished, firstBelow, placeText),
    ...(crosses ? ['Crosses: training diverged.'] : []),
    ...(finished.some(({ curve, axis }) => isBandCut(curve, axis)) ? ['Bands are cut off at the edge.'] : []),
    ...(all.some(({ curve, axis }) => hasOffLog(curve, axis))
      ? ['Values at or below 0 are on the lower edge.']
      : []),
    ...(hasKey(key) || key.series.length === 1
      ? []
      : [`No key: more than ${mostNamed} curves cannot be told apart.`]),
  ];
}

/** What the diamonds are: the report often gives only test values. */
function diamondsText(all: readonly Drawn[]): string[] {
  const published = all.filter(({ curve }) => curve.published !== null);
  const splits = [...new Set(published.map(({ curve }) => curve.split.split(',')[0]))];
  return splits.length === 0 ? [] : [`Diamonds: the report's last ${splits.join(' and ')} values.`];
}

/** Notes name at most this many curves and count the rest. */
const mostListed = 3;

interface Drawn {
  readonly curve: Curve;
  readonly axis: ValueAxis;
  /** The name of its panel. */
  readonly panel: string;
}

/** "Above the axis (triangles): learning rate 1 from epoch 3.", with the panels if it is not true for all of them. */
function beyondText(
  where: 'Above' | 'Below',
  drawn: readonly Drawn[],
  firstBeyond: typeof firstAbove,
  placeText: (x: number) => string,
): string[] {
  const panels = [...groupBy(drawn, ({ panel }) => panel)];
  const texts = panels.map(([panel, own]) => ({ panel, text: listBeyond(own, firstBeyond, placeText) }));
  const notes = [
    ...groupBy(
      texts.filter(({ text }) => text !== ''),
      ({ text }) => text,
    ),
  ];
  if (notes.length > mostListed) {
    const all = listBeyond(drawn, firstBeyond, placeText);
    return [`${where} the axis in some panels (triangles): ${all}.`];
  }
  return notes.map(([text, members]) => {
    const named =
      members.length === panels.length ? '' : ` of ${members.map(({ panel }) => panel).join(', ')}`;
    return `${where} the axis${named} (triangles): ${text}.`;
  });
}

/** "0.1 from epoch 3; 1 from epoch 2"; empty if no curve is beyond its axis. */
function listBeyond(
  drawn: readonly Drawn[],
  firstBeyond: typeof firstAbove,
  placeText: (x: number) => string,
): string {
  const first = new Map<string, number>();
  for (const { curve, axis } of drawn) {
    const x = firstBeyond(curve, axis)?.x;
    if (x !== undefined) first.set(curve.series, Math.min(x, first.get(curve.series) ?? x));
  }
  const texts = [...first].map(([series, x]) => `${series === '' ? 'the curve' : series} ${placeText(x)}`);
  const more = texts.length - mostListed;
  return [...texts.slice(0, mostListed), ...(more > 0 ? [`${more} more`] : [])].join('; ');
}

/** What distinguishes a panel: its title, what its axis shows, or both. */
function panelName(panel: CurvePanel, panels: readonly CurvePanel[]): string {
  const several = (values: readonly string[]) => new Set(values).size > 1;
  return [
    several(panels.map(({ title }) => title)) ? panel.title : '',
    several(panels.map(({ valueTitle }) => valueTitle)) ? panel.valueTitle : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** "Dashed: training; solid: test.", of the splits that have points. */
function dashNote(drawn: readonly Drawn[]): string[] {
  const splits = new Set(drawn.flatMap(({ curve }) => (curve.points.length > 0 ? curve.split : [])));
  const kinds = [
    ['train', 'dashed: training'],
    ['test', 'solid: test'],
    ['validation', 'dash-dotted: validation'],
  ];
  const text = kinds.flatMap(([split, words]) => (splits.has(split) ? words : [])).join('; ');
  return splits.size < 2 || text === '' ? [] : [`${text[0].toUpperCase()}${text.slice(1)}.`];
}
