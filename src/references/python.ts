import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

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

/**
 * Runs a Python program to its end.
 *
 * Its standard input stays open until then. So it ends when this process does, in whatever way: see
 * sklearn_reference.py. A failure is the last line of its standard error, which of an exception is its message.
 */
export function runPython(interpreter: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(interpreter, args, { env: { ...process.env, ...environment } });
    const stdout: string[] = [];
    let complaints = '';
    child.stdin.on('error', () => {}); // it has ended, which is told below
    child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints = (complaints + text).slice(-4000);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ failure: error.code === 'ENOENT' ? 'no such program' : error.message });
    });
    child.on('close', (code, signal) => {
      const last = complaints.trim().split('\n').at(-1);
      if (code === 0) resolve({ stdout: stdout.join('') });
      else resolve({ failure: last || `it ended with ${signal ?? `status ${code}`}` });
    });
  });
}
