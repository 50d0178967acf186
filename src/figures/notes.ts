import type { ShownMetric } from '../experiment/define.ts';
import { optionTitle, type Settings } from '../experiment/options.ts';
import { kindOf } from '../output/settings.ts';
import { significantText } from '../stats/significant.ts';
import { countStatus, differingOptions, groupSeeds, meanOf, type Results, valuesOf } from './results.ts';

/** What a reader has to know before the picture: it stands in the figure itself. */
export function warningsOf({ quick, variant }: Results): string[] {
  return [
    ...(quick ? ['QUICK RUN: not to be compared with the report.'] : []),
    ...(variant === 'text' ? ["The report's wording (--variant text)."] : []),
  ];
}

/** How many trials are not in the picture as they should be. */
export function missingOf({ trials }: Results): string[] {
  const diverged = countStatus(trials, 'diverged');
  const notRun = countStatus(trials, 'not run');
  const of = (count: number) => `${count} of ${trials.length} trials`;
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

/** Titles as they are printed: R2 with its exponent, the sign of multiplication. */
export function typeset(text: string): string {
  return text
    .replace(/\bR2\b/g, 'R²')
    .replace(/ x /g, ' × ')
    .replaceAll('_', ' ');
}

/** The part of a metric's title before its comma stands over a panel, all of it in the caption. */
export function shortTitle(title: string): string {
  return typeset(title.split(',')[0]);
}

/** A caption names no more of them. */
const mostBeside = 20;

/** What stands beside the picture, as it has no curve: closed forms, solvers without epochs, other libraries. */
export function besideOf({ experiment, trials }: Results, metrics: readonly ShownMetric[]): string[] {
  const beside = trials.filter(({ status, curves }) => status === 'done' && Object.keys(curves).length === 0);
  const kinds = [...new Set(beside.map(({ settings }) => kindTitle(settings)))];
  const variedOf = new Map(
    kinds.map((kind) => {
      const alike = beside.filter(({ settings }) => kindTitle(settings) === kind);
      return [kind, differingOptions({ experiment, trials: alike })];
    }),
  );
  const groups = groupSeeds(beside);
  const more = groups.length - mostBeside;
  const listed = groups.slice(0, mostBeside).flatMap((group) => {
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
  return more > 0 ? [...listed, `${more} more stand in trials.csv alone.`] : listed;
}

/** At the start of a sentence. */
function kindTitle(settings: Settings): string {
  return kindOf(settings).replace(/^closed/, 'Closed');
}
