import { distance } from 'fastest-levenshtein';

/**
 * The choice that a word most likely meant, or undefined: by Levenshtein distance, without regard to case, and of equals
 * the first.
 *
 * The distance is at most a third of the word's length, but 1 is always allowed and 2 from four letters on, for two
 * letters swapped are two edits. Something must be left of the shorter of both: no letter stands for another one. A
 * beginning of two letters or more that only one choice has will do too.
 */
export function nearest(word: string, choices: readonly string[]): string | undefined {
  const most = Math.max(word.length < 4 ? 1 : 2, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = most + 1;
  for (const choice of choices) {
    const d = distance(word.toLowerCase(), choice.toLowerCase());
    if (d >= least || d >= Math.min(word.length, choice.length)) continue;
    best = choice;
    least = d;
  }
  const beginning = choices.filter((choice) => word.length > 1 && choice.startsWith(word));
  return best ?? (beginning.length === 1 ? beginning[0] : undefined);
}
