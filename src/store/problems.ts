import { join } from 'node:path';
import { forEachLine } from '../files/lines.ts';
import { shortId } from '../trial/id.ts';
import { isOldLine } from './journal.ts';
import type { Place } from './line-table.ts';

/** A problem in the store. The line at `place` is not used. */
export type Problem =
  | { readonly kind: 'not a record' | 'not what was written'; readonly place: Place }
  | { readonly kind: 'conflict'; readonly place: Place; readonly used: Place; readonly id: string };

/** Describes problems: one sentence per journal and kind of damage, and one per conflict. */
export async function describeProblems(directory: string, problems: readonly Problem[]): Promise<string[]> {
  const { numberOf, isOld } = await locate(directory, problems);
  const lines = new Map<string, number[]>();
  const conflicts: string[] = [];
  for (const problem of problems) {
    const number = numberOf(problem.place);
    if (problem.kind === 'conflict') {
      const { id, used, place } = problem;
      conflicts.push(
        `trial ${shortId(id)} has two results that differ: ${used.journal} line ${numberOf(used)} (earlier, ` +
          `used) and ${place.journal} line ${number} (left out)`,
      );
      continue;
    }
    const key = JSON.stringify([problem.place.journal, isOld(problem.place) ? 'old' : problem.kind]);
    const numbers = lines.get(key);
    if (numbers === undefined) lines.set(key, [number]);
    else numbers.push(number);
  }
  const damaged = [...lines].map(([key, numbers]) => {
    const [journal, kind] = JSON.parse(key) as [string, Damage];
    return `${journal}: ${describeLines(
      numbers.sort((a, b) => a - b),
      kind,
    )}`;
  });
  return [...damaged, ...conflicts];
}

type Damage = 'not a record' | 'not what was written' | 'old';

/** The text for one line, and for several. */
const damages: Record<Damage, readonly [string, string]> = {
  'not a record': ['is not a record', 'are not records'],
  'not what was written': ['was changed after it was written', 'were changed after they were written'],
  old: [
    'has the format of fys-nn before 0.1.0, which is no longer read: its trial is computed again',
    'have the format of fys-nn before 0.1.0, which is no longer read: their trials are computed again',
  ],
};

/** "line 3 is not a record", "lines 3, 5, 9 and 40 others are not records". */
function describeLines(lines: readonly number[], kind: Damage): string {
  const [one, several] = damages[kind];
  if (lines.length === 1) return `line ${lines[0]} ${one}`;
  const others = lines.length > 3 ? ` and ${lines.length - 3} others` : '';
  return `lines ${lines.slice(0, 3).join(', ')}${others} ${several}`;
}

/** Finds the line numbers, counted as in an editor, and which lines are of an old version. Each journal is read once. */
async function locate(
  directory: string,
  problems: readonly Problem[],
): Promise<{ numberOf: (place: Place) => number; isOld: (place: Place) => boolean }> {
  const keyOf = ({ journal, offset }: Place) => `${journal} ${offset}`;
  const places = problems.flatMap((problem) =>
    problem.kind === 'conflict' ? [problem.place, problem.used] : [problem.place],
  );
  const asked = new Set(places.map(keyOf));
  const numbers = new Map<string, number>();
  const old = new Set<string>();
  for (const journal of new Set(places.map((place) => place.journal))) {
    let number = 0;
    await forEachLine(join(directory, journal), 0, (line, offset) => {
      number++;
      const key = keyOf({ journal, offset, length: 0 });
      if (!asked.has(key)) return;
      numbers.set(key, number);
      if (isOldLine(line)) old.add(key);
    });
  }
  return { numberOf: (place) => numbers.get(keyOf(place)) ?? 0, isOld: (place) => old.has(keyOf(place)) };
}
