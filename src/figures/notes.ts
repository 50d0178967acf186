import { counted } from '../errors.ts';
import type { ShownMetric } from '../experiment/define.ts';
import { optionTitle, type Settings } from '../experiment/options.ts';
import { kindOf } from '../output/settings.ts';
import { significantText } from '../stats/significant.ts';
import { countStatus, differingOptions, groupSeeds, meanOf, type Results, valuesOf } from './results.ts';

/** Warnings that are printed in the figure itself. */
export function warningsOf({ quick, variant }: Results): string[] {
  return [
    ...(quick ? ['QUICK RUN: do not compare with the report.'] : []),
    ...(variant === 'text' ? ["The report's wording (--variant text)."] : []),
  ];
}

/** How many trials diverged or did not run. */
export function missingOf({ trials }: Results): string[] {
  const diverged = countStatus(trials, 'diverged');
  const notRun = countStatus(trials, 'not run');
  const of = (count: number) => `${count} of ${counted(trials.length, 'trial')}`;
  return [
    ...(diverged > 0 ? [`${of(diverged)} diverged.`] : []),
    ...(notRun > 0 ? [`${of(notRun)} not run.`] : []),
  ];
}

/** "Seed 2020." or "Means over 20 seeds." */
export function seedsOf({ trials }: Results): string {
  const seeds = valuesOf(trials, 'seed');
  return seeds.length === 1 ? `Seed ${seeds[0]}.` : `Means over ${seeds.length} seeds.`;
}

/** A title for print, with R² and multiplication signs. */
export function typeset(text: string): string {
  return text
    .replace(/\bR2\b/g, 'R²')
    .replace(/ x /g, ' × ')
    .replaceAll('_', ' ');
}

/** A metric's title up to its comma, for a panel. The caption has the whole title. */
export function shortTitle(title: string): string {
  return typeset(title.split(',')[0]);
}

/** The largest number of cells that a caption lists. */
const mostListed = 20;

/** Sentences with the numbers of cells that have no curve: closed forms, solvers without epochs, other libraries. */
export function numbersWithoutCurve(
  { experiment, trials }: Results,
  metrics: readonly ShownMetric[],
): string[] {
  const curveless = trials.filter(
    ({ status, curves }) => status === 'done' && Object.keys(curves).length === 0,
  );
  const kinds = [...new Set(curveless.map(({ settings }) => kindTitle(settings)))];
  const variedOf = new Map(
    kinds.map((kind) => {
      const alike = curveless.filter(({ settings }) => kindTitle(settings) === kind);
      return [kind, differingOptions({ experiment, trials: alike })];
    }),
  );
  const groups = groupSeeds(curveless);
  const more = groups.length - mostListed;
  const listed = groups.slice(0, mostListed).flatMap((group) => {
    const { settings } = group;
    const kind = kindTitle(settings);
    const varied = variedOf.get(kind)!;
    const where = varied.map((name) => `${optionTitle(name)} ${settings[name]}`).join(', ');
    const values = metrics.flatMap(({ name, title }) => {
      const value = meanOf(group, name);
      return value === null ? [] : [`${shortTitle(title)} ${significantText(value, 4)}`];
    });
    return values.length === 0 ? [] : [`${kind}${where === '' ? '' : ` (${where})`}: ${values.join(', ')}.`];
  });
  return more > 0 ? [...listed, `${more} more are only in trials.csv.`] : listed;
}

/** The kind of a cell, for the start of a sentence. */
function kindTitle(settings: Settings): string {
  return kindOf(settings).replace(/^closed/, 'Closed');
}
