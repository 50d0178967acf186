import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// What tests that run the whole program share. They run the build, as users start it.

const program = resolve('bin/fys-nn.js');

/** Milliseconds after which what a test waits for has failed: less than a test may take, and far more than anything does. */
const limit = 50_000;

export interface Outcome {
  /** The exit status, or null where a signal ended the process. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** What a shell does first, such as `ulimit -f 1`. */
  readonly shell?: string;
  /** Milliseconds after which it is killed. */
  readonly timeout?: number;
}

/** A program that runs: to be signalled, read or waited for. */
export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  /** What the program has printed on stderr until now. */
  readonly stderr: () => string;
  readonly ended: Promise<Outcome>;
}

/** Starts the program. */
export function startProgram(args: readonly string[], options: ProgramOptions): Started {
  return startNode([program, ...args], options);
}

/** Runs the program to its end. */
export function runProgram(args: readonly string[], options: ProgramOptions): Promise<Outcome> {
  return startProgram(args, options).ended;
}

/** Starts Node on a script and its arguments. */
export function startNode(
  args: readonly string[],
  { cwd, env, shell, timeout = limit }: ProgramOptions,
): Started {
  const command = [process.execPath, ...args];
  const [file, ...rest] =
    shell === undefined ? command : ['sh', '-c', `${shell}; exec "$@"`, 'sh', ...command];
  const child = spawn(file, rest, {
    cwd,
    env: { ...process.env, ...env },
    timeout,
    killSignal: 'SIGKILL',
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
    });
  }
  const ended = new Promise<Outcome>((done, failed) => {
    child.on('error', failed);
    child.on('close', (status, signal) => done({ status, signal, ...text }));
  });
  return { child, stderr: () => text.stderr, ended };
}

/** The environment in which every process and thread of Node runs a module first. */
export function preloading(module: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(module)}` };
}

const clockOfThreads = (now: string) => `
  import { writeFileSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  let looks = 0;
  if (!isMainThread) performance.now = () => {
    looks++;
    return ${now};
  };
`;

/** Modules to preload: other clocks for the worker threads, which write a checkpoint each second to each minute. */
export const clocks = {
  /** Each look at it is as far from the one before as two checkpoints may be: a checkpoint each epoch. */
  hasty: clockOfThreads('60_000 * looks'),
  /** No checkpoint but where the training is stopped; there is a file `begun` when it has had a few epochs. */
  still: clockOfThreads("(looks === 20 && writeFileSync('begun', ''), 0)"),
} as const;

/** Waits until a condition holds. Errors: it never does. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + limit;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`still not so after ${limit / 1000} s: ${condition}`);
    await sleep(20);
  }
}
