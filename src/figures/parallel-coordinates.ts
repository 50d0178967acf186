import type { OptionName } from '../experiment/options.ts';
import { greatest, least, robustLimits } from '../stats/describe.ts';
import { significantText } from '../stats/significant.ts';
import type { Figure, SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { missingOf, warningsOf } from './notes.ts';
import { axesOf, numberAxis, type ParallelAxis } from './parallel-axes.ts';
import { wordsOf } from './results.ts';
import { type DrawnSetting, type Searched, searchNotesOf, settingText } from './searched.ts';
import { condensed, faint, fontSize, ink, palette, rankColors, textWidth, wholeSpec, wrap } from './style.ts';
import { isLog } from './value-axis.ts';

/** More lines than this only hide each other. */
const mostLines = 1000;
/** The least distance of two axes, and the height of the panel, in pixels. */
const leastStep = 92;
const height = 300;
/** Where settings are that diverged, or that do not have an option: below the axes. */
const below = -0.12;
/** A logarithmic axis of the metric has at most this many decades: what is worse is at its end. */
const mostDecades = 4;

/**
 * Parallel coordinates: a line for each setting of a search, which crosses an axis for each searched option and one for the metric. The
 * best settings are dark, and drawn last. Source: Inselberg, The plane with parallel coordinates, The Visual Computer 1 (1985).
 */
export function parallelFigure(searched: Searched, look: Look): Figure {
  const { results, space, settings, ranked, metricWords, words } = searched;
  const names = Object.keys(space) as OptionName[];
  const of = metricAxis(searched, look);
  const axes = [...names.flatMap((name) => axesOf(name, space[name]!)), of.axis];
  const lost = settings.filter(({ value, diverged, stopped }) => value === null && (diverged || stopped));
  const lostName = ['stopped', 'diverged']
    .filter((what) => lost.some((one) => one[what as 'stopped']))
    .join(' or ');
  const drawn = [...lost, ...ranked.toReversed()].slice(-mostLines);
  // The best has a line of its own.
  const bins = binsOf(ranked.slice(1));
  const best = `best: ${shortNumber(significantText(ranked[0].value!, 3))}`;
  const rowOf = (setting: DrawnSetting): Record<string, unknown> => ({
    number: setting.number,
    series: setting === ranked[0] ? best : (bins.labelOf.get(setting) ?? lostName),
    label: `setting ${setting.number}: ${settingText(searched, setting)}; ${setting.value === null ? (setting.stopped ? 'stopped' : 'diverged') : `${metricWords} ${significantText(setting.value, 3)}`}`,
    ...Object.fromEntries(
      axes.map((axis, index) => [
        `a${index}`,
        round(
          (index === axes.length - 1 ? of.placeOf(setting) : axis.placeOf(setting.group.settings)) ?? below,
        ),
      ]),
    ),
  });
  const rows = drawn.map(rowOf);
  const isBelow = axes.map((_, index) => rows.some((row) => row[`a${index}`] === below));
  const hasBelow = isBelow.includes(true);
  const step = Math.max(leastStep, Math.floor((look.width - 70) / Math.max(1, axes.length - 1)));
  const width = step * (axes.length - 1);
  const hasLost = rows.some(({ series }) => series === lostName);
  const series = [
    { name: best, color: palette[1] },
    ...bins.labels.map((name, index) => ({ name, color: bins.colors[index] })),
    ...(hasLost ? [{ name: lostName, color: '#bbbbbb' }] : []),
  ];
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: [0, axes.length - 1], nice: false },
    axis: null,
  };
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: { domain: [hasBelow ? below : 0, 1], nice: false },
    axis: null,
  };
  const color = {
    field: 'series',
    type: 'nominal',
    scale: { domain: series.map(({ name }) => name), range: series.map((one) => one.color) },
    legend: {
      title: metricWords,
      orient: 'bottom',
      direction: 'horizontal',
      columns: Math.max(
        1,
        Math.floor((width + 40) / (24 + Math.max(...series.map(({ name }) => textWidth(name))))),
      ),
      symbolType: 'stroke',
      symbolStrokeWidth: 3,
      symbolOpacity: 1,
    },
  };
  const fold: SpecPart = {
    transform: [
      { fold: axes.map((_, index) => `a${index}`), as: ['axis', 'y'] },
      { calculate: 'toNumber(substring(datum.axis, 1))', as: 'x' },
    ],
  };
  const lines = (values: readonly unknown[], mark: SpecPart): SpecPart => ({
    data: { values },
    ...fold,
    mark: {
      type: 'line',
      strokeJoin: 'round',
      ...mark,
      ...(look.interactive && { tooltip: { signal: 'datum.label' } }),
    },
    encoding: { x, y, color, detail: { field: 'number' }, order: { field: 'x', type: 'quantitative' } },
  });
  const many = rows.length > 150;
  const ticks = axes.flatMap((axis, index) => [
    ...axis.ticks.map(({ at, text }) => ({ x: index, y: round(at), text })),
    ...(isBelow[index] ? [{ x: index, y: below, text: index === axes.length - 1 ? lostName : 'none' }] : []),
  ]);
  const isLast = (tick: { x: number }) => tick.x === axes.length - 1;
  const title = `${wordsOf(results).model}: settings of a search by ${metricWords}`;
  const notes = [
    ...warningsOf(results),
    ...searchNotesOf(searched),
    ...(rows.length < settings.length ? [`Drawn: the ${rows.length} best of ${settings.length}.`] : []),
    'The best is at the top of the last axis.',
    ...(of.isCut ? ['Values worse than its lowest label are at its lower end.'] : []),
  ];
  const context = [wordsOf(results).context, wordsOf(results).seeds].filter((part) => part !== '').join(', ');
  const description = `${title} (${context}). ${words}. ${notes.join(' ')}`;
  return {
    name: 'search',
    title,
    caption: [description, ...missingOf(results)].join(' '),
    spec: wholeSpec(
      { title, context, notes, description, look, width: width + 70 },
      {
        width,
        height: Math.round(height * look.stretch),
        layer: [
          {
            data: { values: axes.map((_, index) => ({ x: index, y: 0, y2: 1 })) },
            mark: { type: 'rule', color: faint, strokeWidth: 1.2, aria: false },
            encoding: { x, y, y2: { field: 'y2' } },
          },
          lines(rows.slice(0, -1), { strokeWidth: many ? 0.8 : 1.3, opacity: many ? 0.75 : 0.9 }),
          lines(rows.slice(-1), { strokeWidth: 3, opacity: 1 }),
          ...[false, true].flatMap((last) =>
            labels(
              ticks.filter((tick) => isLast(tick) === last),
              last ? 'left' : 'right',
              x,
              y,
              step,
            ),
          ),
          ...titles(axes, step, x, y),
        ],
      },
    ),
  };
}

/** Labels with a rim, so that they can be read on lines. */
function labels(
  values: readonly { text: string }[],
  align: 'left' | 'right',
  x: SpecPart,
  y: SpecPart,
  step: number,
): SpecPart[] {
  const mark = {
    type: 'text',
    align,
    baseline: 'middle',
    dx: align === 'left' ? 6 : -6,
    fontSize: 12,
    font: condensed.font,
    limit: step - 12,
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
function titles(axes: readonly ParallelAxis[], step: number, x: SpecPart, y: SpecPart): SpecPart[] {
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

const round = (place: number): number => Math.round(place * 1e4) / 1e4;

/** "3.76e9" for 3760000000, as in tables. */
function shortNumber(text: string): string {
  return /^-?\d{7,}$/.test(text) ? Number(text).toExponential().replace('e+', 'e') : text;
}

/** The axis of the metric, with the better end at its top. */
function metricAxis({ ranked, metric, metricWords }: Searched, look: Look) {
  const values = ranked.map(({ value }) => value!);
  const [smallest, largest] = [least(values), greatest(values)];
  const log = isLog(look.log, 'y', values) && smallest > 0;
  const span = 10 ** mostDecades;
  const usual = robustLimits(values);
  const isMin = metric.best !== 'max';
  const limits = log
    ? isMin
      ? { low: smallest, high: Math.min(largest, smallest * span) }
      : { low: Math.max(smallest, largest / span), high: largest }
    : isMin
      ? { low: smallest, high: usual.high }
      : { low: usual.low, high: largest };
  const up = numberAxis(metricWords, { ...limits, isLog: log, digits: 3 }, () => null);
  const flip = (at: number) => (isMin ? 1 - at : at);
  const along = (value: number) => (log ? Math.log(value) : value);
  const { low, high } = limits;
  const isOne = !(high > low);
  const place = (value: number) =>
    Math.min(1, Math.max(0, (along(value) - along(low)) / (along(high) - along(low))));
  return {
    axis: {
      ...up,
      ticks: up.ticks.map(({ at, text }) => ({ at: isOne ? 1 : flip(at), text: shortNumber(text) })),
    },
    placeOf: ({ value }: DrawnSetting): number | null =>
      value === null ? null : isOne ? 1 : flip(place(value)),
    isCut: isMin ? high < largest : low > smallest,
  };
}

/** The settings in fifths from the best to the worst, each with a colour and a label of its values. */
function binsOf(ranked: readonly DrawnSetting[]) {
  const count = Math.min(rankColors.length, ranked.length);
  const labels: string[] = [];
  const colors: string[] = [];
  const labelOf = new Map<DrawnSetting, string>();
  for (let bin = 0; bin < count; bin++) {
    const at = (index: number) => Math.ceil((index * ranked.length) / count);
    const members = ranked.slice(at(bin), at(bin + 1));
    const [from, to] = [members[0], members[members.length - 1]].map(({ value }) =>
      shortNumber(significantText(value!, 3)),
    );
    const label = from === to ? from : `${from} to ${to}`;
    if (!labels.includes(label)) {
      labels.push(label);
      colors.push(rankColors[bin]);
    }
    for (const member of members) labelOf.set(member, label);
  }
  return { labels, colors, labelOf };
}
