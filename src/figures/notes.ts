import { countStatus, type Results, valuesOf } from './results.ts';

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
