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
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  const plain = printable(text);
  return plain.length > 200 ? `${plain.slice(0, 197)}...` : plain;
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?');
}
