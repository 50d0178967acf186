import { makespan, type Queued } from './makespan.ts';

/** What is known about the time of a trial before it runs. */
export interface Work {
  /** Trials of one kind take longer, or less long, than predicted by about the same factor. */
  readonly kind: string;
  /** The predicted time in seconds. Only its ratio to that of other trials matters once some have run. */
  readonly seconds: number;
  /** The number of epochs, each as long as the others; 0 if there are none. */
  readonly epochs: number;
  /** Whether it needs all these epochs, unless it diverges. Otherwise it may need fewer or more. */
  readonly exact: boolean;
  /** The epochs of an earlier run from which it resumes. They are not in the predicted time. */
  readonly from: number;
}

/** Estimates the time left of a run from the predicted times of its trials and from what has happened so far. */
export interface TimeLeft {
  started(id: string, work: Work, now: number): void;
  epoch(id: string, epoch: number, now: number): void;
  /** A trial that started here has ended. */
  ended(id: string, outcome: 'done' | 'diverged' | 'failed', now: number): void;
  /** Another process has computed a trial that never started here. */
  found(work: Work): void;
  /** Whole seconds, or null while too little is known. They never rise by more than a quarter. */
  seconds(now: number): number | null;
  /** The part of the predicted work that is done, 0 to 1. */
  part(): number;
}

/** The time of some work in seconds, and its predicted time. */
interface Observed {
  actual: number;
  predicted: number;
}

/** All that was observed until `at`. Old observations count less, since the load on the machine changes. */
interface Speed extends Observed {
  at: number;
}

interface Kind {
  readonly speed: Speed;
  /** Of the trials that have ended: their predicted time, and that of the part that was computed before they ended. */
  ended: number;
  computed: number;
  /** The trials that have not started, in classes of nearly equal predicted time. */
  readonly waiting: Map<number, { count: number; seconds: number }>;
  count: number;
  seconds: number;
}

interface Running {
  readonly work: Work;
  readonly kind: Kind;
  readonly begun: number;
  /** It was a worker's first trial, which includes the start of the worker. */
  readonly first: boolean;
  /** The first and the last epoch that was reported, and when. Time before the first is not that of an epoch. */
  from: Reached | null;
  last: Reached | null;
}

interface Reached {
  readonly epoch: number;
  readonly at: number;
}

/** No time is shown before this many milliseconds, nor before this part of the work is done. */
const firstAfter = 1000;
const firstPart = 0.04;
/** After this many milliseconds it is shown, however little is done. */
const latestFirst = 10_000;
/** A trial shorter than this, in seconds, does not tell the speed if it waited for its worker to start. */
const shortTrial = 1;

/**
 * `waiting` are all trials of the run, `width` is the number that run at once. Times are in milliseconds of any clock.
 *
 * The waiting trials take their predicted times, multiplied by what trials of their kind have taken so far in relation to
 * their predictions (of all kinds, as long as there are none of theirs), and by the part of a trial that is computed
 * before it diverges. They go to the workers in the order of their predicted times, the longest first. A running trial
 * tells its speed by its own epochs.
 */
export function createTimeLeft(waiting: Iterable<Work>, width: number): TimeLeft {
  const kinds = new Map<string, Kind>();
  const running = new Map<string, Running>();
  const all: Speed = { actual: 0, predicted: 0, at: 0 };
  let begin: number | null = null;
  let starts = 0;
  /** Milliseconds of work in trials that have ended, and the time in which there were enough trials for all workers. */
  let busy = 0;
  let emptied: number | null = null;
  /** Seconds, as predicted, of trials that other processes have computed. */
  let elsewhere = 0;
  let lowest = Infinity;
  let predictedOfAll = 0;
  let predictedDone = 0;

  for (const work of waiting) {
    const kind = kindOf(kinds, work.kind);
    const key = classOf(work);
    const found = kind.waiting.get(key) ?? { count: 0, seconds: 0 };
    found.count++;
    found.seconds += work.seconds;
    kind.waiting.set(key, found);
    kind.count++;
    kind.seconds += work.seconds;
    predictedOfAll += work.seconds;
  }

  function take(work: Work): Kind {
    const kind = kindOf(kinds, work.kind);
    const key = classOf(work);
    const found = kind.waiting.get(key);
    if (found === undefined) return kind;
    found.seconds -= found.seconds / found.count;
    found.count--;
    if (found.count === 0) kind.waiting.delete(key);
    return kind;
  }

  function learn(kind: Kind, seen: Observed, now: number): void {
    for (const speed of [kind.speed, all]) {
      fade(speed, now);
      speed.actual += seen.actual;
      speed.predicted += seen.predicted;
    }
  }

  /** Old observations lose weight within the last half of the time so far. */
  function fade(speed: Speed, now: number): void {
    const memory = Math.max(10_000, (now - (begin ?? now)) / 2);
    const kept = Math.exp((speed.at - now) / memory);
    speed.actual *= kept;
    speed.predicted *= kept;
    speed.at = now;
  }

  /** The time of a kind's trials in relation to the predicted time, with what the running ones tell. */
  function speeds(now: number): (kind: Kind) => number {
    fade(all, now);
    const own = new Map<Kind, Observed>();
    const total = { actual: all.actual, predicted: all.predicted };
    for (const trial of running.values()) {
      const seen = progressOf(trial);
      if (seen === null) continue;
      const sum = own.get(trial.kind) ?? { actual: 0, predicted: 0 };
      own.set(trial.kind, sum);
      for (const each of [sum, total]) {
        each.actual += seen.actual;
        each.predicted += seen.predicted;
      }
    }
    const little = 1e-6 * predictedOfAll + 1e-9;
    const overall = (total.actual + little) / (total.predicted + little);
    return (kind) => {
      fade(kind.speed, now);
      const { actual, predicted } = own.get(kind) ?? { actual: 0, predicted: 0 };
      const one = kind.seconds / Math.max(1, kind.count);
      return (
        (kind.speed.actual + actual + one * overall) /
        Math.max(1e-300, kind.speed.predicted + predicted + one)
      );
    };
  }

  function estimate(now: number): { left: number; part: number } {
    const speedOf = speeds(now);
    const rests = [...running.values()].map((trial) => restOf(trial, speedOf(trial.kind), now));
    const queue: Queued[] = [];
    for (const kind of kinds.values()) {
      if (kind.waiting.size === 0) continue;
      const scale = speedOf(kind) * computedPart(kind, running.values());
      for (const { count, seconds } of kind.waiting.values()) {
        queue.push({ predicted: seconds / count, seconds: (scale * seconds) / count, count });
      }
    }
    queue.sort((a, b) => b.predicted - a.predicted);
    const elapsed = now - begin!;
    const others = elapsed > 0 ? (elsewhere * speedOfAll(speedOf) * 1000) / elapsed : 0;
    const left = makespan(rests, queue, width, others, usedPart(now));
    return { left, part: elapsed / (elapsed + 1000 * left + 1e-9) };
  }

  /** The mean of the kinds' speeds, weighted by their predicted times. */
  function speedOfAll(speedOf: (kind: Kind) => number): number {
    let sum = 0;
    for (const kind of kinds.values()) sum += kind.seconds * speedOf(kind);
    return sum / Math.max(1e-300, predictedOfAll);
  }

  /** The part of the workers' time that they spend in trials while trials are waiting; the rest goes in between. */
  function usedPart(now: number): number {
    const until = emptied ?? now;
    let used = busy;
    for (const { begun } of running.values()) used += Math.max(0, until - begun);
    const available = Math.min(width, starts) * (until - begin!);
    // A second without loss keeps the first trials from deciding it.
    return Math.min(1, Math.max(0.05, (used + 1000 * width) / (available + 1000 * width)));
  }

  const hasObserved = () =>
    all.predicted > 0 || [...running.values()].some((trial) => progressOf(trial) !== null);
  const anyWaiting = () => [...kinds.values()].some((kind) => kind.waiting.size > 0);

  return {
    started(id, work, now) {
      begin ??= now;
      const kind = take(work);
      running.set(id, { work, kind, begun: now, first: starts < width, from: null, last: null });
      starts++;
      if (emptied === null && !anyWaiting()) emptied = now;
    },
    epoch(id, epoch, now) {
      const trial = running.get(id);
      if (trial === undefined) return;
      // A trial that is tried again begins with its first epochs again.
      if (trial.last === null || epoch < trial.last.epoch) trial.from = { epoch, at: now };
      trial.last = { epoch, at: now };
    },
    ended(id, outcome, now) {
      const trial = running.get(id);
      if (trial === undefined) return;
      running.delete(id);
      const { work, kind, begun } = trial;
      predictedDone += work.seconds;
      if (emptied === null) busy += now - begun;
      const waited = trial.first && work.seconds < shortTrial;
      const whole = { actual: (now - begun) / 1000, predicted: work.seconds };
      const seen = progressOf(trial);
      if (outcome === 'done' && work.exact && !waited) learn(kind, whole, now);
      else if (seen !== null) learn(kind, seen, now);
      if (outcome !== 'failed') {
        kind.ended += work.seconds;
        kind.computed += outcome === 'done' && work.exact ? work.seconds : whole.actual / speeds(now)(kind);
      }
    },
    found(work) {
      take(work);
      elsewhere += work.seconds;
      predictedDone += work.seconds;
    },
    seconds(now) {
      if (begin === null || (running.size === 0 && !anyWaiting())) return null;
      const elapsed = now - begin;
      if (elapsed < firstAfter) return null;
      const { left, part } = estimate(now);
      const early = part < firstPart && elapsed < latestFirst;
      if (lowest === Infinity && (early || !hasObserved())) return null;
      const whole = Math.max(1, Math.min(Math.round(left), Math.floor(1.25 * lowest)));
      lowest = Math.min(lowest, whole);
      return whole;
    },
    part() {
      let done = predictedDone;
      for (const { work, last } of running.values()) {
        if (work.epochs > 0 && last !== null)
          done += work.seconds * clampPart((last.epoch - work.from) / (work.epochs - work.from));
      }
      return predictedOfAll > 0 ? clampPart(done / predictedOfAll) : 1;
    },
  };
}

const clampPart = (part: number): number => Math.min(1, Math.max(0, part));

function kindOf(kinds: Map<string, Kind>, name: string): Kind {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const speed = { actual: 0, predicted: 0, at: 0 };
  const kind: Kind = { speed, ended: 0, computed: 0, waiting: new Map(), count: 0, seconds: 0 };
  kinds.set(name, kind);
  return kind;
}

/** Trials whose predicted times differ by less than about 5 % are one class, so that a million trials are few classes. */
function classOf({ seconds }: Work): number {
  return Math.round(20 * Math.log(Math.max(seconds, 1e-9)));
}

/** The time between the first and the last epoch that a running trial reported, and the predicted time of these epochs. */
function progressOf({ work, from, last }: Running): Observed | null {
  if (work.epochs === 0 || from === null || last === null || last.epoch === from.epoch) return null;
  const predicted = (work.seconds * (last.epoch - from.epoch)) / (work.epochs - work.from);
  return { actual: (last.at - from.at) / 1000, predicted };
}

/** The seconds that a running trial still needs. */
function restOf(trial: Running, speed: number, now: number): number {
  const { work, begun, last } = trial;
  const elapsed = (now - begun) / 1000;
  if (last === null || work.epochs === 0) return Math.max(speed * work.seconds - elapsed, 0.2 * elapsed);
  const seen = progressOf(trial) ?? { actual: 0, predicted: 0 };
  // Its own epochs soon count more than those of other trials.
  const weight = 0.03 * work.seconds;
  const own = (seen.actual + weight * speed) / Math.max(1e-300, seen.predicted + weight);
  const epoch = (own * work.seconds) / (work.epochs - work.from);
  // One that was to have converged by now is expected to need some more.
  const epochs = work.exact
    ? work.epochs - last.epoch
    : Math.max(work.epochs - last.epoch, 0.15 * last.epoch);
  return Math.max(epoch * epochs - (now - last.at) / 1000, 0.1 * epoch);
}

/** The mean part of a trial that is computed: less than 1 if some diverge, more if some converge later than expected. */
function computedPart(kind: Kind, running: Iterable<Running>): number {
  // One more trial that does not diverge stands for those that are still to come.
  let ended = kind.ended + kind.seconds / Math.max(1, kind.count);
  let computed = kind.computed + (ended - kind.ended);
  for (const trial of running) {
    if (trial.kind !== kind) continue;
    ended += trial.work.seconds;
    computed += trial.work.seconds;
  }
  return ended > 0 ? computed / ended : 1;
}
