/** Exit status of the program; every command ends with one of these. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  contradicted: 3,
  incomplete: 4,
  interrupted: 130,
} as const;

export interface ErrorParts {
  /** What is wrong, naming the option or the file: "--learning-rate is not a number". */
  what: string;
  /** What would have been right: "a finite number > 0". */
  expected?: string;
  /** What came instead, as the user wrote it. */
  received?: unknown;
  /** What to do now. */
  remedy?: string;
}

/** An error that the user can mend: it is printed as sentences, never as a stack trace. */
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

/** Values of any kind as text: those that come from files may be nested without end, those from callers anything. */
function textOf(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  } catch {
    return 'a value that cannot be shown';
  }
}

// Control characters, and those that break a line or turn the direction of writing.
const unprintable = '\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069';

/** Text that does nothing to a terminal but stand there, on one line. */
export const printableText = new RegExp(`^[^${unprintable}]*$`);

/** Foreign text on one line of a terminal: what could do anything else there becomes '?'. */
export function printable(text: string): string {
  return text.replace(new RegExp(`[${unprintable}]`, 'g'), '?');
}
