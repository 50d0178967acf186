import { expect, test } from '@jest/globals';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { scale } from '../trace/number-array.ts';
import { placesOf } from '../trace/quantities.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Rules } from '../trace/rules.ts';
import { createEffort } from './effort.ts';
import { followed } from './follow.ts';
import { reachOf } from './reach.ts';
import { tryRules } from './trial.ts';

const exercise = madeExercise(['tanh', 'sigmoid', 'linear'], { optimizer: { name: 'sgd', momentum: 0.9 } });
const right = rightRules(exercise);
const doubled = (rules: Rules): Rules => ({
  ...rules,
  hiddenDelta: (step, layer) => scale(rules.hiddenDelta(step, layer), 2),
});
const steps = exercise.batches.flat().length;

/** How often a program that makes the mistake asks each rule of the right one, if these quantities were recorded. */
function callsFor(quantities?: readonly string[]) {
  const calls = { z: 0, dataGradient: 0, update: 0, hiddenDelta: 0 };
  const isCounted = (rule: string): rule is keyof typeof calls => rule in calls;
  const counted = Object.fromEntries(
    Object.entries(right).map(([rule, ask]) => [
      rule,
      (...given: unknown[]) => {
        if (isCounted(rule)) calls[rule]++;
        return (ask as (...all: unknown[]) => unknown)(...given);
      },
    ]),
  ) as unknown as Rules;
  const { steps: recorded } = recordingOf(exercise, doubled(right), quantities);
  const run = followed(exercise, counted, recorded, 1e-10);
  const [target] = run.wrong.values();
  for (const rule of Object.keys(calls).filter(isCounted)) calls[rule] = 0;
  const program = doubled(counted);
  const known = reachOf(run, target).knownFor(program)!;
  const { costs } = createEffort(exercise);
  const { holds, left, work } = tryRules(run, program, target, 1e-10, known, costs);
  expect({ holds, left }).toEqual({ holds: true, left: [] });
  return { calls, work };
}

test('where everything was recorded, only what a mistake changes is computed', () => {
  expect(callsFor().calls).toEqual({ z: 0, dataGradient: 0, update: 0, hiddenDelta: 2 * steps });
});

test('where only weights were recorded, what is before the mistake in each step is not computed', () => {
  const { calls, work } = callsFor(['kernel', 'bias', 'kernel_v', 'bias_v']);
  // The gradients of the last layer come before the deltas of the hidden ones, and its update does not; steps end alike.
  expect(calls).toEqual({ z: 0, dataGradient: 4 * steps, update: 6 * steps, hiddenDelta: 2 * steps });
  expect(work).toBeGreaterThan(callsFor().work);
});

test('a mistake that cannot change the quantity in question is not tried', () => {
  const { steps: recorded } = recordingOf(exercise, doubled(right));
  const run = followed(exercise, right, recorded, 1e-10);
  const [target] = run.wrong.values();
  const reach = reachOf(run, target);
  expect(placesOf(exercise)[target.index].quantity).toBe('delta');
  const changed = (rules: Partial<Rules>) => reach.knownFor({ ...right, ...rules });
  expect(changed({ update: (...given) => right.update(...given) })).toBeNull();
  expect(changed({ z: (...given) => right.z(...given) })).toBeNull();
  expect(changed({ derivative: (...given) => right.derivative(...given) })).not.toBeNull();
  // Another program altogether has nothing in common.
  expect(changed({ batches: (...given) => right.batches(...given) })).toBeUndefined();
});
