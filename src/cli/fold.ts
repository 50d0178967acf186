/** Breaks text between words into lines of at most `width` characters; further lines are indented. Words stay whole. */
export function fold(text: string, width: number, indent = 0): string[] {
  const [first, ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const line = `${lines[lines.length - 1]} ${word}`;
    if (line.length <= width) lines[lines.length - 1] = line;
    else lines.push(' '.repeat(indent) + word);
  }
  return lines;
}

/** Breaks a command between its words, with a backslash at the end of each line but the last, as shells read it. */
export function foldCommand(words: readonly string[], width: number, indent = 0): string[] {
  const lines = [words[0]];
  for (const word of words.slice(1)) {
    const line = `${lines[lines.length - 1]} ${word}`;
    if (line.length + 2 <= width) lines[lines.length - 1] = line;
    else {
      lines[lines.length - 1] += ' \\';
      lines.push(' '.repeat(indent) + word);
    }
  }
  return lines;
}

/** What is printed for values that are too long for a table, and what they are: "A = eta0 / (1 + epoch)". */
export interface Shortened {
  readonly texts: readonly string[];
  readonly key: readonly string[];
}

/** Replaces values by letters if one of them is longer than `limit`. Equal values have equal letters. */
export function shorten(values: readonly string[], limit: number, prefix = ''): Shortened {
  if (values.every(({ length }) => length <= limit)) return { texts: values, key: [] };
  const distinct = [...new Set(values)];
  const letterOf = (value: string) => prefix + letters(distinct.indexOf(value));
  return { texts: values.map(letterOf), key: distinct.map((value) => `${letterOf(value)} = ${value}`) };
}

/** A to Z, then AA, AB, ... */
function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}
