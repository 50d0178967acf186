import type { ShownMetric } from '../experiment/define.ts';
import type { OptionName } from '../experiment/options.ts';
import { groupBy } from '../output/group-by.ts';
import { greatest, least, mean } from '../stats/describe.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import type { Curve, CurvePanel } from './curve.ts';
import type { SeriesTitle } from './curve-key.ts';
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
import { countStatus, type Group, groupSeeds, type Results, wordsOf } from './results.ts';
import { palette, wholeSpec } from './style.ts';
import type { XAxis } from './x-axis.ts';

/** What lines over a setting show. */
export interface LineContent {
  readonly name: string;
  readonly title: string;
  /** A sentence of the caption: what the values are. */
  readonly values: string;
  /** The trials that are drawn. */
  readonly inside: Results['trials'];
  /** The options in which they differ, to name those that diverged. */
  readonly varied: readonly OptionName[];
  readonly panels: readonly CurvePanel[];
  readonly series: SeriesTitle;
  readonly axis: XAxis;
  /** The metrics whose numbers a caption gives for cells that are not drawn. */
  readonly metrics: readonly ShownMetric[];
  readonly notes: readonly string[];
  readonly look: Look;
}

/** Lines over the values of a setting, with what diverged, is missing, cut off or not drawn. */
export function lineFigure(results: Results, content: LineContent): Figure {
  const { name, inside, series, axis, metrics, look } = content;
  const words = wordsOf(results);
  const several = hasDraws(inside);
  const most = Math.max(
    ...content.panels.map(({ curves: own }) => new Set(own.map((curve) => curve.series)).size),
  );
  const bands = most <= palette.length && several;
  const panels = bands ? content.panels : content.panels.map(withoutBands);
  const title = typeset(content.title);
  const context = typeset(words.context);
  const heading = `${title} (${context}).`;
  const missing = [
    ...divergedOf({ ...results, trials: inside }, content.varied),
    ...missingOf(results),
    ...content.notes,
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
    return { name, title, caption, spec: messageFigure(framed(notes, caption), why) };
  }
  const placeText = (x: number) => `at ${axis.title} ${axis.ticks?.find(({ at }) => at === x)?.text}`;
  const marks = [...marksOf(panels, series, look, placeText), ...missing];
  const seeds = severalSeeds(results, bands);
  const drawn = new Set(inside);
  const undrawn = { ...results, trials: results.trials.filter((trial) => !drawn.has(trial)) };
  const notes = [...warningsOf(results), ...seeds, ...fewNumbersOf(undrawn, metrics), ...marks];
  const caption = [
    heading,
    content.values,
    ...(several ? seeds : [seedsOf(results)]),
    ...numbersOf(undrawn, metrics),
    ...warningsOf(results),
    ...marks,
  ].join(' ');
  const body = curves({ panels, seriesTitle: series, bands, look, x: axis });
  return { name, title, caption, spec: wholeSpec(framed(notes, caption), body) };
}

/** Bands that are not drawn leave no room on the axis, and are not said to be cut off. */
function withoutBands(panel: CurvePanel): CurvePanel {
  const narrow = (points: Curve['points']) =>
    points.map(({ x, value }) => ({ x, value, low: value, high: value }));
  return { ...panel, curves: panel.curves.map((curve) => ({ ...curve, points: narrow(curve.points) })) };
}

/** Cells that differ only in the setting over which they are drawn, and in their seeds. */
export interface Line {
  /** The first cell, which stands for the settings that all cells share. */
  readonly lead: Group;
  readonly groups: readonly Group[];
}

export function linesOf(trials: Results['trials'], others: readonly OptionName[]): Line[] {
  const groups = groupSeeds(trials);
  const alike = groupBy(groups, ({ settings }) =>
    JSON.stringify(others.map((name) => settings[name] ?? null)),
  );
  return [...alike.values()].map((members) => ({ lead: members[0], groups: members }));
}

type Trial = Results['trials'][number];

/** The mean, lowest and highest over the seeds of each cell of a line, and crosses where all of them diverged. */
export function lineOf(
  { groups }: Line,
  read: (trial: Trial) => number | null,
  placeOf: (group: Group) => number,
): Pick<Curve, 'points' | 'crosses' | 'published' | 'diverged'> {
  const sorted = [...groups].sort((a, b) => placeOf(a) - placeOf(b));
  const points = sorted.flatMap((group) => {
    const done = group.trials.filter(({ status }) => status === 'done');
    const values = done.flatMap((trial) => read(trial) ?? []);
    const value = mean(values);
    if (!Number.isFinite(value)) return [];
    const [drawn, low, high] = [value, least(values), greatest(values)].map(clampToAxis);
    return [{ x: placeOf(group), value: drawn, low, high }];
  });
  const gone = sorted.filter(
    (group) => countStatus(group.trials, 'done') === 0 && countStatus(group.trials, 'diverged') > 0,
  );
  return {
    points,
    published: null,
    diverged: false,
    crosses: gone.map((group) => ({ x: placeOf(group), value: null })),
  };
}
