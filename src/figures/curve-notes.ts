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
    return panel.curves.map((curve) => ({ curve, axis }));
  });
  const finished = all.filter(({ curve }) => !curve.diverged);
  const crosses = all.some(({ curve }) => curve.crosses.length > 0);
  const key = keyOf(panels, title);
  return [
    ...(key.field === 'series' && key.splits.length > 1 ? ['Dashed: training; solid: test.'] : []),
    ...(all.some(({ curve }) => curve.published !== null) ? ["Diamonds: the report's last values."] : []),
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

/** Notes name so many curves; more are counted. */
const mostListed = 3;

interface Drawn {
  readonly curve: Curve;
  readonly axis: ValueAxis;
}

/** "Above the axis (triangles): learning rate 1 from epoch 3." */
function beyondText(
  where: 'Above' | 'Below',
  drawn: readonly Drawn[],
  firstBeyond: typeof firstAbove,
  placeText: (x: number) => string,
): string[] {
  const first = new Map<string, number>();
  for (const { curve, axis } of drawn) {
    const x = firstBeyond(curve, axis)?.x;
    if (x !== undefined) first.set(curve.series, Math.min(x, first.get(curve.series) ?? x));
  }
  if (first.size === 0) return [];
  const texts = [...first].map(([series, x]) => `${series === '' ? 'the curve' : series} ${placeText(x)}`);
  const more = texts.length - mostListed;
  const listed = [...texts.slice(0, mostListed), ...(more > 0 ? [`${more} more`] : [])];
  return [`${where} the axis (triangles): ${listed.join('; ')}.`];
}
