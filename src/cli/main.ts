import { CommanderError } from 'commander';
import { exitCodes, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { messageOf } from './flags.ts';
import { interrupted } from './interrupt.ts';
import { createProgram } from './program.ts';
import { tell } from './terminal.ts';

/** Runs the command line and ends the process with its exit status; the only place that does. */
export async function main(argv: readonly string[]): Promise<void> {
  let ending = false;
  for (const [signal, status] of [
    ['SIGINT', exitCodes.interrupted],
    ['SIGTERM', exitCodes.terminated],
    ['SIGHUP', exitCodes.hungUp],
  ] as const) {
    process.on(signal, () => {
      // The second one does not wait for what the first has begun.
      if (ending) process.exit(status);
      ending = true;
      void interrupted().finally(() => process.exit(status));
    });
  }
  // A limit on the size of files is then an error of the write that meets it, and ends nothing else.
  process.on('SIGXFSZ', () => {});
  // A reader that has had enough (`| head`) is no failure, nor does it make one of the command good.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    tell(`error: standard output could not be written: ${reasonOf(error)}`);
    process.exit(exitCodes.failed);
  });
  // Progress and notes may be lost; results may not.
  process.stderr.on('error', () => {});
  process.exitCode = await statusOf(argv);
}

/** Runs the command line and returns its exit status; what goes wrong is printed. */
export async function statusOf(argv: readonly string[]): Promise<number> {
  let status: number = exitCodes.done;
  const program = createProgram((code) => {
    status = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    return report(error);
  }
}

/** Prints what went wrong and returns the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed already; its own status 1 is wrong usage.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  if (error instanceof UserError) {
    tell(...`error: ${messageOf(error)}`.split('\n'));
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  tell('error: fys-nn has a defect; please report this with the command you ran.', ...text.split('\n'));
  return exitCodes.failed;
}
