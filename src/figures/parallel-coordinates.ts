import { counted } from '../errors.ts';
import type { OptionName } from '../experiment/options.ts';
import { greatest, least } from '../stats/describe.ts';
import { shortText } from '../stats/significant.ts';
import type { Figure, SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { missingOf, warningsOf } from './notes.ts';
import { axesOf } from './parallel-axes.ts';
import { axisTitles, tickLabels } from './parallel-labels.ts';
import { metricAxis } from './parallel-metric.ts';
import { below, lineSeries } from './parallel-series.ts';
import { wordsOf } from './results.ts';
import { type DrawnSetting, type Searched, searchNotesOf, settingText } from './searched.ts';
import { faint, textWidth, wholeSpec } from './style.ts';

/** More lines than this only hide each other. */
const mostLines = 300;
/** The least distance of two axes, and the height of the panel, in pixels. */
const leastStep = 92;
const height = 300;
/**
 * Parallel coordinates: a line for each setting of a search, which crosses an axis for each searched option and one for the metric. The
 * best settings are dark, and drawn last. Source: Inselberg, The plane with parallel coordinates, The Visual Computer 1 (1985).
 */
export function parallelFigure(searched: Searched, look: Look): Figure {
  const { results, space, settings, ranked, metricWords, words } = searched;
  const names = Object.keys(space) as OptionName[];
  const drawn = drawnOf(searched);
  // Colours and the axis tell the drawn ones apart, however bad the others are.
  const shownOnly = { ...searched, settings: drawn, ranked: ranked.slice(0, mostLines) };
  const of = metricAxis(shownOnly, look);
  const axes = [...names.flatMap((name) => axesOf(name, space[name]!)), of.axis];
  const series = lineSeries(shownOnly);
  const rowOf = (setting: DrawnSetting): Record<string, unknown> => ({
    number: setting.number,
    series: series.of(setting).name,
    label: `setting ${setting.number}: ${settingText(searched, setting)}; ${valueText(setting, metricWords)}`,
    ...Object.fromEntries(
      axes.map((axis, index) => [
        `a${index}`,
        round(
          index === axes.length - 1
            ? (series.lostOf.get(setting)?.at ?? of.placeOf(setting)!)
            : (axis.placeOf(setting.group.settings) ?? below),
        ),
      ]),
    ),
  });
  const rows = drawn.map(rowOf);
  const last = axes.length - 1;
  const isBelow = axes.map((_, index) => index < last && rows.some((row) => row[`a${index}`] === below));
  const lowest = least([
    ...series.lost.map(({ at }) => at),
    isBelow.includes(true) ? below : 0,
    of.beyond?.at ?? 0,
  ]);
  const step = Math.max(leastStep, Math.floor((look.width - 70) / Math.max(1, last)));
  const width = step * last;
  // More rows below the axes do not make them shorter.
  const panel = Math.round(height * look.stretch * Math.max(1, (1 - lowest) / (1 - below)));
  const named = [series.best, ...series.bins, ...series.lost];
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: [0, last], nice: false },
    axis: null,
  };
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: { domain: [lowest, 1], nice: false },
    axis: null,
  };
  const color = {
    field: 'series',
    type: 'nominal',
    scale: { domain: named.map(({ name }) => name), range: named.map((one) => one.color) },
    legend: {
      title: metricWords,
      orient: 'bottom',
      direction: 'horizontal',
      columns: Math.max(
        1,
        Math.floor((width + 40) / (24 + greatest(named.map(({ name }) => textWidth(name))))),
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
    encoding: {
      ...{ x, y, color, detail: { field: 'number' }, order: { field: 'x', type: 'quantitative' } },
      // For screen readers: places on axes say nothing.
      description: { field: 'label', type: 'nominal' },
    },
  });
  const many = rows.length > 150;
  const ticks = [
    ...axes.flatMap((axis, index) => [
      ...axis.ticks.map(({ at, text }) => ({ x: index, y: round(at), text })),
      ...(isBelow[index] ? [{ x: index, y: below, text: 'none' }] : []),
    ]),
    ...[...(of.beyond === null ? [] : [of.beyond]), ...series.lost].map(({ at, label }) => ({
      x: last,
      y: round(at),
      text: label,
    })),
  ];
  const best = axes.map((_, index) => rows[rows.length - 1][`a${index}`] as number);
  const sizes = { step, unit: panel / (1 - lowest) };
  const title = `${wordsOf(results).model}: settings of a search by ${metricWords}`;
  const notes = [
    ...warningsOf(results),
    ...searchNotesOf(searched),
    ...(rows.length < settings.length ? [`Drawn: the ${rows.length} best of ${settings.length}.`] : []),
    'The best is at the top of the last axis.',
    ...(of.beyond === null ? [] : [`Below it: ${counted(of.beyond.count, 'far worse value')}.`]),
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
        height: panel,
        layer: [
          {
            data: { values: axes.map((_, index) => ({ x: index, y: 0, y2: 1 })) },
            mark: { type: 'rule', color: faint, strokeWidth: 1.2, aria: false },
            encoding: { x, y, y2: { field: 'y2' } },
          },
          lines(rows.slice(0, -1), { strokeWidth: many ? 0.8 : 1.3, opacity: many ? 0.5 : 0.9 }),
          lines(rows.slice(-1), { strokeWidth: 3, opacity: 1 }),
          ...tickLabels(ticks, best, sizes, { x, y }),
          ...axisTitles(axes, step, { x, y }),
        ],
      },
    ),
  };
}

/** The settings whose lines are drawn, the best one last: those that were stopped first, or diverged, make room for others. */
function drawnOf(searched: Searched): DrawnSetting[] {
  const { settings, ranked } = searched;
  const { lostOf } = lineSeries(searched);
  const lost = settings.filter((one) => lostOf.has(one));
  const earliestFirst = lost.sort((a, b) => lostOf.get(a)!.at - lostOf.get(b)!.at);
  return [...earliestFirst, ...ranked.toReversed()].slice(-mostLines);
}

/** "validation MSE 0.12"; "stopped after 3 epochs, validation MSE 0.2"; "diverged". */
function valueText({ value, stopped }: DrawnSetting, metricWords: string): string {
  const words = (number: number) => `${metricWords} ${shortText(number, 3)}`;
  if (value !== null) return words(value);
  if (stopped === null) return 'diverged';
  if (stopped.last.diverged > 0) return `diverged within ${stopped.after}`;
  return [
    `stopped after ${stopped.after}`,
    ...(stopped.last.mean === null ? [] : [words(stopped.last.mean)]),
  ].join(', ');
}

const round = (place: number): number => Math.round(place * 1e4) / 1e4;
