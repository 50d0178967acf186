import { distance } from 'fastest-levenshtein';

/**
 * The choice that a mistyped word most likely means, or undefined. It is the choice with the smallest Levenshtein
 * distance, ignoring case; on ties the first one.
 *
 * The distance is at most a third of the word's length. A distance of 1 is always allowed, and 2 from four letters on,
 * since swapping two letters takes two edits. At least one letter of the shorter text must match, so that no single
 * letter is taken for another. If nothing is close enough, a prefix of two or more letters that only one choice has is
 * accepted too.
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
