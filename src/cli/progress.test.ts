import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createProgress, type Progress } from './progress.ts';
import type { Work } from './time-left.ts';

const work = (epochs: number): Work => ({ kind: 'a', seconds: 1, epochs, from: 0, exact: true });
const works = (count: number): Work[] => Array.from({ length: count }, () => work(10));

/** A stream that keeps what is written, and as a terminal also carries it out on a small screen. */
function fakeStream(isTTY: boolean, columns = 60, rows = 24) {
  const lines = [''];
  const at = { row: 0, column: 0 };
  const state = { written: '', cursor: true, lines };
  const put = (character: string) => {
    const line = (lines[at.row] ?? '').padEnd(at.column);
    lines[at.row] = line.slice(0, at.column) + character + line.slice(at.column + 1);
    at.column++;
  };
  const control = (sequence: string) => {
    const count = Number(/\d+/.exec(sequence)?.[0] ?? 1);
    const line = lines[at.row] ?? '';
    if (sequence.endsWith('A')) at.row = Math.max(0, at.row - count);
    else if (sequence.endsWith('G')) at.column = count - 1;
    else if (sequence.endsWith('2K')) lines[at.row] = '';
    else if (sequence.endsWith('K')) lines[at.row] = line.slice(0, at.column);
    else if (sequence.endsWith('J')) lines.splice(at.row, Infinity, line.slice(0, at.column));
    else if (sequence.endsWith('?25l')) state.cursor = false;
    else if (sequence.endsWith('?25h')) state.cursor = true;
    else throw new Error(`the screen does not know ${JSON.stringify(sequence)}`);
  };
  const write = (text: string, done?: () => void) => {
    state.written += text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is steered with
    for (const part of text.match(/\x1b\[[?\d;]*[A-Za-z]|./gs) ?? []) {
      if (part.length > 1) control(part);
      else if (part !== '\n') put(part);
      else {
        at.row++;
        at.column = 0;
        lines[at.row] ??= '';
      }
    }
    done?.();
    return true;
  };
  const stream = { isTTY, columns, rows, write } as unknown as NodeJS.WriteStream;
  return { stream, state };
}

let time: number;
const now = () => time;

beforeEach(() => {
  time = 0;
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Lets so much time go by, in the steps in which the screen is redrawn. */
function pass(milliseconds: number): void {
  for (let i = 0; i < milliseconds; i += 100) {
    time += 100;
    jest.advanceTimersByTime(100);
  }
}

describe('where there is no terminal', () => {
  test('a line at the start, one every 10 s, one at the end', () => {
    const { stream, state } = fakeStream(false);
    const progress = createProgress({ stream, quiet: false, works: works(4), width: 2, now });
    progress.start('a', 'a', 10, work(10));
    progress.epoch('a', 5);
    progress.done('a', 'done');
    time = 9_999;
    progress.start('b', 'b', 10, work(10));
    time = 10_000;
    progress.epoch('b', 1);
    progress.done('b', 'diverged');
    progress.note('a note');
    progress.start('c', 'c', 10, work(10));
    progress.done('c', 'failed');
    progress.found(work(10), 'done');
    progress.stop();
    expect(state.written).toBe(
      'trials 0/4, 0 %\ntrials 1/4, 27 %, 1 s left\na note\ntrials 4/4, 100 %, 1 diverged, 1 failed\n',
    );
  });

  test('plain: so it is on a terminal', () => {
    const { stream, state } = fakeStream(true);
    const progress = createProgress({ stream, quiet: false, plain: true, works: works(1), width: 2, now });
    progress.found(work(10), 'done');
    progress.stop();
    expect(state.written).toBe('trials 1/1, 100 %\n');
  });

  test('the end is not told twice, and no timer stays', () => {
    const { stream, state } = fakeStream(false);
    const progress = createProgress({ stream, quiet: false, works: works(1), width: 2, now });
    progress.found(work(10), 'done');
    progress.stop();
    expect(state.written).toBe('trials 1/1, 100 %\n');
    expect(jest.getTimerCount()).toBe(0);
  });
});

test.each([true, false])(
  'what a note repeats of others does nothing to the terminal (terminal: %p)',
  (isTTY) => {
    const { stream, state } = fakeStream(isTTY);
    const progress = createProgress({ stream, quiet: false, works: works(2), width: 2, now });
    progress.note('before\u001b[2J\rany trial');
    progress.start('a', 'a', 2, work(2));
    progress.note('one\u001b]0;x\u0007\ntwo');
    pass(200);
    progress.stop();
    expect(state.lines.map((line) => line.trimEnd())).toEqual(
      expect.arrayContaining(['before?[2J?any trial', 'one?]0;x?', 'two']),
    );
  },
);

test.each([true, false])('quiet writes nothing at all (terminal: %p)', (isTTY) => {
  const { stream, state } = fakeStream(isTTY);
  const progress = createProgress({ stream, quiet: true, works: works(2), width: 2, now });
  progress.start('a', 'a', 2, work(2));
  progress.note('a note');
  pass(500);
  progress.done('a', 'failed');
  progress.stop();
  expect(state.written).toBe('');
  expect(jest.getTimerCount()).toBe(0);
});

describe('on a terminal', () => {
  let screen: ReturnType<typeof fakeStream>;
  let progress: Progress;
  const open = (total: number, columns = 60, rows = 24) => {
    screen = fakeStream(true, columns, rows);
    progress = createProgress({ stream: screen.stream, quiet: false, works: works(total), width: 1, now });
  };
  const lines = () => screen.state.lines;
  afterEach(() => progress.stop());

  test('one bar for the trials and one for each that runs', () => {
    open(3);
    progress.start('relu', 'a', 100, work(100));
    progress.start('sigmoid', 'b', 50, work(50));
    progress.epoch('a', 50);
    pass(200);
    expect(lines()).toEqual([
      'trials [===-----------------]  0/3, 16 %',
      '  relu [==========----------]  epoch  50/100',
      '  sigmoid [--------------------]  epoch  0/50',
    ]);
  });

  test('a trial that begins takes the line of one that ended', () => {
    open(9);
    for (const id of ['a', 'b']) progress.start(id, id, 10, work(10));
    progress.done('a', 'diverged');
    pass(200);
    expect(lines()[1]).toBe('');
    progress.start('c', 'c', 10, work(10));
    pass(200);
    expect(lines()).toHaveLength(3);
    expect(lines()[0]).toContain('1/9, 11 %, 1 diverged');
    expect(lines()[1]).toContain('  c [');
    expect(lines()[2]).toContain('  b [');
  });

  test('every line fits the terminal, with the epochs whole and the label cut where labels are alike', () => {
    for (const columns of [20, 40, 60, 200]) {
      open(3, columns);
      progress.start('relu, batch size 10, learning rate 0.001, lambda 0.0001', 'a', 1000, work(1000));
      pass(200);
      expect(Math.max(...lines().map((line) => line.length))).toBeLessThan(columns);
      expect(lines()[1]).toContain('epoch    0/1000');
      progress.stop();
    }
    open(3, 60);
    progress.start('relu, batch size 10, learning rate 0.001, lambda 0.0001', 'a', 1000, work(1000));
    pass(200);
    expect(lines()[1]).toBe('  relu, ...001, lambda 0.0001 [----------]  epoch    0/1000');
  });

  test('no more lines than the screen has; the unseen come up when a line is free', () => {
    open(9, 60, 4);
    for (const id of ['a', 'b', 'c', 'd']) progress.start(id, id, 10, work(10));
    pass(200);
    expect(lines()).toHaveLength(3);
    progress.done('a', 'done');
    pass(200);
    expect(lines()[1]).toContain('  c [');
  });

  test('notes stay above the bars, whole', () => {
    open(2);
    progress.note('before');
    progress.start('relu', 'a', 10, work(10));
    pass(200);
    progress.note('first\nsecond');
    pass(200);
    expect(lines()).toEqual([
      'before',
      'first',
      'second',
      'trials [--------------------]  0/2, 0 %',
      '  relu [--------------------]  epoch  0/10',
    ]);
    progress.note('note: last');
    progress.stop();
    expect(lines()).toEqual(['before', 'first', 'second', 'note: last', '']);
  });

  test('notes are broken between words, not within a path', () => {
    open(2);
    progress.note('note: submitted 3 trials; its logs are in results/.trials/slurm/20261130');
    expect(lines().slice(0, 2)).toEqual([
      'note: submitted 3 trials; its logs are in',
      '      results/.trials/slurm/20261130',
    ]);
    progress.stop();
  });

  test('stop() clears the bars, shows the cursor and leaves no timer, and nothing comes after it', () => {
    open(2);
    progress.start('relu', 'a', 10, work(10));
    pass(200);
    expect(screen.state.cursor).toBe(false);
    const listeners = process.listenerCount('exit');
    progress.stop();
    expect(lines()).toEqual(['']);
    expect(screen.state.cursor).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
    expect(process.listenerCount('exit')).toBe(listeners - 1);
    const { written } = screen.state;
    progress.start('late', 'b', 10, work(10));
    progress.done('b', 'done');
    progress.stop();
    pass(500);
    expect(screen.state.written).toBe(written);
  });

  test('the time left follows from the epochs, and changes once a second', () => {
    open(4);
    progress.start('a', 'a', 100, work(100));
    const shown = new Set<string>();
    for (let i = 1; i <= 50; i++) {
      pass(200);
      progress.epoch('a', i);
      shown.add(lines()[0]);
    }
    // 10 s for half a trial of four: 70 s are left
    expect(lines()[0]).toMatch(/0\/4, 12 %, 1 min (09|1[0-2]) s left/);
    expect(shown.size).toBeLessThan(25);
  });

  test.each([
    [40, /13 min left$/],
    [400, /2 h 1\d min left$/],
  ])('the time left of %i trials, in units that fit it', (trials, text) => {
    open(trials);
    progress.start('a', 'a', 100, work(100));
    for (let i = 1; i <= 50; i++) {
      pass(200);
      progress.epoch('a', i);
    }
    pass(100);
    expect(lines()[0]).toMatch(text);
  });

  test('a trial without epochs is its label', () => {
    open(2);
    progress.start('normal equations', 'a', 0, work(0));
    pass(200);
    expect(lines()[1]).toBe('  normal equations');
    progress.epoch('unknown', 3);
  });
});
