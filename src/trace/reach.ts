import type { Exercise } from './exercise.ts';
import type { Recorded } from './follow.ts';
import { hasShape, type NumberArray } from './number-array.ts';
import type { Rules } from './rules.ts';
import { type Prefix, runRules } from './step.ts';

type Rule = keyof Rules;

/**
 * The first step of a program that follows a recording, and which of its rules each place asks. A program that differs from
 * it in a few rules begins to differ where the first of them is asked, so it need not compute what comes before.
 */
export interface Reach {
  /** What both programs have in common in the first step; null if that is not known. */
  prefixOf(changed: Rules): Prefix;
}

export function reachOf(exercise: Exercise, base: Rules, recorded: Recorded): Reach {
  const values: NumberArray[] = [];
  const asked: Set<Rule>[] = [];
  let asking = new Set<Rule>();
  let remembers = false;
  const watched = new Proxy(base, {
    get(target, rule: Rule) {
      asking.add(rule);
      return target[rule];
    },
  });
  runRules(exercise, watched, (computed, place, { step, memory }) => {
    if (step > 0) return null;
    remembers ||= memory.size > 0;
    values[place] = computed;
    asked[place] = asking;
    asking = new Set();
    const theirs = recorded[0]?.[place] ?? null;
    return theirs !== null && hasShape(theirs, computed.shape) ? theirs : computed;
  });
  // What an update computes at once is asked for at its first place.
  return {
    prefixOf(changed) {
      const rules = (Object.keys(changed) as Rule[]).filter((rule) => changed[rule] !== base[rule]);
      const isWhole = remembers || rules.includes('batches') || rules.includes('stored');
      const from = isWhole ? 0 : asked.findIndex((set) => rules.some((rule) => set.has(rule)));
      return { values, from: from < 0 ? values.length : from };
    },
  };
}
