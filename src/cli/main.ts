import { CommanderError } from 'commander';
import { Detached, exitCodes, exitMeanings, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { interrupted } from './interrupt.ts';
import { createProgram } from './program.ts';
import { type Readers, readersOf, reportError } from './report-error.ts';
import { startOutput, writeEvent, writeStderr, writeStdout, writeStdoutRaw } from './terminal.ts';

const signals = { SIGINT: 'interrupted', SIGTERM: 'terminated', SIGHUP: 'hungUp' } as const;

/** Runs the command line and ends the process with its exit status. Nothing else ends the process. */
export async function main(argv: readonly string[]): Promise<void> {
  let ending = false;
  for (const [signal, name] of Object.entries(signals)) {
    const status = exitCodes[name];
    process.on(signal, () => {
      // A second signal does not wait for the work that the first one started.
      if (ending) process.exit(status);
      ending = true;
      void interrupted()
        .then(() => reportSignal(name, readersOf(argv)))
        .finally(() => process.exit(status));
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
  const readers = readersOf(argv);
  startOutput(readers.events);
  let status: number = exitCodes.done;
  const program = createProgram((code) => {
    status = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    status = await report(error, readers);
  }
  writeEvent('finished', { exit_status: status });
  return status;
}

/** Prints what went wrong and returns the exit status. */
async function report(error: unknown, readers: Readers): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done;
    // Commander has printed the help of a command that needs another one below it.
    const lines: string[] = [];
    const what = 'a command is missing';
    await reportError({ what, remedy: 'add one of those in its --help' }, exitCodes.usage, readers, {
      lines,
    });
    return exitCodes.usage;
  }
  if (error instanceof Detached) {
    const { submissions, storeDirectory: store } = error;
    const { detachedLines } = await import('./submissions.ts');
    if (readers.json) writeStdoutRaw(`${JSON.stringify({ store, submissions }, null, 2)}\n`);
    else writeStdout(...(await detachedLines(error)));
    return exitCodes.done;
  }
  if (error instanceof UserError) {
    await reportError(error.parts, error.exitCode, readers);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const what = 'this is a bug in fys-nn; please report it with the command you ran';
  const lines = [`error: ${what}.`, ...text.split('\n')];
  await reportError({ what, received: text }, exitCodes.failed, readers, { code: 'bug', lines });
  return exitCodes.failed;
}

/** For programs; people have pressed the keys themselves, and the run has said what it saved. */
async function reportSignal(name: keyof typeof exitMeanings, readers: Readers): Promise<void> {
  const parts = { what: `the command was ${exitMeanings[name]}`, remedy: 'run the same command to resume' };
  await reportError(parts, exitCodes[name], readers, { lines: [] });
  writeEvent('finished', { exit_status: exitCodes[name] });
}
