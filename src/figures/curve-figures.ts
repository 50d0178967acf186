import type { SplitName } from '../experiment/define.ts';
import { type OptionName, optionTitle, type Settings } from '../experiment/options.ts';
import { referenceOf } from '../output/settings.ts';
import { greatest, least, mean } from '../stats/describe.ts';
import { metrics } from '../stats/metrics.ts';
import { curveMetrics } from '../trial/metrics.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import { type Curve, type CurvePanel, curves, isCutOff, mostNamed, type Point } from './curves.ts';
import { evenIndices } from './even-indices.ts';
import type { Figure, Published } from './figure.ts';
import { messageFigure } from './message-figure.ts';
import { missingOf, numbersWithoutCurve, seedsOf, typeset, warningsOf } from './notes.ts';
import {
  countStatus,
  differingOptions,
  type Group,
  groupSeeds,
  type Results,
  valuesOf,
  wordsOf,
} from './results.ts';
import { figureWidth, palette, wholeSpec } from './style.ts';

/** Losses over epochs: one panel per loss and value of the layout's columns, one colour per cell. */
export function curveFigures(results: Results, published: Published, interactive: boolean): Figure[] {
  const { experiment, trials } = results;
  const splits = experiment.layout.curves;
  if (splits === null) return [];
  const words = wordsOf(results);
  const title = typeset(words.title);
  const panels = panelsOf(results, splits, published).filter((panel) => panel.curves.length > 0);
  const notes = [...warningsOf(results), ...missingOf(results)];
  const heading = `${title} (${typeset(words.context)}).`;
  if (panels.length === 0) {
    const why = trials.every(({ settings }) => settings.solver === 'closed-form')
      ? 'Closed forms have no epochs: there is no curve to draw.'
      : 'There is no curve to draw: no trial has a finite loss.';
    const caption = [heading, why, ...notes].join(' ');
    return [{ name: 'curves', title, caption, spec: messageFigure(title, notes, why) }];
  }
  if (panels.some(isCutOff)) notes.push('The first epochs are cut off at the top.');
  const series = new Set(panels.flatMap((panel) => panel.curves.map((curve) => curve.series)));
  if (series.size > mostNamed) notes.push(`No key: more than ${mostNamed} curves cannot be told apart.`);
  // Many overlapping bands would blend into grey.
  const few = panels.every(
    (panel) => new Set(panel.curves.map(({ series }) => series)).size <= palette.length,
  );
  const bands = few && valuesOf(trials, 'seed').length > 1;
  const diamonds = panels.some((panel) => panel.curves.some((curve) => curve.published !== null));
  const caption = [
    heading,
    `After each epoch, on all rows of the split.`,
    seedsOf(results),
    ...(bands ? ['Bands: lowest to highest over the seeds.'] : []),
    ...(diamonds ? ["Diamonds: the report's last values."] : []),
    ...numbersWithoutCurve(results, experiment.layout.metrics),
    ...notes,
  ].join(' ');
  const remarks = diamonds ? ["Diamonds: the report's last values."] : [];
  const body = curves({ panels, seriesTitle: seriesTitle(results), bands, interactive });
  return [
    { name: 'curves', title, caption, spec: wholeSpec(title, [...notes, ...remarks], figureWidth, body) },
  ];
}

function panelsOf(results: Results, splits: readonly SplitName[], published: Published): CurvePanel[] {
  const { experiment, trials } = results;
  const { columns } = experiment.layout;
  const values = columns === null ? [null] : valuesOf(trials, columns);
  const names = seriesOptions(results);
  // With more series than colours, dashes distinguish the series, and train and test get separate panels.
  const crowded = groupSeeds(trials).length / values.length > palette.length && splits.length > 1;
  const sets = crowded ? splits.map((split) => [split]) : [splits];
  return curveMetrics(experiment.task).flatMap((loss) =>
    values.flatMap((value) =>
      sets.map((set) => {
        const members = groupSeeds(
          trials.filter(({ settings }) => columns === null || settings[columns] === value),
        );
        const parts = [
          value === null || values.length === 1 ? '' : typeset(`${optionTitle(columns!)} ${value}`),
          crowded ? set[0] : '',
        ];
        return {
          title: parts.filter((part) => part !== '').join(', '),
          valueTitle: splits.length === 1 ? `${splits[0]} ${metrics[loss].title}` : metrics[loss].title,
          curves: members.flatMap((group) =>
            set.flatMap((split) => curveOf(group, split, loss, names, published)),
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

function seriesTitle(results: Results): string {
  const names = seriesOptions(results);
  return names.length === 1 ? optionTitle(names[0]) : '';
}

function seriesName(settings: Settings, names: readonly OptionName[]): string {
  if (names.length === 1) return typeset(String(settings[names[0]]));
  const parts = names.filter((name) => (settings[name] ?? null) !== null);
  return parts.map((name) => typeset(`${optionTitle(name)} ${settings[name]}`)).join(', ');
}

function curveOf(
  group: Group,
  split: SplitName,
  loss: string,
  names: readonly OptionName[],
  published: Published,
): Curve[] {
  const name = `${split}_${loss}`;
  const reference = referenceOf(group.settings);
  // Of other libraries, the report draws only the test curve.
  if (reference !== null && split !== 'test') return [];
  const points = meanCurve(group, name);
  if (points.length === 0) return [];
  const diverged = countStatus(group.trials, 'done') === 0;
  const theirs = published(name, group.settings);
  return [
    {
      series: seriesName(group.settings, names),
      split: reference === null ? split : `${split}, ${reference}`,
      points,
      published: theirs === null ? null : clampToAxis(theirs),
      diverged,
    },
  ];
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
