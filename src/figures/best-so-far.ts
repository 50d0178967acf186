import { greatest, least } from '../stats/describe.ts';
import type { Figure, SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { missingOf, warningsOf } from './notes.ts';
import { meanOf, wordsOf } from './results.ts';
import { type DrawnSetting, type Searched, searchNotesOf } from './searched.ts';
import { faint, palette, wholeSpec } from './style.ts';
import { axisOver, drawnOn, isLog, scaleOf, ticksOf } from './value-axis.ts';

/** The values of the settings in the order of the draws, and the best of them so far; if other rows chose it, also its value on the test rows. */
export function bestSoFarFigure(searched: Searched, look: Look): Figure {
  const { results, settings, ranked, metric, metricWords, words } = searched;
  const best = bestOf(searched);
  const testName = metric.name.replace('validation_', 'test_');
  const ofTest =
    testName === metric.name
      ? []
      : best.map(({ number, of }) => ({ number, value: meanOf(of.group, testName) }));
  const names = { each: 'each setting', best: 'the best so far', test: 'its value on the test rows' };
  const shown = [...best.map(({ of }) => of.value!), ...ofTest.flatMap(({ value }) => value ?? [])];
  const values = ranked.map(({ value }) => value!);
  const log = isLog(look.log, 'y', values) && least([...values, ...shown]) > 0;
  const axis = axisOver([...usual(values, shown, metric.best === 'max', log), ...shown], log);
  const y = {
    field: 'value',
    type: 'quantitative',
    scale: { ...scaleOf(axis), clamp: true },
    axis: { ...ticksOf(axis), title: metricWords },
  };
  const x = {
    field: 'number',
    type: 'quantitative',
    scale: { domain: settings.length === 1 ? [0.5, 1.5] : [1, settings.length], nice: false },
    axis: { title: 'setting', format: 'd', tickCount: Math.min(8, settings.length), grid: false },
  };
  const series = [
    { name: names.each, color: faint },
    { name: names.best, color: palette[0] },
    ...(ofTest.length === 0 ? [] : [{ name: names.test, color: palette[1] }]),
  ];
  const color = {
    field: 'series',
    type: 'nominal',
    scale: { domain: series.map(({ name }) => name), range: series.map((one) => one.color) },
    legend: {
      title: null,
      orient: 'top',
      direction: 'horizontal',
      columns: look.width < 440 ? 1 : 3,
      symbolType: 'circle',
      symbolOpacity: 1,
      symbolStrokeColor: 'transparent',
    },
  };
  const line = (
    name: string,
    points: readonly { number: number; value: number | null }[],
    strokeDash: number[],
  ): SpecPart => ({
    data: {
      values: points.flatMap(({ number, value }) =>
        value === null ? [] : [{ number, value: drawnOn(axis, value), series: name }],
      ),
    },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2, strokeDash },
    encoding: { x, y, color },
  });
  const title = `${wordsOf(results).model}: best ${metricWords} so far`;
  const isCut = values.some((value) => value < axis.low || value > axis.high);
  const notes = [
    ...warningsOf(results),
    ...searchNotesOf(searched),
    ...(isCut ? ['Values beyond the axis are at its edge.'] : []),
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
          {
            data: {
              values: settings.flatMap(({ number, value }) =>
                value === null ? [] : [{ number, value: drawnOn(axis, value), series: names.each }],
              ),
            },
            mark: {
              type: 'circle',
              size: settings.length > 300 ? 10 : 24,
              opacity: 0.6,
              ...(look.interactive && { tooltip: true }),
            },
            encoding: { x, y, color },
          },
          ...(ofTest.length === 0 ? [] : [line(names.test, ofTest, [5, 4])]),
          line(
            names.best,
            best.map(({ number, of }) => ({ number, value: of.value })),
            [],
          ),
        ],
      },
    ),
  };
}

/** The best setting at each at which it changes, and at the last one. */
function bestOf({ settings, metric }: Searched): { readonly number: number; readonly of: DrawnSetting }[] {
  const sign = metric.best === 'max' ? -1 : 1;
  const steps: { number: number; of: DrawnSetting }[] = [];
  for (const setting of settings) {
    if (setting.value === null) continue;
    const last = steps.at(-1);
    if (last === undefined || sign * setting.value < sign * last.of.value!)
      steps.push({ number: setting.number, of: setting });
  }
  const last = steps[steps.length - 1];
  return last.number === settings.length ? steps : [...steps, { number: settings.length, of: last.of }];
}

/** The better three quarters of the values, and the others as far as they do not flatten them. */
function usual(values: readonly number[], shown: readonly number[], isMax: boolean, log: boolean): number[] {
  const sorted = [...values].sort((a, b) => (isMax ? b - a : a - b));
  const most = sorted[Math.floor(0.75 * (sorted.length - 1))];
  if (log) return values.filter((value) => (isMax ? value >= most / 10 : value <= most * 10));
  const span = 3 * Math.max(Math.abs(most - sorted[0]), greatest(shown) - least(shown));
  return values.filter((value) => Math.abs(value - sorted[0]) <= span);
}
