import type { GradeRow } from '../output/grade-table.ts';
import { remarkText } from '../output/grade-words.ts';
import type { GivenExercises } from '../trace/given-exercises.ts';
import { type GradedFully, gradeSubmission } from '../trace/grade.ts';
import { type Identity, sharedNotes } from '../trace/identity.ts';
import type { Rubric } from '../trace/rubric.ts';
import type { Submission } from '../trace/submissions.ts';

/**
 * Grades submissions one after the other. What was recorded is dropped as soon as `see` is done with it, so that a class of any
 * size needs the memory of one submission.
 */
export async function gradeAll(
  submissions: readonly Submission[],
  rubric: Rubric,
  given: GivenExercises,
  see: (graded: GradedFully, index: number) => Promise<void>,
): Promise<GradeRow[]> {
  const identities: { student: string; identity: Identity | null }[] = [];
  const rows: GradeRow[] = [];
  for (const [index, submission] of submissions.entries()) {
    const graded = await gradeSubmission(submission, rubric, given);
    await see(graded, index);
    const { check: _, identity, ...row } = graded;
    identities.push({ student: submission.student, identity });
    rows.push({ ...row, remark: remarkText(graded) });
  }
  const each = given.all.length > 1 && given.all.every(({ owner }) => owner === null);
  const shared = sharedNotes(identities, each);
  return rows.map((row, index) => ({ ...row, notes: [...shared[index], ...row.notes] }));
}
