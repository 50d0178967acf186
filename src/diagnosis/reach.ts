import type { Exercise } from '../trace/exercise.ts';
import { hasShape, type NumberArray } from '../trace/number-array.ts';
import { type Place, placesOf } from '../trace/quantities.ts';
import type { Rules } from '../trace/rules.ts';
import { type Prefix, runRules } from '../trace/step.ts';
import type { Recorded } from './follow.ts';
import type { At } from './trial.ts';

type Rule = keyof Rules;

/**
 * The first step of a program that follows a recording, and which of its rules each place asks. A program that differs from
 * it in a few rules begins to differ where the first of them is asked, so it need not compute what comes before.
 */
export interface Reach {
  /** What both programs have in common in the first step; null if that is not known. */
  prefixOf(changed: Rules): Prefix;
  /**
   * Whether it can expect something else of a quantity. It cannot if what its changed rules give was all recorded, because a
   * program that follows continues with the recorded numbers; unless the quantity itself asks one of them.
   */
  canReach(changed: Rules, target: At): boolean;
}

/** Rules that are asked outside of places. */
const everywhere: readonly Rule[] = ['batches', 'stored', 'initialWeights'];

/** The reach of changes to a program, up to a step. */
export function reachOf(exercise: Exercise, base: Rules, recorded: Recorded, until: number): Reach {
  const places = placesOf(exercise);
  const values: NumberArray[] = [];
  const asked: Set<Rule>[] = [];
  /** In any step. */
  const askedLater: Set<Rule>[] = places.map(() => new Set());
  let asking = new Set<Rule>();
  let remembers = false;
  const watched = new Proxy(base, {
    get(target, rule: Rule) {
      asking.add(rule);
      return target[rule];
    },
  });
  const isRecorded: boolean[][] = Array.from({ length: until + 1 }, () => []);
  runRules(exercise, watched, (computed, place, { step, memory }) => {
    if (step > until) return null;
    for (const rule of asking) askedLater[place]?.add(rule);
    if (step === 0) {
      remembers ||= memory.size > 0;
      values[place] = computed;
      asked[place] = asking;
    }
    asking = new Set();
    const theirs = recorded[step]?.[place] ?? null;
    isRecorded[step][place] = theirs !== null && hasShape(theirs, computed.shape);
    return theirs !== null && hasShape(theirs, computed.shape) ? theirs : computed;
  });
  const changesIn = (changed: Rules) =>
    (Object.keys(changed) as Rule[]).filter((rule) => changed[rule] !== base[rule]);
  // What an update computes at once is asked for at its first place, and the factor of all at the first of all.
  const first = places.findIndex(isOfUpdate);
  const askedAt = places.map((place, index) =>
    isOfUpdate(place)
      ? places.flatMap((other, i) =>
          [...askedLater[i]].filter(
            (rule) => areTogether(place, other) || (i === first && rule === 'clipping'),
          ),
        )
      : [...askedLater[index]],
  );
  return {
    canReach(changed, { step, index }) {
      const rules = changesIn(changed);
      const asks = (place: number) => askedAt[place].some((rule) => rules.includes(rule));
      if (rules.some((rule) => everywhere.includes(rule)) || asks(index)) return true;
      return places.some(
        (_, place) =>
          asks(place) &&
          isRecorded.some((known, k) => (k < step || (k === step && place < index)) && known[place] !== true),
      );
    },
    prefixOf(changed) {
      const rules = changesIn(changed);
      const isWhole = remembers || rules.includes('batches') || rules.includes('stored');
      const from = isWhole ? 0 : asked.findIndex((set) => rules.some((rule) => set.has(rule)));
      return { values, from: from < 0 ? values.length : from };
    },
  };
}

const isOfUpdate = ({ parameter, quantity }: Place): boolean =>
  parameter !== null && !quantity.endsWith('_gradient');

/** Whether one update computes both. */
const areTogether = (one: Place, other: Place): boolean =>
  isOfUpdate(other) && other.layer === one.layer && other.parameter === one.parameter;
