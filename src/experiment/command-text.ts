import type { Setting } from './options.ts';

/** Values as the command line takes them: 2020 or 1..5 or 1,2,5. */
export function listText(values: readonly Setting[]): string {
  const [first] = values;
  const run =
    values.length > 2 &&
    values.every((value, i) => Number.isInteger(value) && value === (first as number) + i);
  return run ? `${first}..${values[values.length - 1]}` : values.join(',');
}

/** Quotes a text so that a POSIX shell reads it as one word. */
export function shellQuoted(text: string): string {
  return /^[\w./,:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
