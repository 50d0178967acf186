import type { Explanation } from './check-result.ts';
import { differenceOf, digitsOf } from './difference.ts';
import type { Exercise } from './exercise.ts';
import { follow, type Recorded } from './follow.ts';
import { mistakesOf } from './mistakes/index.ts';
import type { Evidence, Mistake } from './mistakes/mistake.ts';
import type { Rules } from './rules.ts';

/** An explanation and the program that it stands for. */
export interface Diagnosed {
  readonly explanation: Explanation;
  readonly rules: Rules;
}

/** A recorded quantity that differs from what a program computes. */
type Difference = Omit<Evidence, 'ours' | 'step'>;

interface Reproduced {
  /** Of the quantity that differs; see `differenceOf`. */
  readonly difference: number;
  /** From that quantity on. */
  readonly reproduced: number;
  readonly of: number;
}

/**
 * Explains a quantity that differs by trying every mistake on the numbers themselves: a mistake is an explanation if the
 * program that makes it, following the recording, gives what was recorded up to and including that quantity.
 *
 * Returns those that also reproduce most of what was recorded after it; several if they cannot be told apart. Two mistakes
 * at once are tried if no single one gives the quantity.
 */
export function diagnose(
  exercise: Exercise,
  base: Rules,
  recorded: Recorded,
  difference: Difference,
  tolerance: number,
): readonly Diagnosed[] {
  const evidence = evidenceOf(exercise, base, recorded, difference);
  const mistakes = mistakesOf(exercise, evidence);
  const tried = (chosen: readonly Mistake[]) => {
    const rules = chosen.reduce((program, mistake) => mistake.rules(program), base);
    const within = Math.max(tolerance, ...chosen.map((mistake) => mistake.tolerance ?? 0));
    const result = reproduce(exercise, rules, recorded, evidence, within);
    return result === null ? [] : [{ chosen, rules, result }];
  };
  const single = mistakes.flatMap((mistake) => tried([mistake]));
  const found =
    single.length > 0
      ? single
      : mistakes.flatMap((one, i) => mistakes.slice(i + 1).flatMap((other) => tried([one, other])));
  const most = Math.max(...found.map(({ result }) => result.reproduced));
  const best = found.filter(({ result }) => result.reproduced === most);
  const specific = best.filter(({ chosen }) => chosen.every(({ generic }) => generic !== true));
  return (specific.length > 0 ? specific : best).map(({ chosen, rules, result }) => ({
    rules,
    explanation: {
      ids: chosen.map(({ id }) => id),
      title: chosen.map(({ title }) => title).join('; and '),
      explain: chosen.map(({ explain }) => explain).join(' '),
      fix: chosen.map(({ fix }) => fix).join(' '),
      doubts: chosen.flatMap(({ doubts = [] }) => doubts),
      digits: digitsOf(result.difference),
      reproduced: result.reproduced,
      of: result.of,
    },
  }));
}

/** What differs, with what the program is expected to compute there. */
function evidenceOf(exercise: Exercise, base: Rules, recorded: Recorded, difference: Difference): Evidence {
  let found: Pick<Evidence, 'ours' | 'step'> | null = null;
  follow(exercise, base, recorded, (ours, _theirs, place, step) => {
    if (step.step !== difference.batch.step || place !== difference.index) return true;
    found = { ours, step };
    return false;
  });
  return { ...difference, ...found! };
}

/** How much of a recording a program gives; null if not everything up to and including the quantity of the evidence. */
function reproduce(
  exercise: Exercise,
  rules: Rules,
  recorded: Recorded,
  { batch, index }: Evidence,
  tolerance: number,
): Reproduced | null {
  let difference: number | null = null;
  let [reproduced, of] = [0, 0];
  follow(exercise, rules, recorded, (expected, theirs, place, { step }) => {
    const isBefore = step < batch.step || (step === batch.step && place < index);
    const found = differenceOf(expected, theirs);
    const holds = found <= tolerance;
    if (isBefore) return holds;
    if (step === batch.step && place === index) {
      if (!holds) return false;
      difference = found;
    }
    of++;
    if (holds) reproduced++;
    return true;
  });
  return difference === null ? null : { difference, reproduced, of };
}
