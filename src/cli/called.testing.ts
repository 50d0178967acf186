import { jest } from '@jest/globals';
import { launchers } from '../launchers/index.ts';
import { statusOf } from './main.ts';

/**
 * Runs a command line in this process, in a folder. Trials are run in this thread, as other threads need the build.
 *
 * It saves the start of a process, its threads and its libraries, which cost far more than a refusal, a small training or
 * a figure. For tests of what a run prints and writes; those of processes and threads use `runProgram`.
 */
export async function callProgram(
  args: readonly string[],
  cwd: string,
): Promise<{ status: number; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((piece) => {
      text[name] += piece;
      return true;
    }),
  );
  const inline = jest.spyOn(launchers, 'threads').mockImplementation(launchers.inline);
  const before = process.cwd();
  process.chdir(cwd);
  try {
    return { status: await statusOf(args), ...text };
  } finally {
    process.chdir(before);
    for (const spy of [...spies, inline]) spy.mockRestore();
  }
}
