import { type Place, placesOf } from '../trace/quantities.ts';
import type { Rules } from '../trace/rules.ts';
import type { Known } from '../trace/step.ts';
import type { At, Followed } from './follow.ts';

type Rule = keyof Rules;

/** What changes to some rules of a program reach: what they do not reach need not be computed again. */
export interface Reach {
  /**
   * What a changed program has in common with the other one; undefined if that is not known. null if it cannot expect
   * anything else of the quantity in question: it cannot if what its changed rules give was all recorded, because a program
   * that follows continues with the recorded numbers; unless the quantity itself asks one of them.
   */
  knownFor(changed: Rules): Known | undefined | null;
}

/** Rules that are asked outside of places. */
const everywhere: readonly Rule[] = ['batches', 'stored', 'initialWeights'];

/** The reach of changes to a program that followed a recording, from the quantity in question on. */
export function reachOf(run: Followed, target: At): Reach {
  const { exercise, rules, computed, kept, recorded, remembers } = run;
  const places = placesOf(exercise);
  const names = Object.keys(rules) as Rule[];
  // What an update computes at once is asked for at its first place, and the factor of all at the first of all.
  const first = places.findIndex(isOfUpdate);
  const asked = places.map((place, index) => {
    const own = new Set(run.asked[index] ?? []);
    if (!isOfUpdate(place)) return own;
    places.forEach((other, i) => {
      for (const rule of run.asked[i] ?? [])
        if (areTogether(place, other) || (i === first && rule === 'clipping')) own.add(rule);
    });
    return own;
  });
  // Whether a step up to the quantity in question continued with the place's own number.
  const isOpen = places.map((_, place) =>
    kept.some(
      (values, k) =>
        (k < target.step || (k === target.step && place < target.index)) &&
        (recorded[k]?.[place] ?? null) !== values[place],
    ),
  );
  const found = new Map<string, Known | undefined | null>();
  const reachFor = (rulesChanged: readonly Rule[]): Known | undefined | null => {
    const changed = asked.map((own) => rulesChanged.some((rule) => own.has(rule)));
    const isEverywhere = rulesChanged.some((rule) => everywhere.includes(rule));
    if (!isEverywhere && !changed[target.index] && !changed.some((is, place) => is && isOpen[place]))
      return null;
    return isEverywhere || remembers ? undefined : { computed, kept, changed };
  };
  return {
    knownFor(changed) {
      const rulesChanged = names.filter((rule) => changed[rule] !== rules[rule]);
      const key = rulesChanged.join();
      if (!found.has(key)) found.set(key, reachFor(rulesChanged));
      return found.get(key);
    },
  };
}

const isOfUpdate = ({ parameter, quantity }: Place): boolean =>
  parameter !== null && !quantity.endsWith('_gradient');

/** Whether one update computes both. */
const areTogether = (one: Place, other: Place): boolean =>
  isOfUpdate(other) && other.layer === one.layer && other.parameter === one.parameter;
