import { lossesOnScale, notBest } from '../stats/best-cells.ts';
import { mean, standardDeviation } from '../stats/describe.ts';
import { significantText } from '../stats/significant.ts';
import { studentTQuantile } from '../stats/student-t.ts';
import { metricColumn } from '../trial/metrics.ts';
import type { ShownMetric } from './define.ts';
import type { RoundSetting } from './stopping.ts';

/** What a trial of a round gave. */
export type RoundValue = number | 'diverged' | 'no value';

/** [settings][seeds]. */
export type RoundValues = readonly (readonly RoundValue[])[];

/** Whether a setting continues, and why. */
type Fate = Pick<RoundSetting, 'kept' | 'reason' | 'p'>;

/** What the values say of each setting, without what happens to it. */
export function describeRound(
  values: RoundValues,
  { best }: ShownMetric,
): Pick<RoundSetting, 'mean' | 'deviation' | 'behind'>[] {
  const losses = lossesOf(values, best);
  const means = meansOf(losses);
  const leader = leaderOf(means);
  const sign = best === 'max' ? -1 : 1;
  return losses.map((own, setting) => {
    if (!Number.isFinite(means[setting])) return { mean: null, deviation: null, behind: null };
    const deviation = own.length > 1 ? standardDeviation(own) : null;
    return {
      mean: sign * means[setting],
      deviation,
      behind: leader === null || leader === setting ? null : behindOf(own, losses[leader], sign),
    };
  });
}

/** The `keep` settings with the best means continue; equal ones in their order. */
export function halve(values: RoundValues, { best }: ShownMetric, keep: number | null): Fate[] {
  const losses = meansOf(lossesOf(values, best));
  const order = [...losses.keys()].sort((a, b) => compare(losses[a], losses[b]) || a - b);
  const places = new Map(order.map((setting, place) => [setting, place + 1]));
  return losses.map((loss, setting) => {
    if (!Number.isFinite(loss)) return { kept: false, reason: missingReason(values[setting]), p: null };
    const place = places.get(setting)!;
    const rank = `place ${place} of ${values.length}`;
    if (keep === null) return { kept: true, reason: rank, p: null };
    const kept = place <= keep;
    return { kept, reason: `${rank}, of which ${keep} ${keep === 1 ? 'continues' : 'continue'}`, p: null };
  });
}

/**
 * The settings that may still be the best continue: those that differ from a better one by no more than equal settings would, at the
 * level `alpha` of this look (`notBestPValues`, which is what `verify` tests best cells by). The one with the best mean is never
 * stopped, unless all are.
 */
export function race(values: RoundValues, { name, best }: ShownMetric, alpha: number | null): Fate[] {
  const losses = lossesOf(values, best);
  const { scale } = metricColumn(name);
  const p = notBest(lossesOnScale(losses, scale, best === 'max' ? 'higher' : 'lower'));
  const leader = leaderOf(meansOf(losses));
  return losses.map((own, setting) => {
    if (!own.every(Number.isFinite)) return { kept: false, reason: missingReason(values[setting]), p: null };
    const shown = `p ${significantText(p[setting], 2)}`;
    if (setting === leader) return { kept: true, reason: 'best mean', p: p[setting] };
    if (alpha === null) return { kept: true, reason: 'has all seeds', p: p[setting] };
    const kept = p[setting] > alpha;
    const reason = `${shown} ${kept ? '>' : '<='} ${significantText(alpha, 2)}: ${kept ? 'may still win' : 'cannot win'}`;
    return { kept, reason, p: p[setting] };
  });
}

/** Values of which lower is better; infinite where there is none. */
function lossesOf(values: RoundValues, best: ShownMetric['best']): number[][] {
  const sign = best === 'max' ? -1 : 1;
  return values.map((own) =>
    own.map((value) => (typeof value === 'number' ? sign * value : Number.POSITIVE_INFINITY)),
  );
}

/** Infinite where a seed has no value. */
function meansOf(losses: readonly (readonly number[])[]): number[] {
  return losses.map((own) => (own.every(Number.isFinite) ? mean(own) : Number.POSITIVE_INFINITY));
}

/** The setting with the least mean, the first of equal ones; null if none is finite. */
function leaderOf(means: readonly number[]): number | null {
  const found = means.reduce((least, own, setting) => (own < means[least] ? setting : least), 0);
  return Number.isFinite(means[found]) ? found : null;
}

function behindOf(own: readonly number[], leader: readonly number[], sign: number): RoundSetting['behind'] {
  const differences = own.map((loss, seed) => sign * (loss - leader[seed]));
  const n = differences.length;
  if (n < 2) return null;
  const center = mean(differences);
  const half = (studentTQuantile(0.975, n - 1) * standardDeviation(differences)) / Math.sqrt(n);
  return { mean: center, low: center - half, high: center + half };
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function missingReason(values: readonly RoundValue[]): string {
  const diverged = values.filter((value) => value === 'diverged').length;
  if (diverged === 0) return 'no value';
  return values.length === 1 ? 'diverged' : `${diverged} of ${values.length} seeds diverged`;
}
