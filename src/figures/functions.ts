import type { FunctionsExperiment, FunctionValue } from '../experiment/functions.ts';
import { greatest, least } from '../stats/describe.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import { evenIndices } from './even-indices.ts';
import type { Figure, SpecPart } from './figure.ts';
import { type Look, usualLook } from './look.ts';
import { typeset } from './notes.ts';
import { ink, palette, wholeSpec } from './style.ts';
import { axisOver } from './value-axis.ts';

/** More points than this would not be visible in a panel. */
const mostPoints = 1000;
/** Two functions that differ by less than this share of their range look alike, and are also drawn enlarged. */
const alike = 0.03;

const domain = ['function', 'gradient'];

/** Functions and their gradients: one panel per function, two panels per row, then what looks alike, enlarged. */
export function functionsFigure(
  experiment: FunctionsExperiment,
  values: readonly FunctionValue[],
  look: Partial<Look> = {},
): Figure {
  const whole = { ...usualLook, ...look };
  const title = typeset(experiment.title);
  const names = [...new Set(values.map(({ activation }) => activation))];
  const byName = new Map<string, Curve>(
    names.map((name) => {
      const own = values.filter(({ activation }) => activation === name);
      return [typeset(name), evenIndices(own.length, mostPoints).map((index) => drawn(own[index]))];
    }),
  );
  const size = { width: Math.max(60, (whole.width - 90) / 2), height: Math.round(130 * whole.stretch) };
  const enlarged = pairsAlike(byName);
  const panels = [
    ...[...byName].map(([name, points]) => ({ ...size, ...functionPanel(name, points) })),
    ...enlarged.map((pair) => ({ ...size, ...enlargedPanel(pair, byName) })),
  ];
  const slope = names.includes('leaky_relu')
    ? [' The slope of leaky relu below 0 is 0.01; the report draws 0.05.']
    : [];
  const caption = [
    `${title} (${experiment.figure}).`,
    ...enlarged.map(
      ([one, other]) => ` ${one} and ${other} are nearly the same, and drawn enlarged where they differ.`,
    ),
    ...slope,
  ].join('');
  const body = { concat: panels, columns: 2, spacing: { row: 14, column: 20 } };
  const spec = wholeSpec({ title, notes: [], description: caption, look: whole }, body);
  return { name: 'functions', title, caption, spec };
}

interface FunctionPoint {
  readonly x: number;
  readonly value: number;
  readonly gradient: number;
}
type Curve = readonly FunctionPoint[];

function drawn({ x, value, gradient }: FunctionValue): FunctionPoint {
  return { x: clampToAxis(x), value: clampToAxis(value), gradient: clampToAxis(gradient) };
}

const heading = (text: string) => ({ text, fontWeight: 'normal', offset: 4, anchor: 'middle' });
const x = { field: 'x', type: 'quantitative', axis: { tickCount: 5 } };
const y = { field: 'y', type: 'quantitative', axis: { title: null, tickCount: 5, minExtent: 30 } };

function functionPanel(name: string, points: Curve): SpecPart {
  const values = points.flatMap(({ x: at, value, gradient }) => [
    { x: at, what: 'function', y: value },
    { x: at, what: 'gradient', y: gradient },
  ]);
  return {
    title: heading(name),
    data: { values },
    mark: { type: 'line', strokeWidth: 2, tooltip: true },
    encoding: {
      x,
      y,
      color: {
        field: 'what',
        type: 'nominal',
        scale: { domain, range: palette.slice(0, 2) },
        legend: { title: null, orient: 'top', symbolType: 'stroke', symbolSize: 400 },
      },
      strokeDash: { field: 'what', type: 'nominal', scale: { domain, range: [[], [2, 2]] } },
    },
  };
}

/** Pairs of functions that differ, but by less than could be seen. */
function pairsAlike(byName: ReadonlyMap<string, Curve>): [string, string][] {
  const names = [...byName.keys()];
  return names.flatMap((one, i) =>
    names.slice(i + 1).flatMap((other): [string, string][] => {
      const [a, b] = [byName.get(one)!, byName.get(other)!];
      if (a.length !== b.length || a.some((point, index) => point.x !== b[index].x)) return [];
      const values = [...a, ...b].map(({ value }) => value);
      const difference = greatest(a.map(({ value }, index) => Math.abs(value - b[index].value)));
      const range = greatest(values) - least(values);
      return difference > 0 && difference < alike * range ? [[one, other]] : [];
    }),
  );
}

/** Two functions where they differ, with their names on the curves. */
function enlargedPanel([one, other]: [string, string], byName: ReadonlyMap<string, Curve>): SpecPart {
  const [a, b] = [byName.get(one)!, byName.get(other)!];
  const differ = a.flatMap(({ value }, index) => (value === b[index].value ? [] : [index]));
  const [first, last] = [differ[0], differ[differ.length - 1]];
  const values = [one, other].flatMap((name) =>
    byName
      .get(name)!
      .slice(Math.max(0, first - 1), last + 2)
      .map(({ x: at, value }) => ({ name, x: at, y: value })),
  );
  const { low, high } = axisOver(
    values.map(({ y: value }) => value),
    false,
  );
  const margin = (high - low) / 6;
  const wide = { ...y, scale: { domain: [low - margin, high + margin], nice: false } };
  const middle = differ[Math.floor(differ.length / 2)];
  const isAbove = a[middle].value > b[middle].value;
  const label = (name: string, above: boolean): SpecPart => ({
    data: { values: [{ name, x: a[middle].x, y: byName.get(name)![middle].value }] },
    mark: {
      type: 'text',
      color: ink,
      dy: above ? -9 : 11,
      baseline: 'middle',
      align: above ? 'right' : 'left',
    },
    encoding: { x, y: wide, text: { field: 'name', type: 'nominal' } },
  });
  return {
    title: heading(`${one} and ${other}, enlarged`),
    layer: [
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 2, color: palette[0], tooltip: true },
        encoding: { x, y: wide, detail: { field: 'name', type: 'nominal' } },
      },
      label(one, isAbove),
      label(other, !isAbove),
    ],
  };
}
