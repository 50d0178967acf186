import { greatest } from '../stats/describe.ts';
import type { Curve, CurvePanel } from './curve.ts';
import type { LogChoice } from './look.ts';
import { axisOver, isLog, isOffLog, type ValueAxis } from './value-axis.ts';

/** How far above the usual level of the curves an axis reaches. What is above that has exploded. */
const headroom = 30;

/**
 * The axis of the values of some curves. A curve that explodes does not flatten the others: it leaves the axis, and its
 * values do not count.
 */
function axisOf(
  curves: readonly Curve[],
  { better, explodes }: Pick<CurvePanel, 'better' | 'explodes'>,
  log: LogChoice | null,
): ValueAxis {
  const drawn = curves.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return axisOver([0, 1], false);
  if (explodes === 'never') {
    const all = drawn.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
    return axisOver(all, isLog(log, 'y', all));
  }
  const levels =
    explodes === 'curves' ? levelsOf(drawn) : drawn.flatMap(({ points }) => points.map(({ value }) => value));
  const { floor, ceiling } = limitsOf(levels, better);
  const isUsual = (value: number) => value >= floor && value <= ceiling;
  const calm = drawn.filter(
    (curve) => !curve.diverged && (explodes === 'points' || isUsual(lastValue(curve))),
  );
  const values = (calm.length > 0 ? calm : drawn).flatMap(({ points, published }) => [
    ...points.flatMap(({ value, low, high }) => [value, low, high].filter(isUsual)),
    ...(published === null ? [] : [published]),
  ]);
  const isLogarithmic = isLog(log, 'y', values);
  return axisOver(isLogarithmic ? values : withoutFirstEpochs(values), isLogarithmic);
}

/** Beyond which values are exploded: far worse than the typical one. */
function limitsOf(levels: number[], better: CurvePanel['better']): { floor: number; ceiling: number } {
  const sorted = levels.sort((a, b) => a - b);
  const last = sorted.length - 1;
  if (better === 'lower') {
    const level = sorted[Math.floor(last / 2)];
    return {
      floor: Number.NEGATIVE_INFINITY,
      ceiling: level > 0 ? headroom * level : Number.POSITIVE_INFINITY,
    };
  }
  const [level, best] = [sorted[Math.ceil(last / 2)], sorted[last]];
  const span = Math.max(best - level, 0.1 * Math.abs(best));
  return {
    floor: span > 0 ? level - headroom * span : Number.NEGATIVE_INFINITY,
    ceiling: Number.POSITIVE_INFINITY,
  };
}

/** The axis of a panel, which it shares with the panels of the same scale. */
export function panelAxis(
  { scale, better, explodes }: CurvePanel,
  panels: readonly CurvePanel[],
  log: LogChoice | null,
): ValueAxis {
  const alike = panels.filter((panel) => panel.scale === scale);
  return axisOf(
    alike.flatMap(({ curves }) => curves),
    { better, explodes },
    log,
  );
}

/** The level of each curve: the greater of its first and last value. Curves that diverged are no measure. */
function levelsOf(curves: readonly Curve[]): number[] {
  const finished = curves.filter(({ diverged }) => !diverged);
  if (finished.length === 0) return curves.map(({ points }) => points[0].value);
  return finished.map((curve) => Math.max(curve.points[0].value, lastValue(curve)));
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

/** The first point above the axis, or below it; undefined if there is none. */
export function firstAbove({ points }: Curve, { high }: ValueAxis) {
  return points.find(({ value }) => value > high);
}
export function firstBelow({ points }: Curve, axis: ValueAxis) {
  return points.find(({ value }) => value < axis.low && !isOffLog(axis, value));
}

/** Whether part of a band, but not its line, is beyond the axis. */
export function isBandCut({ points }: Curve, axis: ValueAxis): boolean {
  const { low, high } = axis;
  return points.some(
    (point) =>
      (point.high > high && point.value <= high) ||
      (point.low < low && !isOffLog(axis, point.low) && point.value >= low),
  );
}

/** Whether a logarithmic axis shows values at or below 0 on its lower edge. */
export function hasOffLog({ points }: Curve, axis: ValueAxis): boolean {
  return points.some(({ low }) => isOffLog(axis, low));
}

/** The largest x of the curves, and where they diverged. */
export function lastX(curves: readonly Curve[]): number {
  return Math.max(
    1,
    greatest(curves.flatMap(({ points, crosses }) => [...points, ...crosses].map(({ x }) => x))),
  );
}
