import { distance } from 'fastest-levenshtein';

/**
 * The choice that a mistyped word most likely means, or undefined. It is the choice with the smallest Levenshtein
 * distance, ignoring case; on ties the first one.
 *
 * The distance is at most a third of the word's length. A distance of 1 is always allowed, and two neighbouring letters
 * that are swapped count as one edit, as do two that are missing. At least one letter of the shorter text must match, so that no single
 * letter is taken for another. If nothing is close enough, a prefix of two or more letters that only one choice has is
 * accepted too.
 */
export function nearest(word: string, choices: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = most + 1;
  for (const choice of choices) {
    const d = edits(word.toLowerCase(), choice.toLowerCase());
    if (d >= least || d >= Math.min(word.length, choice.length)) continue;
    best = choice;
    least = d;
  }
  const beginning = choices.filter((choice) => word.length > 1 && choice.startsWith(word));
  return best ?? (beginning.length === 1 ? beginning[0] : undefined);
}

/** Swapped letters are one edit. So are two that are only missing from a word of four letters or more, as in "json". */
function edits(word: string, choice: string): number {
  const d = distance(word, choice);
  const onlyMissing = d === 2 && word.length > 3 && choice.length === word.length + 2;
  return onlyMissing || areSwapped(word, choice) ? 1 : d;
}

/** Whether the texts differ only in two neighbouring letters that are swapped, as in "rleu" for "relu". */
function areSwapped(a: string, b: string): boolean {
  if (a.length !== b.length || a.length < 3) return false;
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return at >= 0 && a.slice(0, at) + a[at + 1] + a[at] + a.slice(at + 2) === b;
}
