import { printable, replaceUnprintable } from '../errors.ts';
import { fold } from './fold.ts';

// The only place that writes to the terminal. Any line may contain foreign text (paths, names in files, messages of the
// system), which must not be able to control the terminal.

/** The events that programs can get. docs/machines.md describes them. */
export const eventNames = [
  'plan',
  'started',
  'epoch',
  'done',
  'diverged',
  'failed',
  'written',
  'message',
  'error',
  'finished',
] as const;

/** Whether everything on stderr is an event: one JSON object per line (--progress ndjson). */
let onlyEvents = false;
let stdoutIsEmpty = true;

/** Starts the output of a command: with `events`, everything on stderr is an event. */
export function startOutput(events: boolean): void {
  onlyEvents = events;
  stdoutIsEmpty = true;
}

/** Whether the command has written nothing to stdout yet. */
export function isStdoutEmpty(): boolean {
  return stdoutIsEmpty;
}

/** Writes lines to stderr: notes, errors, which files were written. */
export function writeStderr(...lines: readonly string[]): void {
  if (onlyEvents) writeEvent('message', { text: lines.map(printable).join('\n') });
  else process.stderr.write(printableLines(lines, process.stderr));
}

/** Writes lines to stderr that may be paths, so that none is broken: the terminal wraps them, and they can be copied. */
export function writeStderrWhole(...lines: readonly string[]): void {
  if (onlyEvents) writeStderr(...lines);
  else process.stderr.write(lines.map((line) => `${printable(line)}\n`).join(''));
}

/** Writes an event to stderr if programs read it (--progress ndjson). */
export function writeEvent(
  event: (typeof eventNames)[number],
  fields: Readonly<Record<string, unknown>>,
): void {
  if (!onlyEvents) return;
  const json = JSON.stringify({ event, time: new Date().toISOString(), ...fields });
  process.stderr.write(`${printableJson(json)}\n`);
}

/** JSON in which characters that could disturb a terminal are escaped. */
export function printableJson(json: string): string {
  const escaped = (line: string) =>
    replaceUnprintable(line, (character) =>
      [...Array(character.length).keys()]
        .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
        .join(''),
    );
  return json.split('\n').map(escaped).join('\n');
}

/** Writes lines of printable text to stdout. */
export function writeStdout(...lines: readonly string[]): void {
  writeStdoutRaw(printableLines(lines, process.stdout));
}

/** Writes text to stdout as it is: tables, JSON and other formats, which have already replaced unprintable characters. */
export function writeStdoutRaw(text: string): void {
  if (text !== '') stdoutIsEmpty = false;
  process.stdout.write(text);
}

/** On a terminal, long lines break between words; what a program reads stays one line. */
function printableLines(lines: readonly string[], { isTTY, columns = 80 }: NodeJS.WriteStream): string {
  const texts = lines.map(printable);
  const shown = isTTY ? texts.flatMap((line) => foldLine(line, columns)) : texts;
  return shown.map((line) => `${line}\n`).join('');
}

/** Breaks a line between words, so that a terminal does not break it within a path. */
export function foldLine(line: string, columns: number): string[] {
  return fold(line, columns, hangingIndent(line));
}

/** The column after "  remedy:   " or "note: ", or the line's own indent. */
function hangingIndent(line: string): number {
  const [start] = /^ *(?:[a-z]+: +)?/.exec(line)!;
  return start.length;
}
