import { splitNames } from '../experiment/define.ts';
import { type OptionName, optionTitle } from '../experiment/options.ts';
import type { CurvePanel } from './curve.ts';
import type { Figure } from './figure.ts';
import { lineFigure, lineOf, linesOf } from './line-figure.ts';
import type { Look } from './look.ts';
import { typeset } from './notes.ts';
import { differingOptions, type Group, type Results, valuesOf, wordsOf } from './results.ts';
import { inOrder, seriesNames, seriesTitle } from './series.ts';
import { settingAxis } from './x-axis.ts';

/** Metrics over the values of one setting: a panel per metric, a line per combination of the other settings. */
export function settingLines(results: Results, name: OptionName, look: Look): Figure {
  const inside = results.trials.filter(({ settings }) => (settings[name] ?? null) !== null);
  const varied = differingOptions({ ...results, trials: inside });
  const others = varied.filter((other) => other !== name);
  const { axis, placeOf } = settingAxis(optionTitle(name), valuesOf(inside, name), look);
  const lines = linesOf(inside, others);
  const nameOf = seriesNames(results, others);
  const { metrics } = results.experiment.layout;
  const panels = metrics.map((metric): CurvePanel => {
    const ordered = inOrder(
      lines.map(({ lead }) => lead),
      results,
      others,
    );
    const line = (group: Group) => lines.find(({ lead }) => lead === group)!;
    return {
      title: '',
      valueTitle: typeset(metric.title),
      better: metric.best === 'min' ? 'lower' : 'higher',
      scale: metric.name,
      explodes: 'points',
      curves: ordered.map((group) => ({
        series: nameOf(group.settings),
        split: splitNames.find((split) => metric.name.startsWith(`${split}_`)) ?? 'test',
        ...lineOf(
          line(group),
          (trial) => trial.metrics[metric.name],
          (member) => placeOf(member.settings[name]!),
        ),
      })),
    };
  });
  return lineFigure(results, {
    name: 'lines',
    title: wordsOf(results).title,
    values: `${metrics.map((metric) => typeset(metric.title)).join('; ')}.`,
    inside,
    varied,
    panels,
    series: seriesTitle(results, others),
    axis,
    metrics,
    notes: leftOut(results, name),
    look,
  });
}

/** Trials that do not have the setting, such as closed forms over learning rates. */
function leftOut({ trials }: Results, name: OptionName): string[] {
  const count = trials.filter(({ settings }) => (settings[name] ?? null) === null).length;
  return count === 0
    ? []
    : [`${count} of ${trials.length} trials ${count === 1 ? 'has' : 'have'} no ${optionTitle(name)}.`];
}
