import type { ClassifierSummary } from '../stats/classifier-summary.ts';
import { greatest } from '../stats/describe.ts';
import { colorKey } from './color-key.ts';
import { type Colors, colorScale, inkOn } from './colors.ts';
import type { SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { condensed, fontSize, labelLimit, textWidth } from './style.ts';

/** More classes have no room for shares below their counts. */
const mostShares = 10;
const colors: Colors = { low: 0, high: 1, kind: 'magma', bright: 'low', log: false };

/** Counts over all seeds, of the classes that occur. */
export interface Confusion {
  readonly classes: readonly string[];
  /** [true class][predicted class] */
  readonly counts: readonly (readonly number[])[];
}

export function confusionOf(
  summaries: readonly ClassifierSummary[],
  nameOf: (c: number) => string,
): Confusion {
  const [first] = summaries;
  const sums = first.confusion.map((row, c) =>
    row.map((_, p) => summaries.reduce((sum, { confusion }) => sum + confusion[c][p], 0)),
  );
  const occurring = sums.flatMap((row, c) =>
    row.some((n) => n > 0) || sums.some((r) => r[c] > 0) ? [c] : [],
  );
  return {
    classes: occurring.map(nameOf),
    counts: occurring.map((c) => occurring.map((p) => sums[c][p])),
  };
}

/** "Of 1000 test rows 912 were given their class. Most often confused: 4 as 9 (12), 7 as 9 (9)." */
export function confusionWords({ classes, counts }: Confusion): string {
  const total = counts.flat().reduce((sum, n) => sum + n, 0);
  const right = counts.reduce((sum, row, c) => sum + row[c], 0);
  const wrong = counts
    .flatMap((row, c) =>
      row.map((count, p) => ({ count, pair: `${classes[c]} as ${classes[p]}`, same: c === p })),
    )
    .filter(({ count, same }) => count > 0 && !same)
    .sort((a, b) => b.count - a.count)
    .slice(0, 3)
    .map(({ count, pair }) => `${pair} (${count})`);
  const most = wrong.length === 0 ? '' : ` Most often confused: ${wrong.join(', ')}.`;
  return `Of ${total} test rows ${right} were given their class.${most}`;
}

/** A confusion matrix: colours and, with few classes, percentages are shares of the rows of the true class. */
export function confusionMap({ classes, counts }: Confusion, look: Look): { body: SpecPart; width: number } {
  const hasShares = classes.length <= mostShares;
  const texts = counts.flat().map(String);
  const longest = Math.min(labelLimit, Math.ceil(greatest(classes.map((name) => textWidth(name)))));
  const labels = longest + fontSize + 14;
  const narrowest = Math.ceil(
    Math.max(
      hasShares ? condensed.width * textWidth('100%') + 4 : 0,
      ...texts.map((text) => condensed.width * textWidth(text) + 4),
    ),
  );
  const cell = Math.max(
    narrowest,
    fontSize + 2,
    Math.min(80, Math.floor((look.width - labels) / classes.length)),
  );
  const height = Math.round((hasShares ? 36 : 24) * look.stretch);
  const values = counts.flatMap((row, c) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return row.map((count, p) => {
      const share = total === 0 ? 0 : count / total;
      const percent = `${share >= 0.1 ? Math.round(100 * share) : Number((100 * share).toPrecision(1))}%`;
      return {
        true: classes[c],
        predicted: classes[p],
        share,
        text: count === 0 ? '' : hasShares ? [String(count), percent] : String(count),
        ink: inkOn(share, colors),
        detail: `${classes[c]}, predicted as ${classes[p]}: ${count} of ${total}`,
      };
    });
  });
  const axis = { domain: false, ticks: false, labelPadding: 5, labelAngle: 0, labelOverlap: false };
  // Names that are wider than their cells are written upwards.
  const labelAngle = longest + 4 > cell ? 270 : 0;
  const scale = { domain: classes };
  const tooltip = { field: 'detail', type: 'nominal' };
  const map = {
    width: cell * classes.length,
    height: height * classes.length,
    encoding: {
      x: {
        field: 'predicted',
        type: 'ordinal',
        scale,
        axis: { ...axis, labelAngle, title: 'predicted class' },
      },
      y: { field: 'true', type: 'ordinal', scale, axis: { ...axis, title: 'true class' } },
    },
    layer: [
      {
        data: { values },
        mark: { type: 'rect', stroke: '#888888', strokeWidth: 0.5 },
        encoding: {
          color: { field: 'share', type: 'quantitative', scale: colorScale(colors), legend: null },
          tooltip,
        },
      },
      ...['#ffffff', '#000000'].map((color) => ({
        data: { values: values.filter(({ ink, text }) => ink === color && text !== '') },
        mark: {
          type: 'text',
          color,
          font: condensed.font,
          baseline: 'middle',
          lineHeight: fontSize,
          dy: { expr: `isArray(datum.text) ? ${-fontSize / 2} : 0` },
        },
        encoding: { text: { field: 'text', type: 'nominal' }, tooltip },
      })),
    ],
  };
  const keys = hasShares ? [] : [colorKey(colors, 'share of the rows of the true class', 260, null)];
  const independent = { resolve: { scale: { color: 'independent', x: 'independent', y: 'independent' } } };
  return {
    body: { vconcat: [map, ...keys], ...independent },
    width: Math.max(look.width, labels + cell * classes.length),
  };
}
