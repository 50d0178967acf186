import { MultiBar, type SingleBar } from 'cli-progress';
import { printable } from '../errors.ts';
import type { TaskCounts } from '../launchers/launcher.ts';
import { durationText } from './duration.ts';
import { foldLine } from './terminal.ts';
import { createTimeLeft, type TimeLeft, type Work } from './time-left.ts';

export interface Progress {
  /** A trial starts; `epochs` is the most that it may need, 0 if it has none (a closed form). */
  start(label: string, id: string, epochs: number, work: Work): void;
  /** The running trial has finished `epoch` epochs. */
  epoch(id: string, epoch: number): void;
  /** A trial that started here has ended. */
  done(id: string, outcome: 'done' | 'diverged' | 'failed'): void;
  /** A small trial has run, in so many seconds, which is not shown by itself. */
  ran(id: string, work: Work, outcome: 'done' | 'diverged', seconds: number): void;
  /** Another process has computed a trial. */
  found(work: Work, outcome: 'done' | 'diverged'): void;
  /** What is known of the tasks that were submitted to a cluster. */
  tasks(counts: TaskCounts): void;
  /** Prints a line that stays on the screen, above the bars. */
  note(text: string): void;
  /** Clears the bars and restores the cursor. Call it once, however the run ends. */
  stop(): void;
}

export interface ProgressOptions {
  stream: NodeJS.WriteStream;
  quiet: boolean;
  /** Lines on a terminal too. */
  plain?: boolean;
  /** The trials to run, and how many run at once. */
  works: readonly Work[];
  width: number;
  /** The clock in milliseconds; it affects only the display. */
  now: () => number;
}

interface Running {
  readonly label: string;
  readonly epochs: number;
  epoch: number;
}

/** The state of the run: counts, and the running trials in the order in which they started. */
interface Tally {
  total: number;
  finished: number;
  diverged: number;
  failed: number;
  readonly running: Map<string, Running>;
  readonly left: TimeLeft;
  /** Null if none were submitted. */
  tasks: TaskCounts | null;
}

/** Shows the progress of the trials: bars on a terminal, a line every ten seconds elsewhere, nothing if `quiet`. */
export function createProgress({ stream, quiet, plain, works, width, now }: ProgressOptions): Progress {
  const left = createTimeLeft(works, width);
  const counts = { total: works.length, finished: 0, diverged: 0, failed: 0 };
  const tally: Tally = { ...counts, running: new Map(), left, tasks: null };
  const show = quiet
    ? silentDisplay()
    : stream.isTTY && plain !== true
      ? barDisplay(tally, stream, now)
      : lineDisplay(tally, stream, now);
  const count = (outcome: 'done' | 'diverged' | 'failed'): void => {
    tally.finished++;
    if (outcome !== 'done') tally[outcome]++;
    show.changed();
  };
  return {
    start(label, id, epochs, work) {
      tally.running.set(id, { label, epochs, epoch: work.from });
      left.started(id, work, now());
      show.changed();
    },
    epoch(id, epoch) {
      const trial = tally.running.get(id);
      if (trial === undefined) return;
      trial.epoch = epoch;
      left.epoch(id, epoch, now());
      show.advanced();
    },
    done(id, outcome) {
      tally.running.delete(id);
      left.ended(id, outcome, now());
      count(outcome);
    },
    ran(id, work, outcome, seconds) {
      left.started(id, work, now() - 1000 * seconds);
      left.ended(id, outcome, now());
      count(outcome);
    },
    found(work, outcome) {
      left.found(work);
      count(outcome);
    },
    tasks(counts) {
      tally.tasks = counts;
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
    shown = countsText(tally);
    stream.write(`trials ${[shown, leftText(tally, now())].filter((part) => part !== '').join(', ')}\n`);
  };
  const lineWhenDue = () => {
    if (now() - last >= lineInterval) line();
  };
  return {
    changed: lineWhenDue,
    advanced: lineWhenDue,
    note: (text) => void stream.write(`${text}\n`),
    stop() {
      if (shown !== countsText(tally)) line();
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
  const left = oncePerSecond(() => leftText(tally, now()), now);
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
      const lines = text.split('\n').flatMap((line) => foldLine(line, width()));
      if (multibar === undefined) stream.write(`${lines.join('\n')}\n`);
      else for (const line of lines) multibar.log(`${line}\x1b[K\n`);
    },
    stop,
  };
}

/** The counts of trials; the percentage is that of their predicted times. */
function countsText({ total, finished, diverged, failed, left, tasks }: Tally): string {
  const percent = finished >= total ? 100 : Math.min(99, Math.floor(100 * left.part()));
  const parts = [`${finished}/${total}`, `${percent} %`];
  if (diverged > 0) parts.push(`${diverged} diverged`);
  if (failed > 0) parts.push(`${failed} failed`);
  if (tasks !== null && finished < total) parts.push(tasksText(tasks));
  return parts.join(', ');
}

/** Those that have ended are in the counts of trials. */
const tasksText = ({ queued, running }: TaskCounts): string => `tasks: ${running} running, ${queued} waiting`;

function trialsLine(tally: Tally, left: string, width: number): string {
  const text = [countsText(tally), left].filter((part) => part !== '').join(', ');
  return withBar('trials', text, tally.left.part(), width);
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

/** The first third of a label that is too long, and its end, where the labels of a grid differ. */
function truncate(label: string, width: number): string {
  const characters = [...label];
  if (characters.length <= width) return label;
  const room = Math.max(0, width - 3);
  const begin = Math.floor(room / 3);
  const end = characters.slice(characters.length - (room - begin));
  return `${characters.slice(0, begin).join('')}...${room === 0 ? '' : end.join('')}`.slice(
    0,
    Math.max(0, width),
  );
}

function leftText({ total, finished, left }: Tally, now: number): string {
  const seconds = finished >= total ? null : left.seconds(now);
  return seconds === null ? '' : `${durationText(seconds)} left`;
}

/** The screen is drawn ten times a second; a number that changes so often cannot be read. */
function oncePerSecond(text: () => string, now: () => number): () => string {
  let computed = -Infinity;
  let last = '';
  return () => {
    if (now() - computed >= 1000) {
      last = text();
      computed = now();
    }
    return last;
  };
}
