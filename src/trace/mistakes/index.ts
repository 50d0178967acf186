import type { Exercise } from '../exercise.ts';
import { backward } from './backward.ts';
import { factorKinds } from './factors.ts';
import type { Evidence, Mistake, MistakeKind } from './mistake.ts';

/** Every kind of mistake. Where several give the same numbers, they are named in this order. */
export const mistakeKinds: readonly MistakeKind[] = [...backward, ...factorKinds];

/** The mistakes that are possible in an exercise. */
export const mistakesOf = (exercise: Exercise, evidence: Evidence): readonly Mistake[] =>
  mistakeKinds.flatMap((kind) => kind(exercise, evidence));
