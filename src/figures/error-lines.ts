import { columnName, type OptionName, optionTitle } from '../experiment/options.ts';
import { lossesOf } from '../nn/losses.ts';
import { metrics } from '../stats/metrics.ts';
import { curveMetrics, errorParts } from '../trial/metrics.ts';
import type { CurvePanel } from './curve.ts';
import type { Figure } from './figure.ts';
import { type Line, type LineContent, lineFigure, lineOf, linesOf } from './line-figure.ts';
import type { Look } from './look.ts';
import { typeset } from './notes.ts';
import { differingOptions, type Results, wordsOf } from './results.ts';
import { inOrder, seriesNames, seriesTitle } from './series.ts';
import { palette } from './style.ts';
import type { VariedNumber } from './varied-number.ts';
import { settingAxis } from './x-axis.ts';

/** More panels than this of one kind would not be legible. */
export const mostPanels = 6;
const splits = ['train', 'validation', 'test'] as const;

/**
 * The final errors over a number that is varied, with a line per split and combination of the other settings: the error
 * against the degree, or a learning curve against the training rows. Null if there are too many
 * lines to tell apart, or no values.
 */
export function errorLines(results: Results, x: VariedNumber, look: Look): Figure | null {
  const drawn = drawnOver(results, x, look);
  const { inside, others, lines, placeOf } = drawn;
  if (lines.length > palette.length) return null;
  const nameOf = seriesNames(results, others);
  const hasValues = (name: string) => inside.some((trial) => (trial.metrics[name] ?? null) !== null);
  const shown = curveMetrics(lossesOf(results.experiment.task)).filter((metric) =>
    hasValues(`test_${metric}`),
  );
  if (shown.length === 0) return null;
  const panels = shown.map((metric): CurvePanel => {
    const { title, better } = metrics[metric];
    return {
      title: '',
      valueTitle: typeset(title),
      better,
      scale: metric,
      explodes: 'points',
      curves: lines.flatMap((line) =>
        splits
          .filter((split) => hasValues(`${split}_${metric}`))
          .map((split) => ({
            series: nameOf(line.lead.settings),
            split,
            ...lineOf(line, (trial) => trial.metrics[`${split}_${metric}`] ?? null, placeOf),
          })),
      ),
    };
  });
  const titles = shown.map((metric) => metrics[metric].title).join(' and ');
  return lineFigure(results, {
    ...drawn.content,
    name: `errors-${columnName(x.option).replaceAll('_', '-')}`,
    title: titleOf(results, titles, x, others),
    values: `Of the fitted models, on all rows of each split: ${typeset(titles)}.`,
    panels,
    series: seriesTitle(results, others),
  });
}

/**
 * Expected error, bias^2, variance and noise over a number that is varied: a panel for each combination of the other settings.
 * Null if no trial decomposes its error, or there are too many panels.
 */
export function errorPartLines(results: Results, x: VariedNumber, look: Look): Figure | null {
  const decomposed = results.trials.filter(({ settings }) => settings.bootstrapMethod === 'bias-variance');
  if (decomposed.length === 0) return null;
  const drawn = drawnOver({ ...results, trials: decomposed }, x, look);
  const { inside, others, lines, placeOf } = drawn;
  if (lines.length > mostPanels || lines.length === 0) return null;
  const hasNoise = inside.some(({ metrics: own }) => (own.noise_variance ?? null) !== null);
  const parts = errorParts.filter(({ name }) => name !== 'noise_variance' || hasNoise);
  const panels = lines.map(
    (line): CurvePanel => ({
      title: panelTitle(line, others, results),
      valueTitle: 'squared error',
      better: 'lower',
      scale: 'squared error',
      explodes: 'points',
      curves: parts.map(({ name, title }) => ({
        series: typeset(title),
        split: 'test',
        ...lineOf(line, (trial) => trial.metrics[name] ?? null, placeOf),
      })),
    }),
  );
  const noise = hasNoise
    ? 'Noise: the mean square of the noise of the test rows.'
    : 'The targets without noise are not known: bias² includes the noise.';
  const { content } = drawn;
  return lineFigure(results, {
    ...content,
    name: 'bias-variance',
    title: titleOf(results, 'bias^2 and variance', x, others),
    values:
      'Over fits to resamples of the training rows, on the test rows. Expected error: bias² + variance + noise.',
    panels,
    series: { title: '', ordered: false },
    notes: [...content.notes, noise],
  });
}

/** The results without the parts of the error among what is shown: they have a figure of their own. */
export function withoutErrorParts(results: Results): Results {
  const { layout } = results.experiment;
  const metrics = layout.metrics.filter(({ name }) => errorParts.every((part) => part.name !== name));
  return { ...results, experiment: { ...results.experiment, layout: { ...layout, metrics } } };
}

/** What the cells of a line share, of the options in which lines differ: "solver sgd, schedule constant". */
export function panelTitle({ lead }: Line, others: readonly OptionName[], results: Results): string {
  const nameOf = (name: OptionName) => seriesNames(results, [name])(lead.settings);
  const own = others.filter((name) => (lead.settings[name] ?? null) !== null);
  return typeset(own.map((name) => `${optionTitle(name)} ${nameOf(name)}`).join(', '));
}

export function titleOf(
  results: Results,
  what: string,
  x: VariedNumber,
  others: readonly OptionName[],
): string {
  const by = others.length === 0 ? '' : `, by ${others.map(optionTitle).join(', ')}`;
  return `${wordsOf(results).model}: ${what} over ${x.title}${by}`;
}

/** The trials that have the number, in lines that differ in the other options. */
export function drawnOver(results: Results, x: VariedNumber, look: Look) {
  const inside = results.trials.filter(({ settings }) => x.valueOf(settings) !== null);
  const varied = differingOptions({ ...results, trials: inside });
  const others = varied.filter((name) => name !== x.option);
  const values = [...new Set(inside.map(({ settings }) => x.valueOf(settings)!))];
  const { axis, placeOf } = settingAxis(x.title, values, look);
  const lines = linesOf(inside, others);
  const leads = inOrder(
    lines.map(({ lead }) => lead),
    results,
    others,
  );
  const content = {
    inside,
    varied,
    axis,
    metrics: results.experiment.layout.metrics,
    notes: x.notes,
    look,
  } satisfies Partial<LineContent>;
  return {
    inside,
    others,
    lines: leads.map((lead) => lines.find((line) => line.lead === lead)!),
    placeOf: ({ settings }: Line['lead']) => placeOf(x.valueOf(settings)!),
    content,
  };
}
