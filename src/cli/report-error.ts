import { type ErrorParts, exitCodes, quote, UserError } from '../errors.ts';
import { withFlags } from './flags.ts';
import { isStdoutEmpty, writeEvent, writeStderr, writeStdoutRaw } from './terminal.ts';

/** Who reads what a command prints. */
export interface Readers {
  /** A program reads one JSON document from stdout (--json). */
  readonly json: boolean;
  /** A program reads events from stderr (--progress ndjson). */
  readonly events: boolean;
}

/** An error as programs get it. docs/machines.md describes the fields. */
interface ErrorObject {
  /** The name of the exit status, or "bug". */
  readonly code: string;
  readonly exit_status: number;
  readonly what: string;
  readonly expected: string | null;
  readonly received: unknown;
  readonly remedy: string | null;
}

/** Who reads the output, also if the arguments cannot be parsed. */
export function readersOf(argv: readonly string[]): Readers {
  const end = argv.indexOf('--');
  const args = end < 0 ? argv : argv.slice(0, end);
  const value = (arg: string, index: number) =>
    arg === '--progress' ? args[index + 1] : /^--progress=(.*)$/s.exec(arg)?.[1];
  return { json: args.includes('--json'), events: args.map(value).includes('ndjson') };
}

/**
 * Reports what ended a command, in sentences on stderr, and for programs as JSON too. With --json, stdout has one JSON
 * document in any case: the result, or `{"error": ...}` if the command has printed nothing else.
 */
export async function reportError(
  parts: ErrorParts,
  exitStatus: number,
  readers: Readers,
  { code = nameOf(exitStatus), lines = sentences(parts) }: { code?: string; lines?: readonly string[] } = {},
): Promise<void> {
  const { what, expected, received, remedy } = parts;
  const error: ErrorObject = {
    code,
    exit_status: exitStatus,
    what: withFlags(what),
    expected: expected === undefined ? null : withFlags(expected),
    received: asJson(received),
    remedy: remedy === undefined ? null : withFlags(remedy),
  };
  if (readers.events) writeEvent('error', { ...error });
  else writeStderr(...lines);
  if (!readers.json || !isStdoutEmpty()) return;
  const { toJson } = await import('../output/json.ts');
  writeStdoutRaw(toJson({ error }));
}

/** The error in sentences, for people. */
function sentences({ received, ...texts }: ErrorParts): string[] {
  const named = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, withFlags(text)]));
  const { message } = new UserError({ ...named, received } as ErrorParts);
  return `error: ${message}`.split('\n');
}

function nameOf(exitStatus: number): string {
  return Object.entries(exitCodes).find(([, status]) => status === exitStatus)?.[0] ?? 'failed';
}

/** What was received, as it is if it is a text, a truth value or a finite number; anything else as text. */
function asJson(received: unknown): unknown {
  if (received === undefined) return null;
  if (typeof received === 'string' || typeof received === 'boolean') return received;
  return typeof received === 'number' && Number.isFinite(received) ? received : quote(received);
}
