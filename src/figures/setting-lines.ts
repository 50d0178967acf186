import { type ShownMetric, splitNames } from '../experiment/define.ts';
import { type OptionName, optionTitle } from '../experiment/options.ts';
import { groupBy } from '../output/group-by.ts';
import { greatest, least } from '../stats/describe.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import type { Curve, CurvePanel } from './curve.ts';
import { marksOf } from './curve-notes.ts';
import { curves } from './curves.ts';
import type { Figure } from './figure.ts';
import type { Look } from './look.ts';
import { messageFigure } from './message-figure.ts';
import {
  divergedOf,
  fewNumbersOf,
  hasDraws,
  missingOf,
  numbersOf,
  seedsOf,
  severalSeeds,
  typeset,
  warningsOf,
} from './notes.ts';
import {
  countStatus,
  differingOptions,
  finishedValues,
  type Group,
  groupSeeds,
  meanOf,
  type Results,
  valuesOf,
  wordsOf,
} from './results.ts';
import { inOrder, seriesNames, seriesTitle } from './series.ts';
import { palette, wholeSpec } from './style.ts';
import { settingAxis } from './x-axis.ts';

/** Metrics over the values of one setting: a panel per metric, a line per combination of the other settings. */
export function settingLines(results: Results, name: OptionName, look: Look): Figure {
  const words = wordsOf(results);
  const title = typeset(words.title);
  const inside = results.trials.filter(({ settings }) => (settings[name] ?? null) !== null);
  const varied = differingOptions({ ...results, trials: inside });
  const others = varied.filter((other) => other !== name);
  const { axis, placeOf } = settingAxis(optionTitle(name), valuesOf(inside, name), look);
  const lines = linesOf(inside, others);
  const nameOf = seriesNames(results, others);
  const series = seriesTitle(results, others);
  const panels = results.experiment.layout.metrics.map((metric): CurvePanel => {
    const ordered = inOrder(
      lines.map(({ lead }) => lead),
      results,
      others,
    );
    const line = (group: Group) => lines.find(({ lead }) => lead === group)!;
    return {
      title: '',
      valueTitle: typeset(metric.title.split(',')[0]),
      better: metric.best === 'min' ? 'lower' : 'higher',
      scale: metric.name,
      explodes: 'points',
      curves: ordered.map((group) => ({
        series: nameOf(group.settings),
        ...lineOf(line(group).groups, metric, (member) => placeOf(member.settings[name]!)),
      })),
    };
  });
  const context = typeset(words.context);
  const heading = `${title} (${context}).`;
  const missing = [
    ...divergedOf({ ...results, trials: inside }, varied),
    ...missingOf(results),
    ...leftOut(results, name),
  ];
  const framed = (notes: readonly string[], caption: string) => ({
    title,
    context,
    notes,
    description: caption,
    look,
  });
  if (!panels.some((panel) => panel.curves.some(({ points }) => points.length > 0))) {
    const why = 'There is nothing to draw: no trial has finished.';
    const notes = [...warningsOf(results), ...missing];
    const caption = [heading, why, ...notes].join(' ');
    return { name: 'lines', title, caption, spec: messageFigure(framed(notes, caption), why) };
  }
  const several = hasDraws(inside);
  const bands = lines.length <= palette.length && several;
  const placeText = (x: number) => `at ${axis.title} ${axis.ticks?.find(({ at }) => at === x)?.text}`;
  const marks = [...marksOf(panels, series, look, placeText), ...missing];
  const seeds = severalSeeds(results, bands);
  const { metrics } = results.experiment.layout;
  const undrawn = { ...results, trials: results.trials.filter((trial) => !inside.includes(trial)) };
  const notes = [...warningsOf(results), ...seeds, ...fewNumbersOf(undrawn, metrics), ...marks];
  const caption = [
    heading,
    `${metrics.map((metric) => typeset(metric.title)).join('; ')}.`,
    ...(several ? seeds : [seedsOf(results)]),
    ...numbersOf(undrawn, metrics),
    ...warningsOf(results),
    ...marks,
  ].join(' ');
  const body = curves({ panels, seriesTitle: series, bands, look, x: axis });
  return { name: 'lines', title, caption, spec: wholeSpec(framed(notes, caption), body) };
}

interface Line {
  /** The first cell, which stands for the settings that all cells share. */
  readonly lead: Group;
  readonly groups: readonly Group[];
}

function linesOf(trials: Results['trials'], others: readonly OptionName[]): Line[] {
  const groups = groupSeeds(trials);
  const alike = groupBy(groups, ({ settings }) =>
    JSON.stringify(others.map((name) => settings[name] ?? null)),
  );
  return [...alike.values()].map((members) => ({ lead: members[0], groups: members }));
}

function lineOf(
  groups: readonly Group[],
  { name }: ShownMetric,
  placeOf: (group: Group) => number,
): Omit<Curve, 'series'> {
  const sorted = [...groups].sort((a, b) => placeOf(a) - placeOf(b));
  const points = sorted.flatMap((group) => {
    const value = meanOf(group, name);
    if (value === null) return [];
    const values = finishedValues(group, name);
    const [drawn, low, high] = [value, least(values), greatest(values)].map(clampToAxis);
    return [{ x: placeOf(group), value: drawn, low, high }];
  });
  const gone = sorted.filter(
    (group) => countStatus(group.trials, 'done') === 0 && countStatus(group.trials, 'diverged') > 0,
  );
  return {
    split: splitNames.find((split) => name.startsWith(`${split}_`)) ?? 'test',
    points,
    published: null,
    diverged: false,
    crosses: gone.map((group) => ({ x: placeOf(group), value: null })),
  };
}

/** Trials that do not have the setting, such as closed forms over learning rates. */
function leftOut({ trials }: Results, name: OptionName): string[] {
  const count = trials.filter(({ settings }) => (settings[name] ?? null) === null).length;
  return count === 0
    ? []
    : [`${count} of ${trials.length} trials ${count === 1 ? 'has' : 'have'} no ${optionTitle(name)}.`];
}
