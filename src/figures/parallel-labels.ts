import type { SpecPart } from './figure.ts';
import type { ParallelAxis } from './parallel-axes.ts';
import { condensed, fontSize, ink, textWidth, wrap } from './style.ts';

/** The encodings of places: the number of an axis, and the share of its height. */
export interface Places {
  readonly x: SpecPart;
  readonly y: SpecPart;
}

/** A label at an axis, whose number is `x`, at a share `y` of its height. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** The size of a label, its distance from the axis, and half the height of its line, in pixels. */
const labelSize = 12;
const distance = 6;
const halfLine = 8;

/**
 * Labels with a rim, so that they can be read on lines: to the left of their axes, and of the last axis to the right. Those that would
 * hide the best line are on the other side, if there is room.
 *
 * `best`: where the best line crosses each axis; `step` and `unit`: pixels from axis to axis, and of a whole axis.
 */
export function tickLabels(
  ticks: readonly Label[],
  best: readonly number[],
  { step, unit }: { readonly step: number; readonly unit: number },
  places: Places,
): SpecPart[] {
  const last = best.length - 1;
  const sideOf = (tick: Label): 'left' | 'right' => {
    const { x, y, text } = tick;
    if (x === last) return 'right';
    const width = labelWidth(text, step);
    const hidden = (beside: number | undefined) =>
      beside === undefined ? 0 : hiddenBy((best[x] - y) * unit, ((beside - best[x]) * unit) / step, width);
    const isNear = (other: Label) =>
      other.x === x + 1 &&
      other.x !== last &&
      Math.abs(other.y - y) * unit < 2 * halfLine &&
      width + labelWidth(other.text, step) + 4 * distance > step;
    return hidden(best[x - 1]) > hidden(best[x + 1]) + 2 && !ticks.some(isNear) ? 'right' : 'left';
  };
  const sides = ticks.map(sideOf);
  return (['left', 'right'] as const).flatMap((side) => {
    const values = ticks.filter((_, index) => sides[index] === side);
    return values.length === 0 ? [] : labels(values, side, step, places);
  });
}

function labelWidth(text: string, step: number): number {
  return Math.min(step - 2 * distance, condensed.width * textWidth(text, labelSize));
}

/** How many pixels of a line a label hides, `offset` above which the line leaves the axis with a slope. */
function hiddenBy(offset: number, slope: number, width: number): number {
  if (slope === 0) return Math.abs(offset) < halfLine ? width : 0;
  const [from, to] = [(-halfLine - offset) / slope, (halfLine - offset) / slope].sort((a, b) => a - b);
  return Math.max(0, Math.min(to, distance + width) - Math.max(from, distance - 2));
}

function labels(
  values: readonly Label[],
  side: 'left' | 'right',
  step: number,
  { x, y }: Places,
): SpecPart[] {
  const mark = {
    type: 'text',
    align: side === 'left' ? 'right' : 'left',
    baseline: 'middle',
    dx: side === 'left' ? -distance : distance,
    fontSize: labelSize,
    font: condensed.font,
    limit: step - 2 * distance,
    aria: false,
  };
  const layer = (own: SpecPart): SpecPart => ({
    data: { values },
    mark: { ...mark, ...own },
    encoding: { x, y, text: { field: 'text' } },
  });
  return [layer({ color: 'white', stroke: 'white', strokeWidth: 4 }), layer({ color: ink })];
}

/** The names of the axes above them. Those of several lines begin higher. */
export function axisTitles(axes: readonly ParallelAxis[], step: number, { x, y }: Places): SpecPart[] {
  const all = axes.map(({ title }, index) => ({ x: index, y: 1, lines: wrap(title, step - 8) }));
  const counts = [...new Set(all.map(({ lines }) => lines.length))];
  return counts.map((count) => ({
    data: {
      values: all
        .filter(({ lines }) => lines.length === count)
        .map(({ lines, ...place }) => ({ ...place, text: lines.join('\n') })),
    },
    mark: {
      type: 'text',
      align: 'center',
      baseline: 'bottom',
      lineBreak: '\n',
      lineHeight: titleHeight,
      dy: -12 - (count - 1) * titleHeight,
      color: ink,
      fontSize,
      aria: false,
    },
    encoding: { x, y, text: { field: 'text' } },
  }));
}

const titleHeight = 17;
