import type { Figure, SpecPart } from './figure.ts';
import { type Look, usualLook } from './look.ts';
import { faint, ink, palette, textWidth, wholeSpec } from './style.ts';

/** What a specification curve shows. */
export interface SpecificationStrip {
  /** The file name without its ending. */
  readonly name: string;
  /** "OLS by SGD: the lowest test MSE of the grid (Figure 3)". */
  readonly title: string;
  /** "test MSE", "share of the seeds in which it is true". */
  readonly valueTitle: string;
  readonly published: number | null;
  /** The values are positive and vary by factors. */
  readonly isLog: boolean;
  readonly seeds: number;
  /** Each choice in words, those that matter most first. */
  readonly choices: readonly string[];
  /** One for each combination of the choices, in any order. */
  readonly specifications: readonly {
    /** Infinite where runs diverged. */
    readonly value: number;
    readonly low: number;
    readonly high: number;
    /** [choices] */
    readonly changed: readonly boolean[];
  }[];
}

/** The distance of two rows of choices and the least of two columns, and the height of the strip, in pixels. */
const rowStep = 22;
const columnStep = 16;
const stripHeight = 190;

/**
 * A specification curve: the values in ascending order with the published one as a line, and below them which choices are
 * changed. Source: Simonsohn, Simmons & Nelson, Specification curve analysis, Nature Human Behaviour 4 (2020).
 */
export function specificationFigure(strip: SpecificationStrip, look: Look = usualLook): Figure {
  const { name, title, valueTitle, published, isLog, seeds, choices } = strip;
  const sorted = strip.specifications.toSorted((a, b) =>
    a.value < b.value ? -1 : a.value > b.value ? 1 : 0,
  );
  const room = Math.min(320, Math.max(60, ...choices.map((choice) => textWidth(choice))));
  const across = Math.max(look.width - room - 40, columnStep * sorted.length);
  const finite = sorted
    .map((one, index) => ({ ...one, place: index + 1 }))
    .filter(({ value }) => Number.isFinite(value));
  const x = (axis: SpecPart | null): SpecPart => ({
    field: 'place',
    type: 'ordinal',
    scale: { domain: sorted.map((_, index) => index + 1) },
    axis,
  });
  const ends = finite.map(({ place, value, low, high }) => ({
    place,
    value,
    low,
    high: Number.isFinite(high) ? high : value,
  }));
  const type = isLog ? { type: 'log', nice: false, padding: 8 } : { zero: false, nice: true };
  const yAxis = { minExtent: room, title: valueTitle, tickCount: 5, titlePadding: 6 };
  const y = { field: 'value', type: 'quantitative', scale: type, axis: yAxis };
  const strips: SpecPart[] = [
    {
      mark: { type: 'rule', color: faint, strokeWidth: 1.5 },
      encoding: { x: x(null), y: { ...y, field: 'low' }, y2: { field: 'high' } },
    },
    { mark: { type: 'circle', color: palette[0], size: 70, opacity: 1 }, encoding: { x: x(null), y } },
  ];
  if (published !== null) {
    strips.push({
      data: { values: [{ value: published }] },
      mark: { type: 'rule', color: palette[1], strokeWidth: 2, strokeDash: [6, 3] },
      encoding: { y },
    });
  }
  const matrix = sorted.flatMap(({ changed }, index) =>
    choices.map((choice, row) => ({
      place: index + 1,
      choice,
      changed: changed[row] ? 'changed' : 'program',
    })),
  );
  const diverged = sorted.length - finite.length;
  const notes = [
    `Dots: ${seeds === 1 ? 'one seed' : `medians over ${seeds} seeds, bars their range`}, in ascending order.${published === null ? '' : ` Dashed: the published ${published}.`}`,
    `Below: filled where a choice is changed; in brackets its share of the variance.`,
    ...(diverged > 0
      ? [`The ${diverged === 1 ? 'last has' : `last ${diverged} have`} no dot: runs diverge.`]
      : []),
  ];
  return {
    name,
    title,
    caption: `${title}. ${notes.join(' ')}`,
    spec: wholeSpec(
      {
        ...{ title, notes, description: `${title}. ${notes.join(' ')}`, look },
        width: room + 40 + across,
      },
      {
        vconcat: [
          {
            data: { values: ends },
            width: across,
            height: stripHeight * look.stretch,
            layer: strips,
          },
          {
            data: { values: matrix },
            width: across,
            height: { step: rowStep },
            mark: { type: 'square', size: 110, strokeWidth: 1.2, stroke: ink, opacity: 1 },
            encoding: {
              x: x(null),
              y: {
                field: 'choice',
                type: 'nominal',
                sort: choices,
                axis: {
                  title: null,
                  minExtent: room,
                  domain: false,
                  ticks: false,
                  grid: false,
                  labelLimit: room,
                },
              },
              fill: {
                field: 'changed',
                type: 'nominal',
                scale: { domain: ['program', 'changed'], range: ['white', palette[0]] },
                legend: null,
              },
            },
          },
        ],
        spacing: 8,
      },
    ),
  };
}
