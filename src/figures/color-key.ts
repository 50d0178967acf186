import { significantText } from '../stats/significant.ts';
import { type Colors, colorScale } from './colors.ts';
import type { SpecPart } from './figure.ts';
import { ink, textWidth } from './style.ts';

/** How many stripes make the bar of a key. */
const stripes = 60;
const thickness = 8;
/** Pixels between two labels. */
const between = 14;

/**
 * The key of a colour scale as a panel of its own: a bar of colours, with the values at its ends and, if there is room,
 * in its middle. It is as wide as its labels need.
 *
 * `axis` is a y axis without labels that is as wide as those of the heat maps, so that bar and cells begin together.
 */
export function colorKey(colors: Colors, title: string, width: number, axis: SpecPart | null): SpecPart {
  const { low, high, log } = colors;
  const y = { field: 'y', type: 'ordinal', axis };
  if (!(high > low)) return singleValue(colors, title, width, y);
  const at = placesIn(colors);
  const digits = digitsFor([low, at(0.5), high]);
  const widths = [low, at(0.5), high].map((value) => textWidth(`+${value.toPrecision(digits)}`));
  const hasMiddle = widths[0] + widths[1] + widths[2] + 2 * between < width;
  const values = Array.from({ length: stripes }, (_, i) => ({
    from: at(i / stripes),
    // Each stripe reaches under the next one, so that there are no seams.
    to: at(Math.min(1, (i + 2) / stripes)),
    value: at((i + 0.5) / stripes),
    y: '',
  }));
  return {
    width: Math.ceil(Math.max(width, widths[0] + widths[2] + between)),
    height: thickness,
    data: { values },
    mark: { type: 'rect', aria: false, strokeWidth: 0 },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        scale: { domain: [low, high], nice: false, ...(log ? { type: 'log' } : { zero: false }) },
        axis: {
          title,
          grid: false,
          domain: false,
          values: hasMiddle ? [low, at(0.5), high] : [low, high],
          format: `${colors.kind === 'magma' ? '' : '+'}.${digits}~g`,
          ...(colors.kind === 'difference' && { labelExpr: "datum.value === 0 ? '0' : datum.label" }),
          labelFlush: true,
        },
      },
      x2: { field: 'to' },
      y,
      color: { field: 'value', type: 'quantitative', scale: colorScale(colors), legend: null },
    },
  };
}

/** The value at a share of the bar, from 0 to 1. */
function placesIn({ low, high, log }: Colors): (share: number) => number {
  const [from, to] = log ? [Math.log(low), Math.log(high)] : [low, high];
  return (share) => {
    if (share === 0 || share === 1) return share === 0 ? low : high;
    const value = from * (1 - share) + to * share;
    return log ? Math.exp(value) : value;
  };
}

/** As few significant digits as distinguish the values: two or more. */
function digitsFor(values: readonly number[]): number {
  const enough = [2, 3, 4, 5, 6].find(
    (digits) => new Set(values.map((value) => significantText(value, digits))).size === values.length,
  );
  return enough ?? 6;
}

/** One value everywhere has no bar. */
function singleValue({ low }: Colors, title: string, width: number, y: SpecPart): SpecPart {
  const metric = title.split(':')[0];
  return {
    width,
    height: thickness,
    data: { values: [{ y: '' }] },
    mark: {
      type: 'text',
      text: `${metric}: ${significantText(low, 3)} in every cell`,
      color: ink,
      align: 'left',
      aria: false,
    },
    encoding: { x: { value: 0 }, y },
  };
}
