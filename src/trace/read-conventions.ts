import type { NotedConvention } from './check-result.ts';
import { type Convention, conventionsOf } from './conventions.ts';
import { differenceOf } from './difference.ts';
import type { Exercise } from './exercise.ts';
import { follow, type Recorded } from './follow.ts';
import { hasShape, type NumberArray } from './number-array.ts';
import { type Place, placesOf } from './quantities.ts';
import type { Rules } from './rules.ts';
import { runRules } from './step.ts';

/**
 * Takes out of a recording the conventions in which its program writes the same thing differently.
 *
 * One is taken for a convention if without it fewer quantities differ and none differs that did not before: a mistake
 * moves on to the next quantity instead.
 */
export function withoutConventions(
  exercise: Exercise,
  rules: Rules,
  recorded: Recorded,
  tolerance: number,
): { recorded: Recorded; conventions: NotedConvention[] } {
  const places = placesOf(exercise);
  const conventions: NotedConvention[] = [];
  let wrong = wrongPlaces(exercise, rules, recorded, tolerance);
  const open = new Set(conventionsOf(exercise));
  while (wrong.size > 0) {
    const taken = [...open]
      .filter((convention) => [...wrong].some((key) => convention.concerns(places[placeOf(key)])))
      .map((convention) => {
        const read = readBy(exercise, rules, recorded, places, convention);
        return { convention, read, left: wrongPlaces(exercise, rules, read, tolerance) };
      })
      .filter(({ left }) => left.size < wrong.size && [...left].every((key) => wrong.has(key)))
      .filter(({ convention, left }) => isFollowed(recorded, places, convention, wrong, left))
      .toSorted((a, b) => a.left.size - b.left.size)
      .at(0);
    if (taken === undefined) break;
    const { convention, read, left } = taken;
    conventions.push({ id: convention.id, title: convention.title });
    open.delete(convention);
    [recorded, wrong] = [read, left];
  }
  return { recorded, conventions };
}

/** More places than a step has. */
const stride = 1e6;
const placeOf = (key: number): number => key % stride;

/** The recorded quantities that do not follow from the ones before them. */
function wrongPlaces(exercise: Exercise, rules: Rules, recorded: Recorded, tolerance: number): Set<number> {
  const wrong = new Set<number>();
  follow(exercise, rules, recorded, (expected, theirs, place, { step }) => {
    if (differenceOf(expected, theirs) > tolerance) wrong.add(step * stride + place);
    return true;
  });
  return wrong;
}

/** Whether the same step recorded something later that shows that the program makes up for the convention. */
function isFollowed(
  recorded: Recorded,
  places: readonly Place[],
  { concerns }: Convention,
  wrong: ReadonlySet<number>,
  left: ReadonlySet<number>,
): boolean {
  return [...wrong].some((key) => {
    const [step, place] = [Math.floor(key / stride), placeOf(key)];
    if (left.has(key) || !concerns(places[place])) return false;
    return recorded[step].some(
      (values, later) =>
        later > place &&
        values !== null &&
        places[later].layer === places[place].layer &&
        !concerns(places[later]) &&
        !left.has(step * stride + later),
    );
  });
}

/** The recording as a program without the convention would have written it. */
function readBy(
  exercise: Exercise,
  rules: Rules,
  recorded: Recorded,
  places: readonly Place[],
  convention: Convention,
): Recorded {
  const read: (NumberArray | null)[][] = recorded.map((step) => [...step]);
  runRules(exercise, rules, (computed, place, step) => {
    const theirs = recorded[step.step]?.[place] ?? null;
    if (theirs === null || !hasShape(theirs, computed.shape)) return computed;
    if (!convention.concerns(places[place])) return theirs;
    const values = convention.read(theirs, places[place], step);
    read[step.step][place] = values;
    return values;
  });
  return read;
}
