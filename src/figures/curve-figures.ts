import { solverOf } from '../experiment/config.ts';
import type { SplitName } from '../experiment/define.ts';
import { inWords } from '../experiment/describe-model.ts';
import { type OptionName, optionTitle, type Setting } from '../experiment/options.ts';
import { epochOfValue } from '../nn/evaluated-epochs.ts';
import { type LossName, lossesOf } from '../nn/losses.ts';
import { agreementNotes, agreements } from '../output/agreement.ts';
import { referenceOf } from '../output/settings.ts';
import { greatest, least, mean } from '../stats/describe.ts';
import { metrics } from '../stats/metrics.ts';
import { curveMetrics } from '../trial/metrics.ts';
import { solverEntry } from '../trial/solvers/index.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import type { Cross, Curve, CurvePanel, Point } from './curve.ts';
import { marksOf } from './curve-notes.ts';
import { curves } from './curves.ts';
import { evenIndices, logIndices } from './even-indices.ts';
import type { Figure, Published } from './figure.ts';
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
  withoutCurve,
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
import { inOrder, type SeriesName, seriesNames, seriesTitle } from './series.ts';
import { palette, wholeSpec } from './style.ts';
import type { CurveUnit } from './x-axis.ts';

/** Losses over epochs: one panel per loss and value of the layout's columns, one colour per cell. */
export function curveFigures(results: Results, published: Published, look: Look): Figure[] {
  const { experiment, trials } = results;
  const splits = experiment.layout.curves;
  if (splits === null) return [];
  const words = wordsOf(results);
  const series = seriesTitle(results, seriesOptions(results));
  const unit = unitOf(trials);
  const title = typeset(unit === 'epoch' ? words.title : titleOver(unit, words.model, results));
  const panels = panelsOf(results, splits, published, look).filter(({ curves: members }) =>
    members.some(({ points }) => points.length > 0),
  );
  const context = typeset(words.context);
  const heading = `${title} (${context}).`;
  const missing = [
    ...divergedOf(
      results,
      differingOptions(results).filter((name) => name !== 'reference'),
    ),
    ...missingOf(results),
  ];
  if (panels.length === 0) {
    const solvers = new Set(trials.map(({ settings }) => solverEntry(solverOf(experiment, settings))));
    const why = [...solvers].some(({ curves }) => curves)
      ? 'There is no curve to draw: no trial has a finite loss.'
      : `There is no curve to draw: fits by ${inWords([...solvers].map(({ title }) => title))} have no epochs.`;
    const notes = [...warningsOf(results), ...missing];
    const caption = [heading, why, ...notes].join(' ');
    return [
      {
        name: 'curves',
        title,
        caption,
        spec: messageFigure({ title, context, notes, description: caption, look }, why),
      },
    ];
  }
  // Many overlapping bands would blend into grey.
  const few = panels.every(
    (panel) => new Set(panel.curves.map(({ series }) => series)).size <= palette.length,
  );
  const several = hasDraws(trials);
  const bands = few && several;
  const marks = [...marksOf(panels, series, look, (x) => `from ${unit} ${x}`), ...missing];
  const seeds = severalSeeds(results, bands);
  const undrawn = { ...results, trials: withoutCurve(results) };
  const { metrics: shown } = experiment.layout;
  const notes = [...warningsOf(results), ...seeds, ...fewNumbersOf(undrawn, shown), ...marks];
  const caption = [
    heading,
    `${afterEpochs(valuesOf(trials, 'evaluateEvery'), unit)}, on all rows of the split.`,
    ...(several ? seeds : [seedsOf(results)]),
    ...numbersOf(undrawn, shown),
    ...agreementNotes(agreements(trials)).map((note) => `${note}.`),
    ...warningsOf(results),
    ...marks,
  ].join(' ');
  const body = curves({ panels, seriesTitle: series, bands, look, x: unit });
  return [
    {
      name: 'curves',
      title,
      caption,
      spec: wholeSpec({ title, context, notes, description: caption, look }, body),
    },
  ];
}

/** Solvers without epochs, whose curves are over their iterations. */
function unitOf(trials: Results['trials']): CurveUnit {
  const drawn = trials.filter(({ curves: all }) => Object.keys(all).length > 0);
  const iterated = drawn.filter(
    ({ settings }) => (settings.epochs ?? null) === null && (settings.maxIterations ?? null) !== null,
  );
  if (iterated.length === 0) return 'epoch';
  return iterated.length === drawn.length ? 'iteration' : 'epoch or iteration';
}

/** "OLS by L-BFGS: MSE per iteration, by lambda": what is drawn, which is not all that tables show. */
function titleOver(unit: CurveUnit, model: string, results: Results): string {
  const { experiment, trials } = results;
  const found = valuesOf(trials, 'loss') as LossName[];
  const names = curveMetrics(found.length > 0 ? found : lossesOf(experiment.task).slice(0, 1));
  const varied = differingOptions(results).filter((name) => name !== 'reference' && name !== 'solver');
  const by = varied.length === 0 ? '' : `, by ${inWords(varied.map(optionTitle))}`;
  return `${model}: ${inWords(names.map((name) => metrics[name].title))} per ${unit}${by}`;
}

/** "After each epoch", "After every 10 epochs and the last one". */
function afterEpochs(every: readonly Setting[], unit: CurveUnit): string {
  const several = every.filter((epochs) => epochs !== 1);
  if (several.length === 0) return `After each ${unit}`;
  const each = several.length < every.length ? 'each epoch or ' : '';
  return `After ${each}every ${inWords(several.map(String))} epochs, and the last one`;
}

function panelsOf(
  results: Results,
  splits: readonly SplitName[],
  published: Published,
  look: Look,
): CurvePanel[] {
  const { experiment, trials } = results;
  const { columns } = experiment.layout;
  const values = columns === null ? [null] : valuesOf(trials, columns);
  const names = seriesOptions(results);
  const nameOf = seriesNames(results, names);
  // More series than colours would hide each other, so train and test get separate panels.
  const crowded = groupSeeds(trials).length / values.length > palette.length && splits.length > 1;
  const sets = crowded ? splits.map((split) => [split]) : [splits];
  return curveMetrics(lossesOf(experiment.task)).flatMap((loss) =>
    values.flatMap((value) =>
      sets.map((set): CurvePanel => {
        const own = trials.filter(({ settings }) => columns === null || settings[columns] === value);
        const members = inOrder(groupSeeds(own), results, names);
        const parts = [
          value === null || values.length === 1 ? '' : typeset(`${optionTitle(columns!)} ${value}`),
          crowded ? set[0] : '',
        ];
        return {
          title: parts.filter((part) => part !== '').join(', '),
          valueTitle: splits.length === 1 ? `${splits[0]} ${metrics[loss].title}` : metrics[loss].title,
          better: metrics[loss].better,
          scale: `${loss} ${value}`,
          explodes: 'curves',
          curves: members.flatMap((group) =>
            set.flatMap((split) => curveOf(group, split, loss, nameOf, published, look)),
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

function curveOf(
  group: Group,
  split: SplitName,
  loss: string,
  nameOf: SeriesName,
  published: Published,
  look: Look,
): Curve[] {
  const name = `${split}_${loss}`;
  const reference = referenceOf(group.settings);
  // Of other libraries, the report draws only the test curve.
  if (reference !== null && split !== 'test') return [];
  const points = meanCurve(group, name, look);
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
      crosses: diverged ? [crossOf(group, points.at(-1))] : [],
    },
  ];
}

/** Where the first of the seeds diverged. */
function crossOf({ trials }: Group, end: Point | undefined): Cross {
  const epochs = trials.flatMap(({ divergedAt }) => divergedAt ?? []);
  return { x: epochs.length > 0 ? least(epochs) : (end?.x ?? 1), value: end?.value ?? null };
}

/** More points than this would not be visible in any figure. */
const mostPoints = 250;

/** Mean, lowest and highest over the seeds that finished, or over all seeds if none finished. */
function meanCurve({ settings, trials }: Group, name: string, { log }: Look): Point[] {
  const finished = trials.filter(({ status }) => status === 'done');
  const members = (finished.length > 0 ? finished : trials)
    .map(({ curves: all }) => all[name])
    .filter((curve) => curve !== undefined);
  const length = Math.max(0, greatest(members.map((curve) => curve.length)));
  const indices = log === 'x' || log === 'both' ? logIndices : evenIndices;
  return indices(length, mostPoints).flatMap((index) => {
    const values = members
      .map((curve) => curve.at(index) ?? Number.NaN)
      .filter((value) => !Number.isNaN(value));
    if (values.length === 0) return [];
    const [value, low, high] = [mean(values), least(values), greatest(values)].map(clampToAxis);
    return [{ x: epochOfValue(index, settings), value, low, high }];
  });
}
