import { greatest } from '../stats/describe.ts';
import type { Curve, CurvePanel } from './curve.ts';
import type { LogChoice } from './look.ts';
import { axisOver, isLog, isOffLog, type ValueAxis } from './value-axis.ts';

/** How far above the usual level of the curves an axis reaches. What is above that has exploded. */
const headroom = 30;

/**
 * The axis of the values of some curves. A curve that explodes does not flatten the others: it leaves the axis at the
 * top, and its values do not count.
 */
function axisOf(curves: readonly Curve[], better: CurvePanel['better'], log: LogChoice | null): ValueAxis {
  const drawn = curves.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return axisOver([0, 1], false);
  const level = headroom * levelOf(drawn);
  const ceiling = better === 'lower' && level > 0 ? level : Number.POSITIVE_INFINITY;
  const calm = drawn.filter((curve) => !curve.diverged && lastValue(curve) <= ceiling);
  const counted = calm.length > 0 ? calm : drawn;
  const values = counted.flatMap(({ points, published }) => [
    ...points.flatMap(({ low, high }) => [low, high]).filter((value) => value <= ceiling),
    ...(published === null ? [] : [published]),
  ]);
  const isLogarithmic = isLog(log, 'y', values);
  return axisOver(isLogarithmic ? values : withoutFirstEpochs(values), isLogarithmic);
}

/** The axis of a panel, which it shares with the panels of the same scale. */
export function panelAxis(
  { scale, better }: CurvePanel,
  panels: readonly CurvePanel[],
  log: LogChoice | null,
): ValueAxis {
  const alike = panels.filter((panel) => panel.scale === scale);
  return axisOf(
    alike.flatMap(({ curves }) => curves),
    better,
    log,
  );
}

/** The level of a typical curve: the greater of its first and last value. Curves that diverged are no measure. */
function levelOf(curves: readonly Curve[]): number {
  const finished = curves.filter(({ diverged }) => !diverged);
  const levels =
    finished.length > 0
      ? finished.map((curve) => Math.max(curve.points[0].value, lastValue(curve)))
      : curves.map(({ points }) => points[0].value);
  return levels.sort((a, b) => a - b)[Math.floor((levels.length - 1) / 2)];
}

function lastValue({ points }: Curve): number {
  return points[points.length - 1].value;
}

/** On a linear axis, first values far above 95 % of all values are cut off. */
function withoutFirstEpochs(values: readonly number[]): readonly number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[0];
  const usual = sorted[Math.floor(0.95 * (sorted.length - 1))];
  return usual > low ? values.filter((value) => value <= usual + 10 * (usual - low)) : values;
}

/** The first point above the axis; undefined if the whole curve is on it. */
export function firstAbove({ points }: Curve, { high }: ValueAxis) {
  return points.find(({ value }) => value > high);
}

/** Whether part of a band, but not its line, is above the axis. */
export function isBandCut({ points }: Curve, { high }: ValueAxis): boolean {
  return points.some((point) => point.high > high && point.value <= high);
}

/** Whether a logarithmic axis shows values at or below 0 on its lower edge. */
export function hasOffLog({ points }: Curve, axis: ValueAxis): boolean {
  return points.some(({ low }) => isOffLog(axis, low));
}

export function lastEpoch(curves: readonly Curve[]): number {
  const ends = curves.flatMap(({ points, divergedAt }) => [points.at(-1)?.epoch ?? 1, divergedAt ?? 1]);
  return Math.max(1, greatest(ends));
}
