import { jest } from '@jest/globals';
import { statusOf } from './main.ts';

/**
 * Runs a command line in this process, in a folder: for commands that compute nothing, as threads need the build.
 *
 * It saves the start of a process, which costs far more than a command line that is refused.
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
  const before = process.cwd();
  process.chdir(cwd);
  try {
    return { status: await statusOf(args), ...text };
  } finally {
    process.chdir(before);
    for (const spy of spies) spy.mockRestore();
  }
}
