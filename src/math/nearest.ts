import { distance } from 'fastest-levenshtein';

/** The choice that a mistyped word most likely means, or undefined if there is none or more than one. */
export function nearest(word: string, choices: readonly string[]): string | undefined {
  const meant = nearestOnes(word, choices);
  return meant.length === 1 ? meant[0] : undefined;
}

/** A remedy that names what a mistyped word most likely means, or undefined if nothing is near. */
export function didYouMean(word: string, choices: readonly string[]): string | undefined {
  const meant = nearestOnes(word, choices);
  return meant.length === 0 ? undefined : `did you mean ${meant.join(' or ')}?`;
}

/**
 * The choices that a mistyped word most likely means. It is the one with the smallest Levenshtein distance, ignoring
 * case; on ties the first one.
 *
 * The distance is at most a third of the word's length. A distance of 1 is always allowed, and two neighbouring letters
 * that are swapped count as one edit, as do two that are missing. At least one letter of the shorter text must match, so
 * that no single letter is taken for another. If nothing is close enough, it is the choices that begin with the word,
 * which needs two or more letters, unless there are more than three of them.
 */
function nearestOnes(word: string, choices: readonly string[]): string[] {
  const most = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = most + 1;
  for (const choice of choices) {
    const d = edits(word.toLowerCase(), choice.toLowerCase());
    if (d >= least || d >= Math.min(word.length, choice.length)) continue;
    best = choice;
    least = d;
  }
  if (best !== undefined) return [best];
  const start = word.toLowerCase();
  const beginning = choices.filter((choice) => word.length > 1 && choice.toLowerCase().startsWith(start));
  return beginning.length <= 3 ? beginning : [];
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
