import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { printable, quote } from '../errors.ts';
import { codeOf, reasonOf } from '../files/errno.ts';

/** How a Python process ended: what it printed, or why it gave nothing. */
export type Outcome = { readonly stdout: string } | { readonly failure: string };

/** Python interpreters to try, in this order: FYS_NN_PYTHON alone where it is set. */
export function pythonCandidates(): string[] {
  const own = process.env.FYS_NN_PYTHON;
  return own ? [own] : ['python3', '/usr/bin/python3'];
}

/** The Python file beside this one; the build copies it. */
export const sklearnProgram = fileURLToPath(new URL('./sklearn_reference.py', import.meta.url));

/** On one thread, so that sums are in one order whatever the number of cores. */
const environment = {
  PYTHONHASHSEED: '0',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONIOENCODING: 'utf-8',
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
};

/** What a process may take before it is killed. */
export interface Limits {
  /** null: as long as it takes. */
  readonly seconds: number | null;
  /** Of all that it prints. */
  readonly bytes: number;
}

/** To say what is installed: a cold disk may need its time to load the libraries. */
export const lookLimits: Limits = { seconds: 60, bytes: 2 ** 16 };
/** To fit: ten million coefficients. How long that may take is said by `--timeout`. */
export const fitLimits: Limits = { seconds: null, bytes: 2 ** 28 };

/** Runs a Python program to its end and reads the JSON that it prints; anything else is a failure. */
export async function askPython(
  interpreter: string,
  args: readonly string[],
  limits: Limits,
): Promise<{ readonly answer: unknown } | { readonly failure: string }> {
  const outcome = await runPython(interpreter, args, limits);
  if ('failure' in outcome) return outcome;
  try {
    return { answer: JSON.parse(outcome.stdout) };
  } catch {
    return { failure: `it printed no JSON: ${quote(outcome.stdout)}` };
  }
}

/**
 * Runs a Python program to its end, or to its limits.
 *
 * Its standard input stays open until then. So it ends when this process does, in whatever way: see
 * sklearn_reference.py. A failure is the last line of its standard error, which of an exception is its message.
 */
export function runPython(interpreter: string, args: readonly string[], limits: Limits): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(interpreter, args, { env: { ...process.env, ...environment } });
    const stdout: string[] = [];
    let complaints = '';
    let bytes = 0;
    const stop = (failure: string) => {
      child.kill('SIGKILL');
      // What the program has started may hold these open for ever.
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
    child.stdin.on('error', () => {}); // it has ended, which is told below
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout.push(text);
      count(text);
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
      const last = complaints.trim().split('\n').at(-1);
      if (code === 0) resolve({ stdout: stdout.join('') });
      else resolve({ failure: printable(last || `it ended with ${signal ?? `status ${code}`}`) });
    });
  });
}
