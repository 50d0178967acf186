import { UserError } from '../errors.ts';
import type { ShownMetric } from '../experiment/define.ts';
import { columnName, flagOf, type OptionName } from '../experiment/options.ts';
import { seedOptions } from '../experiment/seeds.ts';
import { didYouMean } from '../math/nearest.ts';
import { metricsOf } from '../trial/metrics.ts';
import { differingOptions, type Results } from './results.ts';

/** What to draw instead of the experiment's own figures. */
export interface Wanted {
  /** One setting for lines, two for the rows and columns of heat maps; empty for the experiment's own figures. */
  readonly axes: readonly string[];
  /** Columns of trials.csv; empty for those of the experiment. */
  readonly metrics: readonly string[];
}

/** The results with the axes and metrics that are wanted. Errors: UserError for settings that do not vary, and others. */
export function withAxes(
  results: Results,
  { axes, metrics }: Wanted,
): { results: Results; axes: OptionName[] } {
  const varied = differingOptions(results);
  const names = axes.map((text) => settingNamed(text, varied, results));
  if (names.length > 2 || new Set(names).size < names.length) {
    throw new UserError({
      what: 'a figure cannot have these axes',
      expected: 'one setting for lines, or two different ones for the rows and columns of heat maps',
      received: axes.join(','),
      remedy: 'leave out some: what else varies becomes lines or panels',
    });
  }
  const { experiment } = results;
  const { layout } = experiment;
  if (metrics.length > 0 && names.length === 0 && layout.curves !== null) {
    throw new UserError({
      what: 'curves over epochs show the losses, not a chosen metric',
      expected: '{metric} with {axes}, or for a grid',
      received: metrics.join(','),
      remedy: 'add {axes} and a setting that varies',
    });
  }
  // The best epoch is for tables: nothing is better or worse about it.
  const drawn = layout.metrics.filter(({ name }) => name !== 'best_epoch');
  const shown = metrics.length === 0 ? drawn : metrics.map((name) => metricNamed(name, results));
  const own =
    names.length === 0
      ? {}
      : { rows: names.length === 2 ? names[0] : null, columns: names.at(-1)!, curves: null };
  return {
    results: { ...results, experiment: { ...experiment, layout: { ...layout, ...own, metrics: shown } } },
    axes: names,
  };
}

/** A setting by its flag, its column or its name, if it varies. */
function settingNamed(text: string, varied: readonly OptionName[], results: Results): OptionName {
  const spellings = (name: OptionName) => [name, columnName(name), flagOf(name), flagOf(name).slice(2)];
  const found = varied.find((name) => spellings(name).includes(text.trim()));
  if (found !== undefined) return found;
  const choices = varied.map((name) => flagOf(name).slice(2));
  const { stopped = [], trials } = results;
  const ofAll = differingOptions({ ...results, trials: [...trials, ...stopped] });
  if (ofAll.some((name) => spellings(name).includes(text.trim()))) {
    throw new UserError({
      what: `${text} does not vary among the settings that are left: ${stopped.length} were stopped early`,
      expected: 'a setting of which several values had all epochs and seeds',
      received: text,
      remedy: 'leave out {axes} to draw what was stopped too, or read the values of each round in rounds.csv',
    });
  }
  throw new UserError({
    what: seedOptions.some((name) => spellings(name).includes(text.trim()))
      ? 'seeds cannot be an axis: figures show their mean'
      : `${text} does not vary in these results`,
    expected:
      choices.length > 0
        ? `a setting that varies: ${choices.join(', ')}`
        : 'results in which a setting varies',
    received: text,
    remedy:
      didYouMean(text, choices) ??
      `run fys-nn ${results.experiment.command} with several values of a setting, such as {learningRate} 0.01,0.1`,
  });
}

function metricNamed(text: string, { experiment }: Results): ShownMetric {
  const columns = metricsOf(experiment);
  const found = columns.find(({ name }) => name === text.trim());
  if (found !== undefined) {
    const { name, title, better } = found;
    return { name, title, best: better === null ? null : better === 'lower' ? 'min' : 'max' };
  }
  const names = columns.map((column) => column.name);
  throw new UserError({
    what: `${text} is no metric of these results`,
    expected: names.join(', '),
    received: text,
    remedy: didYouMean(text, names) ?? 'choose one of these',
  });
}
