import { differenceOf } from '../trace/difference.ts';
import type { Exercise } from '../trace/exercise.ts';
import { hasShape, type NumberArray } from '../trace/number-array.ts';
import { needsOf, type Place, placesOf } from '../trace/quantities.ts';
import type { Rules } from '../trace/rules.ts';
import { runRules } from '../trace/step.ts';
import type { NotedConvention } from './check-result.ts';
import { type Convention, conventionsOf } from './conventions.ts';
import { follow, type Recorded } from './follow.ts';

/** The most conventions that are tried at once. */
const mostAtOnce = 3;

/**
 * Takes out of a recording the conventions in which its program writes the same thing differently.
 *
 * Some are taken for conventions if without them fewer quantities differ and none differs that did not before: a mistake
 * moves on to the next quantity instead. Several are tried at once where one is not enough: if the deltas are not divided by
 * N and the update adds the penalty, the gradients are right only when both are taken out.
 */
export function withoutConventions(
  exercise: Exercise,
  rules: Rules,
  recorded: Recorded,
  tolerance: number,
): { recorded: Recorded; conventions: NotedConvention[] } {
  const places = placesOf(exercise);
  const followers = followersOf(exercise);
  const conventions: NotedConvention[] = [];
  let wrong: ReadonlySet<number> = wrongPlaces(exercise, rules, recorded, tolerance);
  let open = conventionsOf(exercise);
  const readWithout = (taken: readonly Convention[], until: number): Read => {
    const read = readBy(exercise, rules, recorded, places, taken, until);
    return { taken, read, left: wrongPlaces(exercise, rules, read, tolerance, until) };
  };
  const helps = ({ taken, left }: Read, until: number): boolean => {
    const before = new Set([...wrong].filter((key) => stepOf(key) <= until));
    const isBetter = left.size < before.size && [...left].every((key) => before.has(key));
    return isBetter && taken.every((one) => isFollowed(recorded, places, followers, one, left, until));
  };
  /** With one convention more, if that corrects the first wrong quantity that it concerns. */
  const withOneMore = ({ taken, left }: Read, until: number): Read[] =>
    open.flatMap((one) => {
      if (taken.some(({ concerns }) => concerns === one.concerns)) return [];
      const first = [...left].find((key) => one.concerns(places[placeOf(key)]));
      if (first === undefined) return [];
      const read = readWithout([...taken, one], until);
      return read.left.has(first) ? [] : [read];
    });
  const find = (): Read | null => {
    // What helps nowhere in the first steps that differ is not tried in all.
    const [first] = wrong;
    const until = stepOf(first) + 1;
    let reads = [readWithout([], until)];
    for (let size = 1; size <= mostAtOnce; size++) {
      reads = reads.flatMap((read) => withOneMore(read, until));
      const helpful = reads.filter((read) => helps(read, until));
      for (const { taken } of helpful.toSorted((a, b) => a.left.size - b.left.size)) {
        const read = readWithout(taken, Infinity);
        if (helps(read, Infinity)) return read;
      }
    }
    return null;
  };
  while (wrong.size > 0) {
    const found = find();
    if (found === null) break;
    const { taken, read, left } = found;
    conventions.push(...taken.map(({ id, title }) => ({ id, title })));
    open = open.filter((one) => !taken.includes(one));
    [recorded, wrong] = [read, left];
  }
  return { recorded, conventions };
}

/** A recording without some conventions, and what still differs in it, in order of computation. */
interface Read {
  readonly taken: readonly Convention[];
  readonly read: Recorded;
  readonly left: ReadonlySet<number>;
}

/** More places than a step has. */
const stride = 1e6;
const placeOf = (key: number): number => key % stride;
const stepOf = (key: number): number => Math.floor(key / stride);

/** The recorded quantities, up to a step, that do not follow from the ones before them. */
function wrongPlaces(
  exercise: Exercise,
  rules: Rules,
  recorded: Recorded,
  tolerance: number,
  until = Infinity,
): Set<number> {
  const wrong = new Set<number>();
  follow(exercise, rules, recorded, (expected, theirs, place, { step }) => {
    if (step > until) return false;
    if (differenceOf(expected, theirs) > tolerance) wrong.add(step * stride + place);
    return true;
  });
  return wrong;
}

/** What is computed from each place. */
interface Followers {
  /** In the same step and layer, directly or not. */
  readonly followers: readonly ReadonlySet<number>[];
  /** In the next step, directly. */
  readonly nextOf: readonly (readonly number[])[];
}

function followersOf(exercise: Exercise): Followers {
  const places = placesOf(exercise);
  const needs = needsOf(exercise);
  const followers = places.map(() => new Set<number>());
  places.forEach(({ layer }, later) => {
    for (const { index, before } of needs[later]) {
      if (before || places[index].layer !== layer) continue;
      for (let earlier = 0; earlier < later; earlier++)
        if (earlier === index || followers[earlier].has(index)) followers[earlier].add(later);
    }
  });
  const nextOf = places.map((_, place) =>
    needs.flatMap((list, later) =>
      list.some(({ index, before }) => before && index === place) ? [later] : [],
    ),
  );
  return { followers, nextOf };
}

const isWeight = ({ quantity }: Place): boolean => quantity === 'kernel' || quantity === 'bias';

/** Whether some step recorded something later that shows that the program makes up for the convention. */
function isFollowed(
  recorded: Recorded,
  places: readonly Place[],
  { followers, nextOf }: Followers,
  { concerns }: Convention,
  left: ReadonlySet<number>,
  until: number,
): boolean {
  const isRightIn = (step: number, place: number) =>
    (recorded[step]?.[place] ?? null) !== null && step <= until && !left.has(step * stride + place);
  /** Weights are compared with what follows from the recorded state, so they tell nothing of what the state follows from. */
  const tellingOf = (step: number, place: number): number[] => {
    const all = [...followers[place]];
    const hasState = all.some((later) => places[later].slot !== null && recorded[step][later] !== null);
    return all.filter((later) => !hasState || !isWeight(places[later]));
  };
  return recorded.some((values, step) => {
    const isRight = (place: number) => isRightIn(step, place);
    return (
      step <= until &&
      places.some(
        (place, index) =>
          concerns(place) &&
          isRight(index) &&
          // A 0 is right under every convention.
          values[index]!.values.some((value) => value !== 0) &&
          (followers[index].size > 0
            ? tellingOf(step, index).some((later) => !concerns(places[later]) && isRight(later))
            : nextOf[index].some((later) => isRightIn(step + 1, later))),
      )
    );
  });
}

/** The recording, up to a step, as a program without the conventions would have written it. */
function readBy(
  exercise: Exercise,
  rules: Rules,
  recorded: Recorded,
  places: readonly Place[],
  taken: readonly Convention[],
  until: number,
): Recorded {
  const read: (NumberArray | null)[][] = recorded.map((step) => [...step]);
  runRules(exercise, rules, (computed, place, step) => {
    if (step.step > until) return null;
    const theirs = recorded[step.step]?.[place] ?? null;
    if (theirs === null || !hasShape(theirs, computed.shape)) return computed;
    const convention = taken.find(({ concerns }) => concerns(places[place]));
    if (convention === undefined) return theirs;
    const values = convention.read(theirs, places[place], step);
    read[step.step][place] = values;
    return values;
  });
  return read;
}
