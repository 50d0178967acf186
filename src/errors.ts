/** How the program can end: a command ends with one of the first five, a signal with one of the last three. */
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

/** What each exit status means, for --help and the documents. */
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
  /** What is wrong, naming the option or the file: "--learning-rate is not a number". */
  what: string;
  /** What would have been right: "a finite number > 0". */
  expected?: string;
  /** What was found instead, as the user wrote it. */
  received?: unknown;
  /** What to do now. */
  remedy?: string;
}

/** An error that the user can fix: it is printed as sentences, never as a stack trace. */
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

/** One printable line of at most 200 characters: control characters of foreign text never reach a terminal. */
export function quote(value: unknown): string {
  const plain = printable(textOf(value));
  return plain.length > 200 ? `${plain.slice(0, 197)}...` : plain;
}

/** "1 trial", "0 trials", "3 trials". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** A value of any kind as text. Values from files may be nested very deeply; callers may pass anything. */
function textOf(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return 'a value that cannot be shown';
  }
}

/**
 * Characters that do more than appear on the screen: control characters, line and paragraph separators, characters that
 * change the direction of writing, and characters that Unicode lets programs hide, so that text can hide behind them.
 * Joiners and the variation selectors 15 and 16 are allowed: they only choose the form of the characters next to them, and
 * emoji and several scripts need them.
 */
const unprintable =
  '(?![\\u200c\\u200d\\ufe0e\\ufe0f])' +
  '[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Bidi_Control}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb]';
const everyUnprintable = new RegExp(unprintable, 'gu');

/** Matches text that a terminal only displays, on one line. */
export const printableText = new RegExp(`^(?:(?!${unprintable}).)*$`, 'u');

/** Foreign text, safe for one line of a terminal: every unprintable character becomes '?'. */
export function printable(text: string): string {
  return replaceUnprintable(text, () => '?');
}

/** The text with each character that is not printable replaced. */
export function replaceUnprintable(text: string, replacement: (character: string) => string): string {
  return text.replace(everyUnprintable, replacement);
}
