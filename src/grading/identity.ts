import { createHash } from 'node:crypto';
import type { CheckResult } from '../diagnosis/check-result.ts';
import { counted } from '../errors.ts';
import type { Recording } from '../trace/exercise.ts';
import { batchesOf, placesOf } from '../trace/quantities.ts';

/** By what submissions are recognised as copies of each other. */
export interface Identity {
  /** The exercise's id. */
  readonly exercise: string;
  /** A hash of the file's bytes. */
  readonly bytes: string;
  /** A hash of all recorded numbers, whatever their layout; null: none are recorded. */
  readonly numbers: string | null;
}

export function identityOf(bytes: Uint8Array, { exercise, steps }: Recording): Identity {
  const hash = createHash('sha256');
  let numbers = 0;
  for (const [step, values] of steps.entries())
    for (const [place, array] of values.entries()) {
      if (array === null) continue;
      numbers += array.values.length;
      hash.update(`${step} ${place} ${array.values.length}\n`);
      hash.update(new Uint8Array(array.values.buffer, array.values.byteOffset, array.values.byteLength));
    }
  return {
    exercise: exercise.id,
    bytes: createHash('sha256').update(bytes).digest('hex'),
    numbers: numbers === 0 ? null : hash.digest('hex'),
  };
}

/** Whether a recording has every number of the run, each to the last bit as this program computes it. */
export function isOurs({ exercise, quantities }: CheckResult): boolean {
  const all = batchesOf(exercise).length * placesOf(exercise).length;
  return (
    quantities.length === all &&
    quantities.every(({ ours, theirs }) =>
      ours.values.every((value, i) => Object.is(value, theirs.values[i])),
    )
  );
}

/** What an identity can have in common with others, and how that is said. */
const kinds: readonly (readonly [key: (one: Identity) => string | null, words: string])[] = [
  [({ bytes }) => bytes, 'the same file as'],
  [({ numbers }) => numbers, 'the same numbers, to the last bit, as'],
];

/**
 * For each submission, what it has in common with others: notes for a teacher to judge, because two right programs that
 * compute in the same order can have the same numbers. With `each`, every student should have an exercise of their own, so
 * a shared one is noted, too.
 */
export function sharedNotes(
  all: readonly { readonly student: string; readonly identity: Identity | null }[],
  each: boolean,
): string[][] {
  const notes = all.map((): string[] => []);
  const shown = each
    ? [...kinds, [({ exercise }: Identity) => exercise, 'the same exercise as'] as const]
    : kinds;
  for (const [key, words] of shown) {
    const groups = new Map<string, number[]>();
    for (const [index, { identity }] of all.entries()) {
      const own = identity === null ? null : key(identity);
      if (own !== null) groups.set(own, [...(groups.get(own) ?? []), index]);
    }
    for (const group of groups.values())
      for (const index of group) {
        const others = group.filter((other) => other !== index).map((other) => all[other].student);
        // The same file also has the same numbers and the same exercise: the first note says it all.
        if (others.length > 0 && notes[index].length === 0) notes[index].push(`${words} ${listOf(others)}`);
      }
  }
  return notes;
}

/** "anna", "anna and bob", "anna, bob and 3 others". */
function listOf(names: readonly string[]): string {
  const shown = names.length > 3 ? names.slice(0, 2) : names;
  const rest = names.length - shown.length;
  const words = rest === 0 ? shown : [...shown, counted(rest, 'other')];
  return words.length === 1 ? words[0] : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
