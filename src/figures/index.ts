import { isReportCell } from '../experiment/describe.ts';
import { columnName, type OptionName } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Classifiers } from '../output/classifiers.ts';
import type { Predictions } from '../output/predicted.ts';
import type { Records } from '../store/store.ts';
import { type Wanted, withAxes } from './axes.ts';
import { withClassifiers } from './classifier-cells.ts';
import { classifierFigures } from './classifier-figures.ts';
import { coefficientLines } from './coefficient-lines.ts';
import { curveFigures } from './curve-figures.ts';
import { errorLines, errorPartLines, withoutErrorParts } from './error-lines.ts';
import type { Figure, Published } from './figure.ts';
import { fittedFigure } from './fitted-figure.ts';
import { gridFigures } from './grid-figures.ts';
import { type Look, usualLook } from './look.ts';
import { withPlanPredictions } from './predictions.ts';
import { residualsFigure } from './residuals-figure.ts';
import { differingOptions, type Results, resultsOf, valuesOf } from './results.ts';
import { searchFigures } from './search-figures.ts';
import { settingLines } from './setting-lines.ts';
import { variedNumber } from './varied-number.ts';

export type { Figure, Published, VegaLiteSpec } from './figure.ts';

export interface DrawingOptions {
  /** The report's numbers; left out, none are drawn. */
  readonly published?: Published;
  readonly look?: Partial<Look>;
  readonly wanted?: Wanted;
}

/** What is known of some trials besides their records. */
interface Drawn {
  readonly classifiers?: Classifiers | null;
  readonly predictions?: Predictions;
}

/** The figures of an experiment from its records, and those of its classifiers and predictions where they are known. */
export function figuresOf(
  plan: Plan,
  records: Records,
  { classifiers = null, predictions = [], ...options }: DrawingOptions & Drawn = {},
): Figure[] {
  const results = withPlanPredictions(resultsOf(plan, records), plan, predictions);
  if (classifiers === null) return draw(results, options);
  const trials = withClassifiers(results, (index) => classifiers.get(plan.cells[index].trial.id));
  return draw({ ...results, trials }, options);
}

/**
 * The figures of results: heat maps of a grid or curves over epochs, depending on the experiment's layout; or those that
 * are wanted, under names of their own.
 */
export function draw(all: Results, { published, look = {}, wanted }: DrawingOptions = {}): Figure[] {
  const { results, axes } = withAxes(all, wanted ?? { axes: [], metrics: [] });
  const known = published === undefined ? () => null : comparable(results, published);
  const whole = { ...usualLook, ...look };
  const own = nameOf([...axes.map(columnName), ...(wanted?.metrics ?? [])]);
  const [first] = axes;
  if (axes.length === 1) return [{ ...settingLines(results, first, whole), name: `lines${own}` }];
  const isUsual = own === '';
  if (results.search !== undefined && isUsual)
    return [...searchFigures(results, whole), ...trialFigures(results, whole)];
  const { layout } = results.experiment;
  const grid = layout.curves === null ? gridFigures(results, known, whole) : [];
  const inGrid = grid.length === 0 ? [] : [layout.rows, layout.columns, layout.chosen];
  const gridAxes = inGrid.filter((name) => name !== null);
  const lines = isUsual ? numberLines(results, gridAxes, whole) : [];
  const ofTrials = isUsual ? trialFigures(results, whole) : [];
  const others = [...lines, ...ofTrials];
  if (layout.curves !== null) {
    // Without epochs there are no curves, and a figure that says so would be next to the lines.
    const curves = hasCurves(results) || lines.length === 0 ? curveFigures(results, known, whole) : [];
    return [...curves, ...others];
  }
  if (grid.length > 0) {
    const named = grid.map((figure) => ({ ...figure, name: `${figure.name}${own}` }));
    return axes.length > 0 ? named : [...named, ...chosenLines(results, whole), ...others];
  }
  // Closed forms alone are in no grid.
  const name = longestOption(results);
  if (name === null) return others;
  const shown = isUsual ? withoutErrorParts(results) : results;
  const longest = settingLines(shown, name, whole);
  return [{ ...longest, name: `lines${nameOf([columnName(name)])}${own}` }, ...others];
}

/** What single trials do on their rows. */
function trialFigures(results: Results, look: Look): Figure[] {
  const ofPredictions = [residualsFigure(results, look), fittedFigure(results, look)];
  return [...classifierFigures(results, look), ...ofPredictions.filter((figure) => figure !== null)];
}

function hasCurves({ trials }: Results): boolean {
  return trials.some(({ curves }) => Object.keys(curves).length > 0);
}

/**
 * Lines over a number that is varied and that is not drawn yet. Coefficients are in no heat map, so they may be drawn over one of its
 * axes.
 */
function numberLines(results: Results, without: readonly OptionName[], look: Look): Figure[] {
  const x = variedNumber(results, without);
  const any = x ?? variedNumber(results);
  const figures = [
    ...(x === null ? [] : [errorPartLines(results, x, look), errorLines(results, x, look)]),
    ...(any === null ? [] : [coefficientLines(results, any, look)]),
  ];
  return figures.filter((figure) => figure !== null);
}

/** A line for each row of a grid over the option whose best value the layout chooses: it shows how much that option matters. */
function chosenLines(results: Results, look: Look): Figure[] {
  const { chosen } = results.experiment.layout;
  const varied = differingOptions(results);
  if (chosen === null || !varied.includes(chosen) || varied.length < 2) return [];
  return [settingLines(results, chosen, look)];
}

/** The option with most values, numbers before words; null if none varies. */
function longestOption(results: Results): OptionName | null {
  const count = (name: OptionName) => {
    const values = valuesOf(results.trials, name);
    return values.length + (values.every((value) => typeof value === 'number') ? 1e6 : 0);
  };
  const varied = differingOptions(results).filter((name) => name !== 'reference');
  return [...varied].sort((a, b) => count(b) - count(a))[0] ?? null;
}

/** A part of a file's name for each axis and metric that is wanted: "-learning-rate-test-mse". */
function nameOf(parts: readonly string[]): string {
  return parts.map((part) => `-${part.trim().replaceAll('_', '-')}`).join('');
}

/** The report's numbers, only for cells with the settings and data of the report. */
function comparable(results: Results, published: Published): Published {
  return (metric, settings) => (isReportCell(results, settings) ? published(metric, settings) : null);
}
