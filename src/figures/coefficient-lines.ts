import { columnName } from '../experiment/options.ts';
import { greatest } from '../stats/describe.ts';
import { scaledFeatureUnit } from '../trial/coefficients.ts';
import { superscript } from './cell-text.ts';
import type { CurvePanel } from './curve.ts';
import { drawnOver, mostPanels, panelTitle, titleOf } from './error-lines.ts';
import type { Figure } from './figure.ts';
import { lineFigure, lineOf } from './line-figure.ts';
import type { Look } from './look.ts';
import type { Results, TrialResult } from './results.ts';
import type { VariedNumber } from './varied-number.ts';

/** The features that are drawn: as many as colours and marks can tell apart. */
const mostFeatures = 21;

/**
 * The coefficients of linear models over a number that is varied: a line per feature, and a panel for each combination of the
 * other settings. Null if no trial has kept them, or there are too many panels.
 */
export function coefficientLines(results: Results, x: VariedNumber, look: Look): Figure | null {
  const kept = results.trials.filter(({ coefficients }) => coefficients !== undefined);
  if (kept.length === 0) return null;
  const drawn = drawnOver({ ...results, trials: kept }, x, look);
  const { inside, others, lines, placeOf, content } = drawn;
  if (lines.length === 0 || lines.length > mostPanels) return null;
  const own = new Map(kept.map((trial) => [trial, withOneIntercept(trial.coefficients!)]));
  const coefficientOf = (trial: TrialResult, feature: string) => own.get(trial)?.get(feature) ?? null;
  const sizeOf = (feature: string) =>
    greatest(inside.map((trial) => Math.abs(coefficientOf(trial, feature) ?? 0)));
  const named = [...new Set(inside.flatMap((trial) => [...(own.get(trial)?.keys() ?? [])]))];
  const { all, notes } = withoutLargeIntercept(named, sizeOf);
  const { features, chosen } = drawnFeatures(all, sizeOf);
  const unit = scaledFeatureUnit(inside.map(({ settings }) => settings.scale));
  const panels = lines.map(
    (line, index): CurvePanel => ({
      title: panelTitle(line, others, results),
      valueTitle: 'coefficient',
      better: 'lower',
      scale: `coefficient ${index}`,
      explodes: 'never',
      curves: features.map((feature) => ({
        series: featureText(feature),
        split: 'test',
        ...lineOf(line, (trial) => coefficientOf(trial, feature), placeOf),
      })),
    }),
  );
  const more =
    all.length > features.length
      ? [`The ${chosen} ${features.length} of ${all.length} features; coefficients.csv has all.`]
      : [];
  return lineFigure(results, {
    ...content,
    name: `coefficients-${columnName(x.option).replaceAll('_', '-')}`,
    title: titleOf({ ...results, trials: kept }, 'coefficients', x, others),
    values: `Coefficients of the features as the model sees them, in the unit of the targets${unit === null ? '' : `, each per ${unit}`}.`,
    panels,
    series: { title: '', ordered: false },
    metrics: [],
    notes: [...content.notes, ...(unit === null ? [] : [`A coefficient is per ${unit}.`]), ...notes, ...more],
  });
}

/** The feature 1 and what is added to all are one intercept. */
function withOneIntercept(coefficients: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const [added, constant] = [coefficients.get('intercept'), coefficients.get('1')];
  if (added === undefined || constant === undefined) return coefficients;
  const others = [...coefficients].filter(([feature]) => feature !== 'intercept' && feature !== '1');
  return new Map([['intercept', added + constant], ...others]);
}

/** An intercept this many times as large as all others would flatten them. */
const largeIntercept = 10;

function withoutLargeIntercept(
  all: readonly string[],
  sizeOf: (feature: string) => number,
): { readonly all: readonly string[]; readonly notes: readonly string[] } {
  const others = all.filter((feature) => feature !== 'intercept');
  const isLarge =
    others.length > 0 &&
    others.length < all.length &&
    sizeOf('intercept') > largeIntercept * greatest(others.map(sizeOf));
  if (!isLarge) return { all, notes: [] };
  const note = `The intercept is more than ${largeIntercept} times larger and is not drawn; coefficients.csv has it.`;
  return { all: others, notes: [note] };
}

/**
 * The features to draw, if they are too many: of polynomials those of low degree, of the columns of a table those with the largest
 * coefficients.
 */
function drawnFeatures(
  all: readonly string[],
  sizeOf: (feature: string) => number,
): { readonly features: readonly string[]; readonly chosen: 'first' | 'largest' } {
  const byDegree = [...all].sort((a, b) => degreeOf(a) - degreeOf(b));
  const isLinear = degreeOf(byDegree.at(-1) ?? '1') <= 1;
  if (!isLinear || all.length <= mostFeatures)
    return { features: byDegree.slice(0, mostFeatures), chosen: 'first' };
  const sizes = new Map(all.map((feature) => [feature, sizeOf(feature)]));
  const largest = new Set([...all].sort((a, b) => sizes.get(b)! - sizes.get(a)!).slice(0, mostFeatures));
  return { features: byDegree.filter((feature) => largest.has(feature)), chosen: 'largest' };
}

/** x^3*y as x³y, and age^2*rooms as age²·rooms. */
function featureText(feature: string): string {
  const isShort = feature.split('*').every((factor) => /^[a-z](\^\d+)?$/.test(factor));
  return feature
    .replace(/\^(\d+)/g, (_, power) => superscript(Number(power)))
    .replaceAll('*', isShort ? '' : '·');
}

/** The total degree of a feature by its name: 3 of x^2*y, 0 of 1 and the intercept. */
function degreeOf(feature: string): number {
  if (feature === '1' || feature === 'intercept') return 0;
  // Names that look like a term are in parentheses.
  const factors = feature.replace(/\([^()]*\)/g, 'x').split('*');
  return factors.reduce((sum, factor) => sum + Number(/\^(\d+)$/.exec(factor)?.[1] ?? 1), 0);
}
