import { greatest, least, robustLimits } from '../stats/describe.ts';
import { shortText } from '../stats/significant.ts';
import type { Look } from './look.ts';
import { numberAxis } from './parallel-axes.ts';
import type { DrawnSetting, Searched } from './searched.ts';
import { isLog } from './value-axis.ts';

/** A logarithmic axis of the metric has at most this many decades: what is worse is at its end. */
const mostDecades = 4;

/** The axis of the metric, with the better end at its top. */
export function metricAxis({ ranked, metric, metricWords }: Searched, look: Look) {
  const values = ranked.map(({ value }) => value!);
  const [smallest, largest] = [least(values), greatest(values)];
  const log = isLog(look.log, 'y', values) && smallest > 0;
  const span = 10 ** mostDecades;
  const usual = robustLimits(values);
  const isMin = metric.best !== 'max';
  const limits = log
    ? isMin
      ? { low: smallest, high: Math.min(largest, smallest * span) }
      : { low: Math.max(smallest, largest / span), high: largest }
    : isMin
      ? { low: smallest, high: usual.high }
      : { low: usual.low, high: largest };
  const up = numberAxis(metricWords, { ...limits, isLog: log, digits: 3 }, () => null);
  const flip = (at: number) => (isMin ? 1 - at : at);
  const along = (value: number) => (log ? Math.log(value) : value);
  const { low, high } = limits;
  const isOne = !(high > low);
  const place = (value: number) =>
    Math.min(1, Math.max(0, (along(value) - along(low)) / (along(high) - along(low))));
  return {
    axis: {
      ...up,
      ticks: up.ticks.map(({ at, text }) => ({ at: isOne ? 1 : flip(at), text: withoutZeros(text) })),
    },
    placeOf: ({ value }: DrawnSetting): number | null =>
      value === null ? null : isOne ? 1 : flip(place(value)),
    isCut: isMin ? high < largest : low > smallest,
  };
}

/** "3.76e9" for 3760000000, as in tables. */
function withoutZeros(text: string): string {
  return /^-?\d{7,}$/.test(text) ? shortText(Number(text), 17) : text;
}
