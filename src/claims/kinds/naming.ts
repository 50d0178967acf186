/** A setting as part of an id: lower-case letters, digits, points and hyphens. */
export function slug(value: string | number): string {
  return String(value)
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/**
 * Replaces {option} in a text by the value of that option; `append` says what follows the text for each option of which it
 * says nothing.
 */
export function placeholders(
  text: string,
  values: Readonly<Record<string, string | number>>,
  write: (value: string | number) => string,
  append: (value: string | number, option: string) => string,
): string {
  return Object.entries(values).reduce((written, [option, value]) => {
    const mark = `{${option}}`;
    return written.includes(mark)
      ? written.replaceAll(mark, () => write(value))
      : written + append(value, option);
  }, text);
}

/** The name of an option or a column in words: "batch size". */
export function words(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ');
}
