import { MultiBar, type SingleBar } from 'cli-progress';
import { printable } from '../errors.ts';

export interface Progress {
  /** A trial starts; `epochs` is 0 if it has none (a closed form). */
  start(label: string, id: string, epochs: number): void;
  /** The running trial has finished `epoch` epochs. */
  epoch(id: string, epoch: number): void;
  /** A trial has ended. A trial that did not start here was found in the store and does not count towards the speed. */
  done(id: string, outcome: 'done' | 'diverged' | 'failed'): void;
  /** Prints a line that stays on the screen, above the bars. */
  note(text: string): void;
  /** Clears the bars and restores the cursor. Call it once, however the run ends. */
  stop(): void;
}

export interface ProgressOptions {
  stream: NodeJS.WriteStream;
  quiet: boolean;
  /** Number of trials. */
  total: number;
  /** The clock in milliseconds; it affects only the display. */
  now: () => number;
}

interface Running {
  label: string;
  epochs: number;
  epoch: number;
}

/** The state of the run: counts, and the running trials in the order in which they started. */
interface Tally {
  total: number;
  finished: number;
  diverged: number;
  failed: number;
  /** Finished trials that were trained here. */
  trained: number;
  running: Map<string, Running>;
}

/** Shows the progress of the trials: bars on a terminal, a line every ten seconds elsewhere, nothing if `quiet`. */
export function createProgress({ stream, quiet, total, now }: ProgressOptions): Progress {
  const tally: Tally = { total, finished: 0, diverged: 0, failed: 0, trained: 0, running: new Map() };
  const show = quiet
    ? silentDisplay()
    : stream.isTTY
      ? barDisplay(tally, stream, now)
      : lineDisplay(tally, stream, now);
  return {
    start(label, id, epochs) {
      tally.running.set(id, { label, epochs, epoch: 0 });
      show.changed();
    },
    epoch(id, epoch) {
      const trial = tally.running.get(id);
      if (trial === undefined) return;
      trial.epoch = epoch;
      show.advanced();
    },
    done(id, outcome) {
      tally.finished++;
      if (outcome !== 'done') tally[outcome]++;
      if (tally.running.delete(id)) tally.trained++;
      show.changed();
    },
    note: (text) => show.note(text.split('\n').map(printable).join('\n')),
    stop: show.stop,
  };
}

interface Display {
  /** A trial has started or ended. */
  changed(): void;
  /** A running trial has finished another epoch. */
  advanced(): void;
  note(text: string): void;
  stop(): void;
}

function silentDisplay(): Display {
  const nothing = () => {};
  return { changed: nothing, advanced: nothing, note: nothing, stop: nothing };
}

const lineInterval = 10_000;

function lineDisplay(tally: Tally, stream: NodeJS.WriteStream, now: () => number): Display {
  let last = -Infinity;
  let shown = '';
  const line = () => {
    last = now();
    shown = `trials ${countsText(tally)}`;
    stream.write(`${shown}\n`);
  };
  const lineWhenDue = () => {
    if (now() - last >= lineInterval) line();
  };
  return {
    changed: lineWhenDue,
    advanced: lineWhenDue,
    note: (text) => void stream.write(`${text}\n`),
    stop() {
      if (shown !== `trials ${countsText(tally)}`) line();
    },
  };
}

/**
 * One bar for all trials and one for each running trial. cli-progress redraws them ten times a second. The text of each
 * line comes from the tally, because cli-progress estimates the time left from its last ten updates, and that jumps.
 */
function barDisplay(tally: Tally, stream: NodeJS.WriteStream, now: () => number): Display {
  /** Ids by line. A trial takes the first free line, so that lines do not move and do not stay blank for long. */
  const slots: (string | undefined)[] = [];
  const left = timeLeft(tally, now);
  let multibar: MultiBar | undefined;
  let stopped = false;
  const width = () => (stream.columns || 80) - 1;

  const addLine = (text: () => string): SingleBar | undefined =>
    multibar?.create(1, 0, {}, { format: () => text().slice(0, Math.max(0, width())) });

  function open(): void {
    multibar = new MultiBar({
      stream,
      fps: 10,
      hideCursor: true,
      clearOnComplete: true,
      // Lines are truncated here. The default would turn off the terminal's wrapping, and a crash would leave it off.
      linewrap: true,
      // Otherwise a line with unchanged text is not redrawn after a note has moved it.
      forceRedraw: true,
      // Its SIGINT handler would prevent the program from ending.
      gracefulExit: false,
    });
    addLine(() => trialsLine(tally, left(), width()));
    // Restores the cursor if the program ends without stop().
    process.once('exit', stop);
  }

  function changed(): void {
    // A worker's last message may arrive after stop().
    if (stopped) return;
    if (multibar === undefined) open();
    for (const [k, id] of slots.entries()) {
      if (id !== undefined && !tally.running.has(id)) slots[k] = undefined;
    }
    for (const id of tally.running.keys()) {
      if (slots.includes(id)) continue;
      const free = slots.indexOf(undefined);
      if (free >= 0) slots[free] = id;
      // Lines beyond the screen cannot be redrawn: the other trials are not shown until a line is free.
      else if (slots.length < (stream.rows || 24) - 2) {
        const k = slots.push(id) - 1;
        addLine(() => trialLine(tally.running.get(slots[k] ?? ''), width()));
      }
    }
  }

  function stop(): void {
    stopped = true;
    process.removeListener('exit', stop);
    // Notes are printed at the next redraw.
    multibar?.update();
    multibar?.stop();
    multibar = undefined;
  }

  return {
    changed,
    advanced: () => {},
    note(text) {
      // cli-progress clears only the first line, so each line clears its own remainder (CSI K).
      const lines = text.split('\n').map((line) => `${line}\x1b[K\n`);
      if (multibar === undefined) stream.write(`${text}\n`);
      else for (const line of lines) multibar.log(line);
    },
    stop,
  };
}

function countsText({ total, finished, diverged, failed }: Tally): string {
  const percent = total > 0 ? Math.floor((100 * finished) / total) : 100;
  const parts = [`${finished}/${total}`, `${percent} %`];
  if (diverged > 0) parts.push(`${diverged} diverged`);
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.join(', ');
}

function trialsLine(tally: Tally, left: string, width: number): string {
  const text = [countsText(tally), left].filter((part) => part !== '').join(', ');
  return withBar('trials', text, workOf(tally).part, width);
}

function trialLine(trial: Running | undefined, width: number): string {
  if (trial === undefined) return '';
  const { label, epoch, epochs } = trial;
  if (epochs <= 0) return truncate(`  ${label}`, width);
  const text = `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
  return withBar(`  ${label}`, text, epoch / epochs, width);
}

/** A line with a bar of up to 20 columns. If the line is too long, first the bar is shortened, then the label. */
function withBar(label: string, text: string, part: number, width: number): string {
  const available = width - text.length - 2;
  const size = Math.min(20, Math.max(10, available - label.length - 3));
  const labelWidth = available - size - 3;
  if (labelWidth < 6) return `${truncate(label, available)}  ${text}`;
  const filled = Math.round(Math.min(1, Math.max(0, part)) * size);
  const bar = `[${'='.repeat(filled)}${'-'.repeat(size - filled)}]`;
  return `${truncate(label, labelWidth)} ${bar}  ${text}`;
}

function truncate(label: string, width: number): string {
  const characters = [...label];
  if (characters.length <= width) return label;
  return `${characters.slice(0, Math.max(0, width - 3)).join('')}...`.slice(0, Math.max(0, width));
}

/** The work in units of trials: done here and still left; and the finished part of all trials, 0 to 1. */
function workOf({ total, finished, trained, running }: Tally): { done: number; left: number; part: number } {
  let partial = 0;
  for (const { epoch, epochs } of running.values()) partial += epochs > 0 ? Math.min(1, epoch / epochs) : 0;
  const left = Math.max(0, total - finished - partial);
  return { done: trained + partial, left, part: total > 0 ? 1 - left / total : 1 };
}

/**
 * The time left, from the mean speed since the start, including the epochs of running trials. The estimate is updated
 * once a second and moves a quarter of the way to the new value, so that it does not jump.
 */
function timeLeft(tally: Tally, now: () => number): () => string {
  const begin = now();
  let computed = begin;
  let end: number | undefined;
  return () => {
    const time = now();
    if (time - computed >= 1000) {
      const { done, left } = workOf(tally);
      const estimate = done > 0 ? time + ((time - begin) * left) / done : undefined;
      if (estimate !== undefined) end = end === undefined ? estimate : end + (estimate - end) / 4;
      computed = time;
    }
    return end === undefined || tally.finished >= tally.total ? '' : `${duration(end - time)} left`;
  };
}

/** 45 s, 2 min 10 s, 3 h 05 min: longer durations are coarser. */
function duration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
