import { counted } from '../errors.ts';
import { greatest, least } from '../stats/describe.ts';
import { shortText } from '../stats/significant.ts';
import { endShapes } from './curve-marks.ts';
import { evenIndices } from './even-indices.ts';
import type { Figure, SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { missingOf, warningsOf } from './notes.ts';
import { meanOf, wordsOf } from './results.ts';
import { type DrawnSetting, type Searched, searchNotesOf, settingText } from './searched.ts';
import { faint, namedColors, palette, wholeSpec } from './style.ts';
import { axisOver, drawnOn, isLog, scaleOf, ticksOf, type ValueAxis } from './value-axis.ts';

/** Of more settings than this, some have dots. */
const mostDots = 1000;

/** A value of the setting with this number, or of the best so far from it on. */
interface Point {
  readonly number: number;
  readonly value: number;
  /** For the pointer. */
  readonly label?: string;
}

/** The values of the settings in the order of the draws, and the best of them so far; if other rows chose it, also its value on the test rows. */
export function bestSoFarFigure(searched: Searched, look: Look): Figure {
  const { results, settings, ranked, metric, metricWords, words } = searched;
  const steps = bestOf(searched);
  const each = settings.flatMap((one): Point[] =>
    one.value === null
      ? []
      : [
          {
            number: one.number,
            value: one.value,
            ...(look.interactive && {
              label: `setting ${one.number}: ${settingText(searched, one)}; ${metricWords} ${shortText(one.value, 3)}`,
            }),
          },
        ],
  );
  const dots = someOf(each, new Set(steps.map((step) => step.number)));
  const best = steps.map(({ number, value }): Point => ({ number, value: value! }));
  const testName = metric.name.replace('validation_', 'test_');
  const test = steps.flatMap(({ number, group }): Point[] => {
    const value = testName === metric.name ? null : meanOf(group, testName);
    return value === null ? [] : [{ number, value }];
  });
  const values = ranked.map(({ value }) => value!);
  const ends = [best, test].flatMap((points) => points.at(-1)?.value ?? []);
  const log = isLog(look.log, 'y', values) && least([...values, ...ends]) > 0;
  const axis = axisOver([...usual(values, ends, metric.best === 'max', log), ...ends], log);
  // Half a mark is not cut off at the frame, and the last setting has a step too.
  const margin = Math.max(0.5, 0.015 * settings.length);
  const x = {
    field: 'number',
    type: 'quantitative',
    scale: { domain: [1 - margin, settings.length + margin], nice: false },
    axis: { title: 'setting', format: 'd', tickCount: Math.min(6, settings.length), grid: false },
  };
  const y = {
    field: 'value',
    type: 'quantitative',
    scale: { ...scaleOf(axis), clamp: true },
    axis: { ...ticksOf(axis), ...decadeTicks(axis), title: metricWords },
  };
  const names = {
    each: dots.length < each.length ? 'some settings' : 'each setting',
    best: 'the best so far',
    test: 'its value on the test rows',
  };
  const color = namedColors(
    [
      { name: names.each, color: faint },
      { name: names.best, color: palette[0] },
      ...(test.length === 0 ? [] : [{ name: names.test, color: palette[1] }]),
    ],
    look.width < 440 ? 1 : 3,
  );
  const tooltip = look.interactive && { tooltip: { field: 'label', type: 'nominal' } };
  const marks = (points: readonly Point[], mark: SpecPart): SpecPart => ({
    data: { values: drawn(points, axis, names.each) },
    mark,
    encoding: { x, y, color, ...tooltip },
  });
  const line = (name: string, points: readonly Point[], strokeDash: number[]): SpecPart => {
    const end = { ...points[points.length - 1], number: settings.length + margin };
    return {
      data: { values: drawn([...points, end], axis, name) },
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2, strokeDash },
      encoding: { x, y, color },
    };
  };
  const isAbove = ({ value }: Point) => value > axis.high;
  const isUnder = ({ value }: Point) => value < axis.low;
  const [above, under] = [each.filter(isAbove), each.filter(isUnder)];
  const triangles = (
    points: readonly Point[],
    where: 'above the axis' | 'below the axis',
    yOffset: number,
  ) =>
    points.length === 0
      ? []
      : [
          marks(points, {
            type: 'point',
            shape: endShapes[where],
            filled: true,
            size: 40,
            opacity: 0.6,
            yOffset,
          }),
        ];
  const title = `${wordsOf(results).model}: best ${metricWords} so far`;
  const notes = [
    ...warningsOf(results),
    ...searchNotesOf(searched),
    ...(dots.length < each.length
      ? [
          `Dots: ${dots.length} of ${counted(each.length, 'setting')}, evenly spaced, with all that were the best so far.`,
        ]
      : []),
    ...(above.length === 0 ? [] : [`Above the axis (triangles): ${counted(above.length, 'setting')}.`]),
    ...(under.length === 0 ? [] : [`Below the axis (triangles): ${counted(under.length, 'setting')}.`]),
  ];
  const context = [wordsOf(results).context, wordsOf(results).seeds].filter((part) => part !== '').join(', ');
  const description = `${title} (${context}). ${words}. ${notes.join(' ')}`;
  return {
    name: 'best-so-far',
    title,
    caption: [description, ...missingOf(results)].join(' '),
    spec: wholeSpec(
      { title, context, notes, description, look },
      {
        width: Math.max(120, look.width - 80),
        height: Math.round(240 * look.stretch),
        layer: [
          marks(
            dots.filter((point) => !isAbove(point) && !isUnder(point)),
            { type: 'circle', size: settings.length > 300 ? 10 : 24, opacity: 0.6 },
          ),
          ...triangles(dots.filter(isAbove), 'above the axis', 4),
          ...triangles(dots.filter(isUnder), 'below the axis', -4),
          ...(test.length === 0 ? [] : [line(names.test, test, [5, 4])]),
          line(names.best, best, []),
        ],
      },
    ),
  };
}

function drawn(points: readonly Point[], axis: ValueAxis, series: string): SpecPart[] {
  return points.map((point) => ({ ...point, value: drawnOn(axis, point.value), series }));
}

/** The points of these settings, and of so many others, evenly spaced, that files stay small. */
function someOf(each: readonly Point[], kept: ReadonlySet<number>): readonly Point[] {
  const others = each.filter(({ number }) => !kept.has(number));
  const chosen = new Set(evenIndices(others.length, mostDots).map((index) => others[index]));
  return each.filter((point) => kept.has(point.number) || chosen.has(point));
}

/** Labels at powers of ten, and between them as far as there is room. Those of Vega leave out most of what is between. */
function decadeTicks({ kind, low, high }: ValueAxis): SpecPart | null {
  const decades = kind === 'log' ? Math.log10(high) - Math.log10(low) : 0;
  if (decades < 1) return null;
  const factors = decades <= 2 ? [1, 2, 5] : decades <= 4.5 ? [1, 3] : [1];
  const every = Math.ceil(decades / 9);
  const first = Math.floor(Math.log10(low) / every) * every;
  const powers = Array.from({ length: Math.ceil(decades / every) + 2 }, (_, i) => first + i * every);
  const values = powers
    .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
    .filter((value) => value >= low && value <= high);
  return {
    values,
    // Of more values than this, Vega leaves out every second.
    tickCount: values.length,
    // The labels of Vega would be empty at some of them.
    labelExpr: `replace(format(datum.value, '${high >= 1e6 ? '~e' : '~g'}'), 'e+', 'e')`,
  };
}

/** The settings that are better than all before them. */
function bestOf({ settings, metric }: Searched): DrawnSetting[] {
  const sign = metric.best === 'max' ? -1 : 1;
  const steps: DrawnSetting[] = [];
  for (const setting of settings) {
    if (setting.value === null) continue;
    const last = steps.at(-1);
    if (last === undefined || sign * setting.value < sign * last.value!) steps.push(setting);
  }
  return steps;
}

/** The better three quarters of the values, and the others as far as they do not flatten what the lines end at. */
function usual(values: readonly number[], ends: readonly number[], isMax: boolean, log: boolean): number[] {
  const sorted = [...values].sort((a, b) => (isMax ? b - a : a - b));
  const most = sorted[Math.floor(0.75 * (sorted.length - 1))];
  if (log) return values.filter((value) => (isMax ? value >= most / 10 : value <= most * 10));
  const span = 3 * Math.max(Math.abs(most - sorted[0]), greatest(ends) - least(ends));
  return values.filter((value) => Math.abs(value - sorted[0]) <= span);
}
