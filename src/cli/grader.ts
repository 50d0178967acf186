import { basename } from 'node:path';
import { shellQuoted } from '../experiment/command-text.ts';
import { readGiven } from '../grading/given-exercises.ts';
import { type GradedFully, gradeSubmission } from '../grading/grade.ts';
import type { Identity } from '../grading/identity.ts';
import { readRubric } from '../grading/rubric.ts';
import type { Submission } from '../grading/submissions.ts';
import { feedbackText, type Hints } from '../output/grade-feedback.ts';
import type { GradeRow } from '../output/grade-table.ts';
import { remarkText } from '../output/grade-words.ts';

/** What is graded, and which texts are wanted. Plain data, which threads can be sent. */
export interface GradeRequest {
  readonly rubric: string;
  /** The names of the criteria. */
  readonly criteria: readonly string[];
  readonly students: readonly string[];
  readonly hints: Hints;
  readonly feedback: boolean;
  readonly pages: boolean;
}

/** A graded submission without what was recorded. */
export interface GradedTexts {
  readonly row: GradeRow;
  readonly identity: Identity | null;
  /** null: not wanted. */
  readonly feedback: string | null;
  /** null: not wanted, or the submission was refused. */
  readonly page: string | null;
}

/** Returns the function that grades a submission. Errors: UserError for a rubric or an exercise that cannot be used. */
export async function openGrader(request: GradeRequest): Promise<(one: Submission) => Promise<GradedTexts>> {
  const read = await readRubric(request.rubric);
  const criteria = read.criteria.filter(({ name }) => request.criteria.includes(name));
  const rubric = { ...read, criteria };
  const given = await readGiven(rubric, request.students);
  const page = request.pages ? (await import('../page/backprop.ts')).backpropPage : null;
  const pageOf = ({ check, path }: GradedFully): string | null => {
    if (page === null || check === null) return null;
    const file = basename(path);
    return page(check, { file, command: `npx fys-nn trace check ${shellQuoted(file)}` });
  };
  return async (submission) => {
    const graded = await gradeSubmission(submission, rubric, given, request.pages ? 'all' : 'computed');
    const { check: _, identity, given: own, ...rest } = graded;
    return {
      row: {
        ...rest,
        exercise: own === null ? null : { id: own.exercise.id, file: own.path },
        remark: remarkText(graded),
      },
      identity,
      feedback: request.feedback ? feedbackText(graded, request.hints) : null,
      page: pageOf(graded),
    };
  };
}
