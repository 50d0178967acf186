import { feedbackText, type Hints } from '../output/grade-feedback.ts';
import type { GradeRow } from '../output/grade-table.ts';
import { remarkText } from '../output/grade-words.ts';
import type { GivenExercises } from '../trace/given-exercises.ts';
import { gradeSubmission } from '../trace/grade.ts';
import { type Identity, sharedNotes } from '../trace/identity.ts';
import type { Rubric } from '../trace/rubric.ts';
import type { Submission } from '../trace/submissions.ts';

/** A graded submission as tables show it, and its feedback. */
export interface GradedForViews {
  readonly row: GradeRow;
  readonly feedback: string;
}

/**
 * Grades submissions one after the other. What was recorded is dropped as soon as its feedback is written, so that a class of
 * any size needs the memory of one submission.
 */
export async function gradeAll(
  submissions: readonly Submission[],
  rubric: Rubric,
  given: GivenExercises,
  hints: Hints,
): Promise<GradedForViews[]> {
  const identities: { student: string; identity: Identity | null }[] = [];
  const graded: GradedForViews[] = [];
  for (const submission of submissions) {
    const one = await gradeSubmission(submission, rubric, given);
    const { check, identity, ...row } = one;
    identities.push({ student: submission.student, identity });
    graded.push({ row: { ...row, remark: remarkText(one) }, feedback: feedbackText(one, hints) });
  }
  const each = given.all.length > 1 && given.all.every(({ owner }) => owner === null);
  const shared = sharedNotes(identities, each);
  return graded.map(({ row, feedback }, index) => ({
    ...{ row: { ...row, notes: [...shared[index], ...row.notes] }, feedback },
  }));
}
