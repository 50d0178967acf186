import { createTimeLeft, type TimeLeft, type Work } from './time-left.ts';

/** What happened in a run: [milliseconds, what, index of the trial, epoch]. */
export type RunEvent = readonly [
  number,
  'started' | 'epoch' | 'done' | 'diverged' | 'failed' | 'found',
  number,
  number?,
];

/** A trial of a simulated run. */
export interface Simulated extends Work {
  /** The seconds that it really takes at speed 1. */
  readonly actual: number;
  /** The part of it after which it diverges; 1 if it does not. */
  readonly diverges?: number;
}

/** One look at the estimate: all in seconds. */
export interface Look {
  readonly at: number;
  readonly shown: number | null;
  readonly truth: number;
}

/** The events of a run on `width` workers that take the longest trial first. `speedAt` is that of the machine. */
export function simulate(
  trials: readonly Simulated[],
  width: number,
  speedAt: (second: number) => number = () => 1,
  reportEvery = 0.1,
): RunEvent[] {
  const order = [...trials.keys()].sort((a, b) => trials[b].seconds - trials[a].seconds);
  const events: RunEvent[] = [];
  const free = Array<number>(width).fill(0);
  for (const index of order) {
    const worker = free.indexOf(Math.min(...free));
    let time = free[worker];
    const { actual, epochs, diverges = 1 } = trials[index];
    events.push([1000 * time, 'started', index]);
    let reported = -Infinity;
    const steps = Math.max(1, epochs);
    for (let epoch = 1; epoch <= Math.ceil(diverges * steps); epoch++) {
      time += actual / steps / speedAt(time);
      if (epochs === 0 || time - reported < reportEvery) continue;
      reported = time;
      events.push([1000 * time, 'epoch', index, epoch]);
    }
    events.push([1000 * time, diverges < 1 ? 'diverged' : 'done', index]);
    free[worker] = time;
  }
  return events.sort(([a], [b]) => a - b);
}

/** Replays a run and looks at the estimate ten times a second, as the display does. */
export function watch(works: readonly Work[], width: number, events: readonly RunEvent[]): Look[] {
  const left = createTimeLeft(works, width);
  const end = events[events.length - 1][0];
  const looks: Look[] = [];
  let next = 0;
  for (let now = 0; now < end; now += Math.max(100, end / 5000)) {
    for (; next < events.length && events[next][0] <= now; next++) tell(left, works, events[next]);
    looks.push({ at: now / 1000, shown: left.seconds(now), truth: (end - now) / 1000 });
  }
  return looks;
}

function tell(left: TimeLeft, works: readonly Work[], [now, what, index, epoch]: RunEvent): void {
  const id = String(index);
  if (what === 'started') left.started(id, works[index], now);
  else if (what === 'epoch') left.epoch(id, epoch!, now);
  else if (what === 'found') left.found(works[index]);
  else left.ended(id, what, now);
}

/**
 * The largest factor between the time shown and the truth after the first tenth of a run, and the largest factor by which
 * the time shown rose. A second is allowed for rounding.
 */
export function judge(looks: readonly Look[]): { factor: number; rise: number; shownFrom: number } {
  const total = looks[looks.length - 1].at;
  let factor = 1;
  let rise = 1;
  let lowest = Infinity;
  for (const { at, shown, truth } of looks) {
    if (shown === null) continue;
    rise = Math.max(rise, shown / lowest);
    lowest = Math.min(lowest, shown);
    if (at >= total / 10) factor = Math.max(factor, (shown - 1) / truth, (truth - 1) / shown);
  }
  const first = looks.find(({ shown }) => shown !== null);
  return { factor, rise, shownFrom: (first?.at ?? total) / total };
}
