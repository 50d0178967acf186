import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { printable, quote } from '../errors.ts';
import { codeOf, reasonOf } from '../files/errno.ts';

/** The outcome of a Python process: its output, or why it failed. */
export type Outcome = { readonly stdout: string } | { readonly failure: string };

/** Python interpreters to try, in order. If FYS_NN_PYTHON is set, only that one. */
export function pythonCandidates(): string[] {
  const own = process.env.FYS_NN_PYTHON;
  return own ? [own] : ['python3', '/usr/bin/python3'];
}

/** A Python program next to this file. The build copies them. */
export function programPath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Restricts Python's libraries to one thread, so that the order of sums does not depend on the number of cores. */
const environment = {
  PYTHONHASHSEED: '0',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONIOENCODING: 'utf-8',
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
};

/** Limits beyond which a process is killed. */
export interface Limits {
  /** null for no limit. */
  readonly seconds: number | null;
  /** The size of its output. */
  readonly bytes: number;
}

/** For finding out what is installed. Loading the libraries from a cold disk may take a while. */
export const probeLimits: Limits = { seconds: 60, bytes: 2 ** 16 };
/** For a fit of up to ten million coefficients. The launcher limits its time. */
export const fitLimits: Limits = { seconds: null, bytes: 2 ** 28 };

/** Gets each line as soon as it is printed. It returns false to end the program. */
export type OnLine = (line: string) => boolean;

/** Runs a Python program and parses its output as JSON, with `onLine` its last line. Any other output is a failure. */
export async function runPythonForJson(
  interpreter: string,
  args: readonly string[],
  limits: Limits,
  onLine?: OnLine,
): Promise<{ readonly answer: unknown } | { readonly failure: string }> {
  const outcome = await runPython(interpreter, args, limits, onLine);
  if ('failure' in outcome) return outcome;
  try {
    return { answer: JSON.parse(outcome.stdout) };
  } catch {
    return { failure: `it printed no JSON: ${quote(outcome.stdout)}` };
  }
}

/**
 * Runs a Python program until it ends or exceeds a limit.
 *
 * Its standard input stays open until then, so that it also ends when this process ends for any reason: see
 * reference_process.py. A failure is reported as the last line of its standard error, which for an exception is the
 * message. With `onLine`, only the last line of its output is kept.
 */
export function runPython(
  interpreter: string,
  args: readonly string[],
  limits: Limits,
  onLine?: OnLine,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(interpreter, args, { env: { ...process.env, ...environment } });
    /** What has been printed; with `onLine`, since the end of the last line. */
    let pieces: string[] = [];
    let last = '';
    let complaints = '';
    let bytes = 0;
    const stop = (failure: string) => {
      child.kill('SIGKILL');
      // Processes that the program has started may keep these open forever.
      for (const stream of child.stdio) stream?.destroy();
      resolve({ failure });
    };
    const count = (text: string) => {
      bytes += Buffer.byteLength(text);
      if (bytes > limits.bytes) stop(`it printed more than ${limits.bytes} bytes`);
    };
    const { seconds } = limits;
    const timer =
      seconds === null ? null : setTimeout(() => stop(`no answer in ${seconds} s`), 1000 * seconds);
    child.stdin.on('error', () => {}); // it has ended, which is handled below
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      pieces.push(text);
      if (onLine === undefined || !text.includes('\n')) return count(text);
      const lines = pieces.join('').split('\n');
      pieces = [lines.pop()!];
      last = lines.at(-1)!;
      bytes = 0;
      if (!lines.every(onLine)) child.stdin.end();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints = (complaints + text).slice(-4000);
      count(text);
    });
    child.on('error', (error) => {
      clearTimeout(timer ?? undefined);
      resolve({ failure: codeOf(error) === 'ENOENT' ? 'no such program' : reasonOf(error) });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer ?? undefined);
      const complaint = complaints.trim().split('\n').at(-1);
      if (code === 0) resolve({ stdout: pieces.join('') || last });
      else resolve({ failure: printable(complaint || `it ended with ${signal ?? `status ${code}`}`) });
    });
  });
}
