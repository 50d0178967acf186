import { printable } from '../errors.ts';

// The only place that writes to the terminal. Any line may contain foreign text (paths, names in files, messages of the
// system), which must not be able to control the terminal.

/** Writes lines to stderr: notes, errors, which files were written. */
export function writeStderr(...lines: readonly string[]): void {
  process.stderr.write(printableLines(lines));
}

/** Writes lines of printableLines text to stdout. */
export function writeStdout(...lines: readonly string[]): void {
  process.stdout.write(printableLines(lines));
}

/** Writes text to stdout as it is: tables, JSON and other formats, which have already replaced unprintable characters. */
export function writeStdoutRaw(text: string): void {
  process.stdout.write(text);
}

function printableLines(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line)}\n`).join('');
}
