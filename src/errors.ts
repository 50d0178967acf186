/** The program's exit statuses: the first five are those of commands, the others those of signals. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  contradicted: 3,
  incomplete: 4,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** The meaning of each exit status, for --help and the documentation. */
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'done',
  failed: 'a trial failed',
  usage: 'wrong usage or bad input',
  contradicted: 'a claim or a baseline is contradicted',
  incomplete: 'incomplete',
  hungUp: 'ended by SIGHUP',
  interrupted: 'ended by Ctrl-C (SIGINT)',
  terminated: 'ended by SIGTERM',
};

export interface ErrorParts {
  /** What is wrong. It names the option or the file: "--learning-rate is not a number". */
  what: string;
  /** What would be correct: "a finite number > 0". */
  expected?: string;
  /** What was given instead, as the user wrote it. */
  received?: unknown;
  /** What the user can do about it. */
  remedy?: string;
}

/** An error that the user can fix. It is printed as sentences, never as a stack trace. */
export class UserError extends Error {
  readonly parts: ErrorParts;
  readonly exitCode: number;

  constructor(parts: ErrorParts, exitCode: number = exitCodes.usage) {
    super(sentences(parts));
    this.name = 'UserError';
    this.parts = parts;
    this.exitCode = exitCode;
  }
}

function sentences({ what, expected, received, remedy }: ErrorParts): string {
  const lines = [printable(what)];
  if (expected !== undefined) lines.push(`  expected: ${printable(expected)}`);
  if (received !== undefined) lines.push(`  received: ${quote(received)}`);
  if (remedy !== undefined) lines.push(`  remedy:   ${printable(remedy)}`);
  return lines.join('\n');
}

/**
 * A value as one printable line of at most 200 characters, so that no control character of foreign text reaches a
 * terminal.
 */
export function quote(value: unknown): string {
  const plain = printable(textOf(value));
  return plain.length > 200 ? `${plain.slice(0, 197)}...` : plain;
}

/** "1 trial", "0 trials", "3 trials". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** Any value as text. Values from files may be nested too deeply to print, and callers may pass anything. */
function textOf(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return 'a value that cannot be shown';
  }
}

/**
 * A character that does more than appear where it is: control characters, line and paragraph separators, characters
 * that change the direction of writing, and those that Unicode allows a program to hide, which can conceal text.
 * Joiners and the variation selectors 15 and 16 are allowed: they only choose the form of neighbouring characters, and
 * emoji and several scripts need them.
 */
const unprintable =
  '(?![\\u200c\\u200d\\ufe0e\\ufe0f])' +
  '[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Bidi_Control}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb]';
const everyUnprintable = new RegExp(unprintable, 'gu');

/** Matches text that a terminal only displays, on one line. */
export const printableText = new RegExp(`^(?:(?!${unprintable}).)*$`, 'u');

/** Makes foreign text safe to print on one line of a terminal: every other character becomes '?'. */
export function printable(text: string): string {
  return replaceUnprintable(text, () => '?');
}

/** Replaces each unprintable character of a text. */
export function replaceUnprintable(text: string, replacement: (character: string) => string): string {
  return text.replace(everyUnprintable, replacement);
}

/** The jobs that a command waited for were cancelled by another one. */
export class Cancelled extends Error {
  readonly submission: string;

  constructor(submission: string) {
    super('cancelled');
    this.submission = submission;
  }
}

/** Everything is submitted to a cluster, and the command is not to wait for it. It ends here, and has not failed. */
export class Detached extends Error {
  readonly storeDirectory: string;
  /** With the numbers of their jobs. */
  readonly submissions: readonly { readonly id: string; readonly jobs: readonly string[] }[];

  constructor(storeDirectory: string, submissions: Detached['submissions']) {
    super('submitted');
    this.storeDirectory = storeDirectory;
    this.submissions = submissions;
  }
}
