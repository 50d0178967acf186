import { CommanderError } from 'commander';
import { exitCodes, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { messageOf } from './flags.ts';
import { interrupted } from './interrupt.ts';
import { createProgram } from './program.ts';
import { writeStderr } from './terminal.ts';

/** Runs the command line and ends the process with its exit status. Nothing else ends the process. */
export async function main(argv: readonly string[]): Promise<void> {
  let ending = false;
  for (const [signal, status] of [
    ['SIGINT', exitCodes.interrupted],
    ['SIGTERM', exitCodes.terminated],
    ['SIGHUP', exitCodes.hungUp],
  ] as const) {
    process.on(signal, () => {
      // A second signal does not wait for the work that the first one started.
      if (ending) process.exit(status);
      ending = true;
      void interrupted().finally(() => process.exit(status));
    });
  }
  // Without a handler, exceeding the limit on file sizes would end the process; with one, only the write fails.
  process.on('SIGXFSZ', () => {});
  // A reader that stops early (`| head`) is not a failure, and does not hide a failure of the command.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    writeStderr(`error: standard output could not be written: ${reasonOf(error)}`);
    process.exit(exitCodes.failed);
  });
  // Progress and notes may be lost, results may not.
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
    // Commander has already printed its message; its own status 1 means wrong usage.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  if (error instanceof UserError) {
    writeStderr(...`error: ${messageOf(error)}`.split('\n'));
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeStderr(
    'error: this is a bug in fys-nn; please report it with the command you ran.',
    ...text.split('\n'),
  );
  return exitCodes.failed;
}
