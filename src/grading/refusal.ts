import { isDeepStrictEqual } from 'node:util';
import type { Exercise } from '../trace/exercise.ts';
import type { GivenExercise, GivenExercises } from './given-exercises.ts';
import type { Submission } from './submissions.ts';

/** Why a submission gets no points, whatever its numbers are. */
export interface Refusal {
  /** May name other students. */
  readonly teacher: string;
  readonly student: string;
  /** Whether it is not the student's mistake but one of this program. */
  readonly isOurs?: true;
}

/** The exercise that a submission was made for, or why it is not one that this student was given. */
export function exerciseFor(
  exercise: Exercise,
  { student }: Submission,
  given: GivenExercises,
): { readonly given: GivenExercise } | { readonly refusal: Refusal } {
  const own = given.of(student);
  const same = given.withId(exercise.id);
  if (own === null) {
    const free = same.find(({ owner }) => owner === null);
    if (free !== undefined) return { given: free };
  } else if (own.exercise.id === exercise.id) return { given: own };
  if (same.length > 0) return { refusal: othersExercise(same, student) };
  const expected = own ?? (given.all.length === 1 ? given.all[0] : null);
  if (expected === null) return { refusal: unknownExercise };
  return { refusal: changedExercise(changesOf(expected.exercise, exercise), expected) };
}

function othersExercise(same: readonly GivenExercise[], student: string): Refusal {
  const owners = same.flatMap(({ owner }) => (owner === null ? [] : [owner]));
  return {
    teacher:
      owners.length > 0
        ? `its exercise is that of ${owners.join(' and ')}`
        : `its exercise is ${same[0].path}, not the one of ${student}`,
    student: 'the exercise in the file is not the one that you were given',
  };
}

const unknownExercise: Refusal = {
  teacher: "its exercise is none of the rubric's: it was changed, or is the student's own",
  student:
    'the exercise in the file is not one that was given out: load yours again, and change nothing in it',
};

function changedExercise(changes: readonly string[], expected: GivenExercise): Refusal {
  const words =
    changes.length > 2 ? 'another exercise' : `the exercise with ${changes.join(' and ')} changed`;
  return {
    teacher: `it has ${words}: not that of ${expected.path}`,
    student: `the file has ${words}: load yours again, and change nothing in it`,
  };
}

/** What differs, by its names in the file. */
function changesOf(given: Exercise, theirs: Exercise): string[] {
  const parts: Readonly<Record<string, (exercise: Exercise) => unknown>> = {
    'data.x': ({ x }) => x,
    'data.y': ({ y }) => y,
    model: ({ loss, delta, penalty, layers }) => ({ loss, delta, penalty, layers }),
    optimizer: ({ optimizer, learningRate, schedule }) => ({ optimizer, learningRate, schedule }),
    batches: ({ batches }) => batches,
  };
  return Object.keys(parts).filter((name) => !isDeepStrictEqual(parts[name](given), parts[name](theirs)));
}
