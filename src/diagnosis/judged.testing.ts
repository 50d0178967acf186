import type { Rng } from '../math/rng.ts';
import { differenceOf } from '../trace/difference.ts';
import type { Exercise, Recording } from '../trace/exercise.ts';
import type { NumberArray } from '../trace/number-array.ts';
import { placesOf } from '../trace/quantities.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Rules } from '../trace/rules.ts';
import { valuesOf } from '../trace/step.ts';
import { checkRecording, usualTolerance } from './check-recording.ts';
import type { Explanation, Finding } from './check-result.ts';
import { expectedAt, follow } from './follow.ts';
import { mistakesOf } from './mistakes/index.ts';
import type { Evidence } from './mistakes/mistake.ts';
import { inLayer, type Planted, plant, plantSwitch, recordedPart } from './planted.testing.ts';
import { randomExercise } from './random-exercise.testing.ts';
import { runStudent } from './student.testing.ts';

type Values = Recording['steps'];

/**
 * What a check says of a random program, judged by numbers alone.
 *
 * A diagnosis is right if a program with a named mistake (or, with those named for what is wrong separately, one with all of
 * them) gives the numbers that the student's program recorded, or those of a student's program with one of its mistakes
 * alone, or with its mistakes in one layer alone, over the whole run, to 9 digits (to 3 in float32). It is false if mistakes
 * are named and none is right.
 */
export type Verdict =
  | 'named alone'
  | 'named among equals'
  | 'one of two named'
  | 'unnamed'
  | 'no difference'
  | 'borderline'
  | 'convention'
  | 'false place'
  | 'false diagnosis';

/** How often another mistake is drawn if one does not show. */
const mostDraws = 8;

/** Rounding, by which independent programs differ. */
const rounding = 1e-9;

/** A verdict, and the case and what was named in words. */
export interface Judged {
  readonly verdict: Verdict;
  readonly text: string;
}

/** A random program with random mistakes that records a random part. */
export function judged(rng: Rng): Judged {
  const exercise = randomExercise(rng);
  const runs = runsOf(exercise, recordedPart(rng, exercise));
  // Many mistakes do not show: the penalty is left out where there is none, or what differs is not recorded.
  let wrong = plant(rng, exercise);
  for (let i = 0; i < mostDraws && runs.firstOf(wrong) === null; i++) wrong = plant(rng, exercise);
  return judge(exercise, runs, wrong);
}

/**
 * A random program with two mistakes that show, checked before and after the one that shows first is fixed; null if none was
 * drawn. The place of the first difference has to be that of the mistake that shows first.
 */
export function judgedInTurn(rng: Rng): readonly Judged[] | null {
  const exercise = randomExercise(rng);
  const runs = runsOf(exercise, () => true);
  for (let i = 0; i < mostDraws; i++) {
    const both = [plantSwitch(rng), plantSwitch(rng)].map((one) => ({ one, place: runs.firstOf([one]) }));
    if (both.some(({ place }) => place === null || place === 'borderline')) continue;
    const [{ place }, other] = both.toSorted((a, b) => orderOf(a.place!) - orderOf(b.place!));
    // Two may also cancel, or one may hide the other.
    if (place === other.place || runs.firstOf(both.map(({ one }) => one)) !== place) continue;
    return [both.map(({ one }) => one), [other.one]].map((wrong) => judge(exercise, runs, wrong));
  }
  return null;
}

/** Of a place as `firstDifference` has it. */
function orderOf(place: string): number {
  const [step, index] = place.split(' ').map(Number);
  return step * 1e6 + index;
}

/** What a student's programs record on an exercise. */
interface Runs {
  readonly select: (values: Values) => Values;
  readonly run: (mistakes: readonly Planted[]) => Values;
  readonly right: Values;
  /** Where a program with these mistakes first differs from a right one. */
  readonly firstOf: (mistakes: readonly Planted[]) => string | null;
}

function runsOf(exercise: Exercise, isRecorded: (step: number, place: number) => boolean): Runs {
  const select = (steps: Values): Values =>
    steps.map((step, k) => step.map((values, place) => (isRecorded(k, place) ? values : null)));
  const run = (mistakes: readonly Planted[]): Values =>
    select(
      runStudent(
        exercise,
        mistakes.flatMap(({ on }) => on),
        mistakes.flatMap(({ tampers }) => tampers),
      ),
    );
  const right = run([]);
  return { select, run, right, firstOf: (mistakes) => firstDifference(right, run(mistakes)) };
}

function judge(exercise: Exercise, { select, run, right }: Runs, wrong: readonly Planted[]): Judged {
  const recorded = run(wrong);
  const text = textOf(exercise, wrong);
  if (!recorded.flat().every((array) => array === null || array.values.every(Number.isFinite)))
    return { verdict: 'borderline', text };
  const place = firstDifference(right, recorded);
  if (place === 'borderline') return { verdict: 'borderline', text };
  const result = checkRecording({ kind: 'recording', program: 'random', exercise, steps: recorded });
  const { first, separate } = result;
  const found = first === null ? null : `${first.quantity.batch.step} ${first.quantity.index}`;
  const names = [first, ...separate].map((finding) =>
    finding === null
      ? ''
      : `${finding.quantity.place.quantity}@${finding.quantity.batch.step}: ${finding.explanations.map(({ ids, reproduced, of, numbers }) => `${ids.join('+')} ${reproduced}/${of} ${numbers}`).join(' | ')}`,
  );
  const whole = `${text}; ${names.join('; ')}; conventions ${result.conventions.map(({ id }) => id).join()}`;
  if (result.conventions.length > 0) return { verdict: 'convention', text: whole };
  if (found !== place) return { verdict: 'false place', text: `${whole}; ${place} is first` };
  if (first === null) return { verdict: 'no difference', text: whole };
  if (first.explanations.length === 0) return { verdict: 'unnamed', text: whole };
  // Of a mistake in every layer, a check may name what it is in the first layer that it comes to.
  const parts = [
    ...wrong.map((one) => [one]),
    ...exercise.layers.flatMap((_, layer) => {
      const inside = wrong.map((one) => inLayer(one, layer));
      return [inside, ...inside.map((one) => [one])];
    }),
  ];
  const possible = [recorded, ...parts.map(run).filter((values) => !areSame(right, values))];
  const named = first.explanations.filter((explanation) => {
    const rules = rulesOf(exercise, rightRules(exercise), recorded, first, explanation);
    // Programs in float32 differ by their rounding.
    const within = explanation.ids.some((id) => /^float/.test(id)) ? 1e-3 : rounding;
    const gives = (values: Values) => areSame(select(valuesOf(exercise, rules)), values, within);
    return possible.some(
      (values) => gives(values) || chainGives(exercise, recorded, values, select, rules, separate, within),
    );
  });
  if (named.length === 0) return { verdict: 'false diagnosis', text: whole };
  if (wrong.length === 2 && separate.length === 0 && first.explanations[0].ids.length === 1)
    return { verdict: 'one of two named', text: whole };
  return { verdict: first.explanations.length === 1 ? 'named alone' : 'named among equals', text: whole };
}

/** Whether the first mistakes that are named for the rest give these numbers together with the first one. */
function chainGives(
  exercise: Exercise,
  recorded: Values,
  wanted: Values,
  select: (values: Values) => Values,
  rules: Rules,
  separate: readonly Finding[],
  within: number,
): boolean {
  const [finding, ...rest] = separate;
  if (finding === undefined) return false;
  return finding.explanations.some((explanation) => {
    const both = rulesOf(exercise, rules, recorded, finding, explanation);
    return (
      areSame(select(valuesOf(exercise, both)), wanted, within) ||
      chainGives(exercise, recorded, wanted, select, both, rest, within)
    );
  });
}

/** The program of an explanation, found again by the names of its mistakes. */
function rulesOf(
  exercise: Exercise,
  base: Rules,
  recorded: Values,
  { quantity: { batch, place, index } }: Finding,
  { ids }: Explanation,
): Rules {
  let evidence: Evidence | null = null;
  follow(exercise, base, recorded, (ours, theirs, at, step) => {
    if (step.step === batch.step && at === index)
      evidence = {
        ...{ batch, place, index, ours, theirs, step },
        expectedOf: (rules) => expectedAt({ exercise, recorded }, rules, { step: batch.step, index }),
      };
    return evidence === null;
  });
  const mistakes = mistakesOf(exercise, evidence!);
  return ids.reduce((rules, id) => mistakes.find((mistake) => mistake.id === id)!.rules(rules), base);
}

/** Whether two programs record the same. */
function areSame(ours: Values, theirs: Values, within = rounding): boolean {
  return theirs.every((step, k) =>
    step.every((array, place) => {
      if (array === null) return true;
      const other = ours[k]?.[place] ?? null;
      return other !== null && differenceOf(other, array) <= within;
    }),
  );
}

/** The first recorded quantity that a right program computes differently. */
function firstDifference(right: Values, recorded: Values): string | null {
  for (const [k, step] of recorded.entries())
    for (const [place, array] of step.entries()) {
      if (array === null) continue;
      const difference = differenceOf(right[k][place] as NumberArray, array);
      if (difference > usualTolerance / 30 && difference < usualTolerance * 30) return 'borderline';
      if (difference > usualTolerance) return `${k} ${place}`;
    }
  return null;
}

function textOf(exercise: Exercise, wrong: readonly Planted[]): string {
  const { layers, loss, optimizer, penalty } = exercise;
  const network = layers.map(
    ({ units, activation, bias }) => `${units} ${activation}${bias ? '' : ' without bias'}`,
  );
  return `${wrong.map(({ name }) => name).join(' AND ')}; ${exercise.x.shape[1]}-${network.join('-')} ${loss} ${JSON.stringify(optimizer)} ${JSON.stringify(penalty)} ${placesOf(exercise).length} places`;
}
