import { MultiBar, type SingleBar } from 'cli-progress';
import { printable } from '../errors.ts';

export interface Progress {
  /** A trial begins; `epochs` may be 0 where there are none (a closed form). */
  start(label: string, id: string, epochs: number): void;
  /** The running trial has done so many epochs. */
  epoch(id: string, epoch: number): void;
  /** A trial has its record. One that never began here was found in the store, and does not count as speed. */
  done(id: string, outcome: 'done' | 'diverged' | 'failed'): void;
  /** A line that stays, above the bars. */
  note(text: string): void;
  /** Clears the bars and gives the cursor back; to be called once, however the run ends. */
  stop(): void;
}

export interface ProgressOptions {
  stream: NodeJS.WriteStream;
  quiet: boolean;
  /** Number of trials. */
  total: number;
  /** Milliseconds; decides nothing but what is shown. */
  now: () => number;
}

interface Running {
  label: string;
  epochs: number;
  epoch: number;
}

/** What is known of the run: counts, and the trials under way in the order they began. */
interface Tally {
  total: number;
  finished: number;
  diverged: number;
  failed: number;
  /** Those of the finished that were trained here. */
  trained: number;
  running: Map<string, Running>;
}

/** Shows how far the trials are: bars on a terminal, a line now and then elsewhere, nothing when quiet. */
export function createProgress({ stream, quiet, total, now }: ProgressOptions): Progress {
  const tally: Tally = { total, finished: 0, diverged: 0, failed: 0, trained: 0, running: new Map() };
  const show = quiet ? silence() : stream.isTTY ? bars(tally, stream, now) : plainLines(tally, stream, now);
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
  /** A trial has begun or ended. */
  changed(): void;
  /** A running trial has done another epoch. */
  advanced(): void;
  note(text: string): void;
  stop(): void;
}

function silence(): Display {
  const nothing = () => {};
  return { changed: nothing, advanced: nothing, note: nothing, stop: nothing };
}

const lineInterval = 10_000;

function plainLines(tally: Tally, stream: NodeJS.WriteStream, now: () => number): Display {
  let last = -Infinity;
  let shown = '';
  const line = () => {
    last = now();
    shown = `trials ${counts(tally)}`;
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
      if (shown !== `trials ${counts(tally)}`) line();
    },
  };
}

/**
 * One bar for the trials and one for each that runs. cli-progress only redraws, ten times a second; the text of
 * each line comes from the tally, because its own time left follows the last ten updates and jumps.
 */
function bars(tally: Tally, stream: NodeJS.WriteStream, now: () => number): Display {
  /** Ids by line. A trial takes the first free line: no line moves, and none is left blank for long. */
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
      // Lines are cut here; its default would turn the terminal's wrapping off, and a crash would leave it off.
      linewrap: true,
      // Else a line whose text is unchanged is not drawn again after a note has moved it.
      forceRedraw: true,
      // Its SIGINT handler would keep the program from ending.
      gracefulExit: false,
    });
    addLine(() => trialsLine(tally, left(), width()));
    // Gives the cursor back where the program ends without stop().
    process.once('exit', stop);
  }

  function changed(): void {
    // A worker's last words may come after the end.
    if (stopped) return;
    if (multibar === undefined) open();
    for (const [k, id] of slots.entries()) {
      if (id !== undefined && !tally.running.has(id)) slots[k] = undefined;
    }
    for (const id of tally.running.keys()) {
      if (slots.includes(id)) continue;
      const free = slots.indexOf(undefined);
      if (free >= 0) slots[free] = id;
      // Lines beyond the screen could not be drawn over: those trials run unseen until a line is free.
      else if (slots.length < (stream.rows || 24) - 2) {
        const k = slots.push(id) - 1;
        addLine(() => trialLine(tally.running.get(slots[k] ?? ''), width()));
      }
    }
  }

  function stop(): void {
    stopped = true;
    process.removeListener('exit', stop);
    // Once more, because notes wait for the next drawing.
    multibar?.update();
    multibar?.stop();
    multibar = undefined;
  }

  return {
    changed,
    advanced: () => {},
    note(text) {
      // cli-progress clears the first line only, so each clears what is behind it (CSI K).
      const lines = text.split('\n').map((line) => `${line}\x1b[K\n`);
      if (multibar === undefined) stream.write(`${text}\n`);
      else for (const line of lines) multibar.log(line);
    },
    stop,
  };
}

function counts({ total, finished, diverged, failed }: Tally): string {
  const percent = total > 0 ? Math.floor((100 * finished) / total) : 100;
  const parts = [`${finished}/${total}`, `${percent} %`];
  if (diverged > 0) parts.push(`${diverged} diverged`);
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.join(', ');
}

function trialsLine(tally: Tally, left: string, width: number): string {
  const text = [counts(tally), left].filter((part) => part !== '').join(', ');
  return withBar('trials', text, work(tally).part, width);
}

function trialLine(trial: Running | undefined, width: number): string {
  if (trial === undefined) return '';
  const { label, epoch, epochs } = trial;
  if (epochs <= 0) return cut(`  ${label}`, width);
  const text = `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
  return withBar(`  ${label}`, text, epoch / epochs, width);
}

/** The bar has up to 20 columns; where the line is short of room, first the bar gives way and then the label. */
function withBar(label: string, text: string, part: number, width: number): string {
  const room = width - text.length - 2;
  const size = Math.min(20, Math.max(10, room - label.length - 3));
  const labelRoom = room - size - 3;
  if (labelRoom < 6) return `${cut(label, room)}  ${text}`;
  const filled = Math.round(Math.min(1, Math.max(0, part)) * size);
  const bar = `[${'='.repeat(filled)}${'-'.repeat(size - filled)}]`;
  return `${cut(label, labelRoom)} ${bar}  ${text}`;
}

function cut(label: string, width: number): string {
  const characters = [...label];
  if (characters.length <= width) return label;
  return `${characters.slice(0, Math.max(0, width - 3)).join('')}...`.slice(0, Math.max(0, width));
}

/** Trials' worth of training: done here, still to do, and the part of all trials that is behind. */
function work({ total, finished, trained, running }: Tally): { done: number; left: number; part: number } {
  let under = 0;
  for (const { epoch, epochs } of running.values()) under += epochs > 0 ? Math.min(1, epoch / epochs) : 0;
  const left = Math.max(0, total - finished - under);
  return { done: trained + under, left, part: total > 0 ? 1 - left / total : 1 };
}

/**
 * The time left, from the mean speed since the first trial began, with each running trial's epochs counted. It
 * is worked out once a second and moves a quarter of the way to the new estimate, so that it does not jump.
 */
function timeLeft(tally: Tally, now: () => number): () => string {
  const begin = now();
  let computed = begin;
  let end: number | undefined;
  return () => {
    const time = now();
    if (time - computed >= 1000) {
      const { done, left } = work(tally);
      const estimate = done > 0 ? time + ((time - begin) * left) / done : undefined;
      if (estimate !== undefined) end = end === undefined ? estimate : end + (estimate - end) / 4;
      computed = time;
    }
    return end === undefined || tally.finished >= tally.total ? '' : `${duration(end - time)} left`;
  };
}

/** 45 s, 2 min 10 s, 3 h 05 min: the coarser the longer. */
function duration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
