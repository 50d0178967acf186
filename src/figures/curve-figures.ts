import type { SplitName } from '../experiment/define.ts';
import { type OptionName, optionTitle, type Settings } from '../experiment/options.ts';
import { referenceOf } from '../output/settings.ts';
import { greatest, least, mean } from '../stats/describe.ts';
import { metrics } from '../stats/metrics.ts';
import { curveMetrics } from '../trial/metrics.ts';
import { type Curve, type CurvePanel, curves, isCut, mostNamed, type Point } from './curves.ts';
import { drawn } from './drawn.ts';
import type { Figure, Published } from './figure.ts';
import { message } from './message.ts';
import { besideOf, missingOf, seedsOf, typeset, warningsOf } from './notes.ts';
import { countStatus, differingOptions, type Group, groupSeeds, type Results, valuesOf } from './results.ts';
import { figureWidth, palette, wholeSpec } from './style.ts';
import { thinned } from './thinned.ts';

/** Losses over epochs: a panel for each loss and each value of the layout's columns, a colour for each cell. */
export function curveFigures(results: Results, published: Published, interactive: boolean): Figure[] {
  const { experiment, trials } = results;
  const splits = experiment.layout.curves;
  if (splits === null) return [];
  const title = typeset(experiment.title);
  const panels = panelsOf(results, splits, published).filter((panel) => panel.curves.length > 0);
  const notes = [...warningsOf(results), ...missingOf(results)];
  const heading = `${title} (${experiment.figure}).`;
  if (panels.length === 0) {
    const why = trials.every(({ settings }) => settings.solver === 'closed-form')
      ? 'Closed forms have no epochs: there is no curve to draw.'
      : 'There is no curve to draw: no training that ran has a finite loss.';
    const caption = [heading, why, ...notes].join(' ');
    return [{ name: 'curves', title, caption, spec: message(title, notes, why) }];
  }
  if (panels.some(isCut)) notes.push('The first epochs are cut off at the top.');
  const series = new Set(panels.flatMap((panel) => panel.curves.map((curve) => curve.series)));
  if (series.size > mostNamed) notes.push(`No key: more than ${mostNamed} curves cannot be told apart.`);
  // Many bands over each other would be one grey.
  const few = panels.every(
    (panel) => new Set(panel.curves.map(({ series }) => series)).size <= palette.length,
  );
  const bands = few && valuesOf(trials, 'seed').length > 1;
  const diamonds = panels.some((panel) => panel.curves.some((curve) => curve.published !== null));
  const caption = [
    heading,
    `After each epoch, on all rows of the split.`,
    seedsOf(results),
    ...(bands ? ['Bands: least to greatest over the seeds.'] : []),
    ...(diamonds ? ["Diamonds: the report's last values."] : []),
    ...besideOf(results, experiment.layout.metrics),
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
  // Beyond the palette, dashes tell series apart, and train and test stand apart.
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

/** What tells curves of one panel apart. */
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
  // Of another library the report draws the test alone.
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
      published: theirs === null ? null : drawn(theirs),
      diverged,
    },
  ];
}

/** No figure is wider in points. */
const mostPoints = 250;

/** Mean, least and greatest over the seeds that finished; over all of them where none did. */
function meanCurve({ trials }: Group, name: string): Point[] {
  const finished = trials.filter(({ status }) => status === 'done');
  const members = (finished.length > 0 ? finished : trials)
    .map(({ curves: all }) => all[name])
    .filter((curve) => curve !== undefined);
  const length = Math.max(0, greatest(members.map((curve) => curve.length)));
  return thinned(length, mostPoints).flatMap((index) => {
    const values = members
      .map((curve) => curve.at(index) ?? Number.NaN)
      .filter((value) => !Number.isNaN(value));
    if (values.length === 0) return [];
    const [value, low, high] = [mean(values), least(values), greatest(values)].map(drawn);
    return [{ epoch: index + 1, value, low, high }];
  });
}
