import type { SplitName } from '../experiment/define.ts';
import { type OptionName, optionTitle, type Settings } from '../experiment/options.ts';
import { referenceOf } from '../output/settings.ts';
import { greatest, least, mean } from '../stats/describe.ts';
import { metrics } from '../stats/metrics.ts';
import { curveMetrics } from '../trial/metrics.ts';
import { tickTexts } from './cell-text.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import type { Curve, CurvePanel, Point } from './curve.ts';
import { firstAbove, hasOffLog, isBandCut, panelAxis } from './curve-axis.ts';
import { hasKey, keyOf, mostNamed, type SeriesTitle } from './curve-key.ts';
import { curves } from './curves.ts';
import { evenIndices } from './even-indices.ts';
import type { Figure, Published } from './figure.ts';
import type { Look } from './look.ts';
import { messageFigure } from './message-figure.ts';
import {
  bandsOver,
  divergedOf,
  missingOf,
  numbersWithoutCurve,
  seedsOf,
  typeset,
  warningsOf,
} from './notes.ts';
import {
  countStatus,
  differingOptions,
  type Group,
  groupSeeds,
  type Results,
  valuesOf,
  wordsOf,
} from './results.ts';
import { palette, wholeSpec } from './style.ts';
import type { ValueAxis } from './value-axis.ts';

/** Losses over epochs: one panel per loss and value of the layout's columns, one colour per cell. */
export function curveFigures(results: Results, published: Published, look: Look): Figure[] {
  const { experiment, trials } = results;
  const splits = experiment.layout.curves;
  if (splits === null) return [];
  const words = wordsOf(results);
  const title = typeset(words.title);
  const panels = panelsOf(results, splits, published).filter(({ curves: members }) =>
    members.some(({ points }) => points.length > 0),
  );
  const heading = `${title} (${typeset(words.context)}).`;
  const missing = [...divergedOf(results, seriesTitled(results)), ...missingOf(results)];
  if (panels.length === 0) {
    const why = trials.every(({ settings }) => settings.solver === 'closed-form')
      ? 'Closed forms have no epochs: there is no curve to draw.'
      : 'There is no curve to draw: no trial has a finite loss.';
    const notes = [...warningsOf(results), ...missing];
    const caption = [heading, why, ...notes].join(' ');
    return [
      {
        name: 'curves',
        title,
        caption,
        spec: messageFigure({ title, notes, description: caption, look }, why),
      },
    ];
  }
  // Many overlapping bands would blend into grey.
  const few = panels.every(
    (panel) => new Set(panel.curves.map(({ series }) => series)).size <= palette.length,
  );
  const bands = few && valuesOf(trials, 'seed').length > 1;
  const marks = [...marksOf(panels, seriesTitle(results), look), ...missing];
  const notes = [...warningsOf(results), ...marks];
  const caption = [
    heading,
    `After each epoch, on all rows of the split.`,
    seedsOf(results),
    ...(bands ? [bandsOver(results)] : []),
    ...numbersWithoutCurve(results, experiment.layout.metrics),
    ...notes,
  ].join(' ');
  const body = curves({ panels, seriesTitle: seriesTitle(results), bands, look });
  return [
    { name: 'curves', title, caption, spec: wholeSpec({ title, notes, description: caption, look }, body) },
  ];
}

/** What the marks in the panels mean, as far as there are any. */
function marksOf(panels: readonly CurvePanel[], title: SeriesTitle, { log }: Look): string[] {
  const all = panels.flatMap((panel) => {
    const axis = panelAxis(panel, panels, log);
    return panel.curves.map((curve) => ({ curve, axis }));
  });
  const finished = all.filter(({ curve }) => !curve.diverged);
  const crosses = all.some(({ curve }) => curve.diverged);
  const key = keyOf(panels, title);
  return [
    ...(key.field === 'series' && key.splits.length > 1 ? ['Dashed: training; solid: test.'] : []),
    ...(all.some(({ curve }) => curve.published !== null) ? ["Diamonds: the report's last values."] : []),
    ...aboveText(finished),
    ...(crosses ? ['Crosses: training diverged.'] : []),
    ...(finished.some(({ curve, axis }) => isBandCut(curve, axis)) ? ['Bands are cut off at the top.'] : []),
    ...(all.some(({ curve, axis }) => hasOffLog(curve, axis))
      ? ['Values at or below 0 are on the lower edge.']
      : []),
    ...(hasKey(key) ? [] : [`No key: more than ${mostNamed} curves cannot be told apart.`]),
  ];
}

/** Notes name so many curves; more are counted. */
const mostListed = 3;

/** "Above the axis (triangles): learning rate 1 from epoch 3." */
function aboveText(drawn: readonly { readonly curve: Curve; readonly axis: ValueAxis }[]): string[] {
  const first = new Map<string, number>();
  for (const { curve, axis } of drawn) {
    const epoch = firstAbove(curve, axis)?.epoch;
    if (epoch !== undefined) first.set(curve.series, Math.min(epoch, first.get(curve.series) ?? epoch));
  }
  if (first.size === 0) return [];
  const texts = [...first].map(
    ([series, epoch]) => `${series === '' ? 'the curve' : series} from epoch ${epoch}`,
  );
  const more = texts.length - mostListed;
  const listed = [...texts.slice(0, mostListed), ...(more > 0 ? [`${more} more`] : [])];
  return [`Above the axis (triangles): ${listed.join('; ')}.`];
}

function panelsOf(results: Results, splits: readonly SplitName[], published: Published): CurvePanel[] {
  const { experiment, trials } = results;
  const { columns } = experiment.layout;
  const values = columns === null ? [null] : valuesOf(trials, columns);
  const nameOf = seriesNames(results);
  // More series than colours would hide each other, so train and test get separate panels.
  const crowded = groupSeeds(trials).length / values.length > palette.length && splits.length > 1;
  const sets = crowded ? splits.map((split) => [split]) : [splits];
  return curveMetrics(experiment.task).flatMap((loss) =>
    values.flatMap((value) =>
      sets.map((set): CurvePanel => {
        const own = trials.filter(({ settings }) => columns === null || settings[columns] === value);
        const members = ordered(groupSeeds(own), results);
        const parts = [
          value === null || values.length === 1 ? '' : typeset(`${optionTitle(columns!)} ${value}`),
          crowded ? set[0] : '',
        ];
        return {
          title: parts.filter((part) => part !== '').join(', '),
          valueTitle: splits.length === 1 ? `${splits[0]} ${metrics[loss].title}` : metrics[loss].title,
          better: metrics[loss].better,
          scale: `${loss} ${value}`,
          curves: members.flatMap((group) =>
            set.flatMap((split) => curveOf(group, split, loss, nameOf, published)),
          ),
        };
      }),
    ),
  );
}

/** The options in which the curves of a panel differ. */
function seriesOptions(results: Results): OptionName[] {
  return differingOptions(results).filter(
    (name) => name !== results.experiment.layout.columns && name !== 'reference',
  );
}

/** The options that name a cell in a sentence. */
function seriesTitled(results: Results): OptionName[] {
  return differingOptions(results).filter((name) => name !== 'reference');
}

/** Nets are numbered, but the numbers mean nothing. */
function seriesTitle(results: Results): SeriesTitle {
  const names = seriesOptions(results);
  if (names.length !== 1) return { title: '', ordered: false };
  const values = valuesOf(results.trials, names[0]);
  return {
    title: optionTitle(names[0]),
    ordered: names[0] !== 'net' && values.every((value) => typeof value === 'number'),
  };
}

/** Cells whose curves differ in one number are in its order. */
function ordered(groups: readonly Group[], results: Results): readonly Group[] {
  const [name] = seriesOptions(results);
  if (!seriesTitle(results).ordered) return groups;
  return [...groups].sort((a, b) => Number(a.settings[name]) - Number(b.settings[name]));
}

type SeriesName = (settings: Settings) => string;

/** The name of a curve: the value of the one option in which the curves differ, or all of these with their names. */
function seriesNames(results: Results): SeriesName {
  const names = seriesOptions(results);
  const texts = new Map(
    names.map((name) => {
      const values = valuesOf(results.trials, name);
      const short = tickTexts(values);
      return [name, new Map(values.map((value, i) => [value, short[i]]))];
    }),
  );
  const text = (name: OptionName, settings: Settings) => texts.get(name)!.get(settings[name]!) ?? '';
  if (names.length === 1) return (settings) => text(names[0], settings);
  return (settings) =>
    names
      .filter((name) => (settings[name] ?? null) !== null)
      .map((name) => `${optionTitle(name)} ${text(name, settings)}`)
      .join(', ');
}

function curveOf(
  group: Group,
  split: SplitName,
  loss: string,
  nameOf: SeriesName,
  published: Published,
): Curve[] {
  const name = `${split}_${loss}`;
  const reference = referenceOf(group.settings);
  // Of other libraries, the report draws only the test curve.
  if (reference !== null && split !== 'test') return [];
  const points = meanCurve(group, name);
  const diverged = countStatus(group.trials, 'diverged') > 0 && countStatus(group.trials, 'done') === 0;
  const hasCurves = group.trials.some(({ curves: all }) => name in all);
  if (points.length === 0 && !(diverged && hasCurves)) return [];
  const theirs = published(name, group.settings);
  return [
    {
      series: nameOf(group.settings),
      split: reference === null ? split : `${split}, ${reference}`,
      points,
      published: theirs === null ? null : clampToAxis(theirs),
      diverged,
      divergedAt: diverged ? firstDivergence(group) : null,
    },
  ];
}

function firstDivergence({ trials }: Group): number | null {
  const epochs = trials.flatMap(({ divergedAt }) => divergedAt ?? []);
  return epochs.length > 0 ? least(epochs) : null;
}

/** More points than this would not be visible in any figure. */
const mostPoints = 250;

/** Mean, lowest and highest over the seeds that finished, or over all seeds if none finished. */
function meanCurve({ trials }: Group, name: string): Point[] {
  const finished = trials.filter(({ status }) => status === 'done');
  const members = (finished.length > 0 ? finished : trials)
    .map(({ curves: all }) => all[name])
    .filter((curve) => curve !== undefined);
  const length = Math.max(0, greatest(members.map((curve) => curve.length)));
  return evenIndices(length, mostPoints).flatMap((index) => {
    const values = members
      .map((curve) => curve.at(index) ?? Number.NaN)
      .filter((value) => !Number.isNaN(value));
    if (values.length === 0) return [];
    const [value, low, high] = [mean(values), least(values), greatest(values)].map(clampToAxis);
    return [{ epoch: index + 1, value, low, high }];
  });
}
