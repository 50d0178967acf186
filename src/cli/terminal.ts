import { printable } from '../errors.ts';

// The one place that writes to the terminal: text of others (paths, names in files, messages of the system) may stand in
// any line, and must do nothing there but stand.

/** Lines for the reader: notes, errors, what was written. They go to stderr. */
export function tell(...lines: readonly string[]): void {
  process.stderr.write(plain(lines));
}

/** Lines of an answer in words. They go to stdout. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(plain(lines));
}

/** What has colours or line ends of its own, and made plain what others wrote: tables, JSON, other formats of files. */
export function printWhole(text: string): void {
  process.stdout.write(text);
}

function plain(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line)}\n`).join('');
}
