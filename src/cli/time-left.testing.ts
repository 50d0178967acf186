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
  /** The epochs that it reports, with the seconds after its start; by default every epoch after the same time. */
  readonly reports?: readonly (readonly [number, number])[];
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
): RunEvent[] {
  const order = [...trials.keys()].sort(
    (a, b) => trials[b].seconds - trials[a].seconds || spread(a) - spread(b),
  );
  const events: RunEvent[] = [];
  const free = Array<number>(width).fill(0);
  for (const index of order) {
    const worker = free.indexOf(Math.min(...free));
    const trial = trials[index];
    let time = free[worker];
    let done = 0;
    const work = (until: number): void => {
      time += (until - done) / speedAt(time);
      done = until;
    };
    events.push([1000 * time, 'started', index]);
    for (const [seconds, epoch] of trial.reports ?? evenReports(trial)) {
      work(seconds);
      events.push([1000 * time, 'epoch', index, epoch]);
    }
    const { actual, diverges = 1 } = trial;
    work(diverges * actual);
    events.push([1000 * time, diverges < 1 ? 'diverged' : 'done', index]);
    free[worker] = time;
  }
  return events.sort(([a], [b]) => a - b);
}

/** The order of equally long trials, as in launchers/schedule.ts. */
const spread = (index: number): number => Math.imul(index, 0x9e3779b9) >>> 0;

/** Every epoch takes the same time; reports are at least 0.1 s apart. */
function* evenReports({ actual, epochs, diverges = 1 }: Simulated): Generator<[number, number]> {
  let last = -Infinity;
  for (let epoch = 1; epoch <= Math.floor(diverges * epochs); epoch++) {
    const seconds = (actual * epoch) / epochs;
    if (seconds - last < 0.1) continue;
    last = seconds;
    yield [seconds, epoch];
  }
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
 * the time shown rose. Differences below a second (the time shown is rounded) or 2 % of the run do not count. `until` is the
 * part of the run after which the factor does not count either.
 */
export function judge(
  looks: readonly Look[],
  until = 1,
): { factor: number; rise: number; shownFrom: number } {
  const total = looks[looks.length - 1].at;
  const little = Math.max(1, total / 50);
  let factor = 1;
  let rise = 1;
  let lowest = Infinity;
  for (const { at, shown, truth } of looks) {
    if (shown === null) continue;
    rise = Math.max(rise, shown / lowest);
    lowest = Math.min(lowest, shown);
    if (at >= total / 10 && at <= until * total)
      factor = Math.max(factor, (shown - little) / truth, (truth - little) / shown);
  }
  const first = looks.find(({ shown }) => shown !== null);
  return { factor, rise, shownFrom: (first?.at ?? total) / total };
}
