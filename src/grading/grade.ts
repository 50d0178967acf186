import { checkRecording } from '../diagnosis/check-recording.ts';
import type { CheckResult } from '../diagnosis/check-result.ts';
import { quote, UserError } from '../errors.ts';
import { readRegularBytes } from '../files/regular-file.ts';
import type { Recording } from '../trace/exercise.ts';
import { readRecording } from '../trace/read-recording.ts';
import { emptyRecording } from './empty-numbers.ts';
import type { GivenExercise, GivenExercises } from './given-exercises.ts';
import { type GradedCriterion, graderOf } from './grade-criterion.ts';
import { type Identity, identityOf, isOurs } from './identity.ts';
import { exerciseFor, type Refusal } from './refusal.ts';
import { type Rubric, rounded } from './rubric.ts';
import type { Submission } from './submissions.ts';

/** A graded submission. */
export interface Graded extends Submission {
  /** The exercise that it was graded on; null if it was refused. */
  readonly given: GivenExercise | null;
  /** How the student describes the program. */
  readonly program: string;
  /** One for each criterion of the rubric. */
  readonly criteria: readonly GradedCriterion[];
  readonly points: number;
  /** Why it gets no points, whatever its numbers are; null if they were graded. */
  readonly refusal: Refusal | null;
  /** A sentence about a recording in which nothing was computed; null where something was. */
  readonly empty: string | null;
  /** What a teacher may want to look at. It names other students. */
  readonly notes: readonly string[];
}

/** A graded submission, and what it was graded by. */
export interface GradedFully extends Graded {
  /** How each number was judged; null if the submission was refused. */
  readonly check: CheckResult | null;
  /** null for a file that cannot be read. */
  readonly identity: Identity | null;
}

/** Which recordings are explained: a page shows the mistakes of all, while a grade needs none of those that are empty. */
export type Explains = 'all' | 'computed';

/**
 * Reads and grades a submission. One that cannot be read gets no points, like any other that is refused: no error leaves this,
 * so that one file stops nobody else.
 */
export async function gradeSubmission(
  submission: Submission,
  rubric: Rubric,
  given: GivenExercises,
  explains?: Explains,
): Promise<GradedFully> {
  try {
    const recording = await readRecording(submission.path);
    const bytes = await readRegularBytes(submission.path, Number.POSITIVE_INFINITY);
    return gradeRecording(recording, identityOf(bytes, recording), submission, rubric, given, explains);
  } catch (error) {
    const refusal = error instanceof UserError ? refusalBy(error, submission.path) : failure(error);
    return { ...withoutPoints(submission, rubric), refusal };
  }
}

/** Grades what a student recorded. */
export function gradeRecording(
  recording: Recording,
  identity: Identity,
  submission: Submission,
  rubric: Rubric,
  given: GivenExercises,
  explains: Explains = 'computed',
): GradedFully {
  const { program, exercise, kind } = recording;
  const none = { ...withoutPoints(submission, rubric), program, identity };
  const found = exerciseFor(exercise, submission, given);
  if ('refusal' in found) return { ...none, refusal: found.refusal };
  const check = checkRecording(
    recording,
    rubric.tolerance ?? undefined,
    (compared) => explains === 'all' || emptyRecording(compared) === null,
  );
  const criteria = rubric.criteria.map(graderOf(check, rubric.consequences));
  const notes = [
    ...(kind === 'answers' ? ['a file of answers, not one that a student writes'] : []),
    ...otherRows(check),
    ...(kind !== 'answers' && isOurs(check) ? ["the numbers are fys-nn's own answers, to the last bit"] : []),
  ];
  return {
    ...{ ...none, check, criteria, notes, given: found.given },
    points: rounded(criteria.reduce((sum, { points }) => sum + points, 0)),
    empty: emptyRecording(check),
  };
}

/** A note on a program that computes with other rows than those of the batches: what follows from them can be right. */
function otherRows({ first }: CheckResult): string[] {
  const quantity = first?.quantity.place.quantity;
  return quantity === 'x' || quantity === 'y'
    ? [`its ${quantity} is not that of the exercise's batches; points are for what follows from it`]
    : [];
}

function withoutPoints(submission: Submission, { criteria }: Rubric): GradedFully {
  return {
    ...submission,
    ...{
      given: null,
      program: '',
      points: 0,
      refusal: null,
      empty: null,
      notes: [],
      check: null,
      identity: null,
    },
    criteria: criteria.map((criterion) => ({ criterion, points: 0, quantities: [] })),
  };
}

/** What is wrong with a file, without its path, which the student and the teacher call differently. */
function refusalBy({ parts: { what, expected, received } }: UserError, path: string): Refusal {
  const teacher = what.replace(`${path}: `, '').replaceAll(path, 'the file');
  const wanted = expected === undefined ? '' : `; expected: ${expected}`;
  return { teacher, student: `${teacher}${received === undefined ? '' : `: ${quote(received)}`}${wanted}` };
}

/** A mistake of this program, which must not cost others their grades. */
function failure(error: unknown): Refusal {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    teacher: `fys-nn failed on the file, and not by the student's fault: ${reason}`,
    student: 'fys-nn failed on the file, which is not your fault: ask your teacher',
    isOurs: true,
  };
}
