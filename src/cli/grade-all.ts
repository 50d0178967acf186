import { availableParallelism } from 'node:os';
import { type Identity, sharedNotes } from '../grading/identity.ts';
import type { Submission } from '../grading/submissions.ts';
import type { GradeRow } from '../output/grade-table.ts';
import { type GradedTexts, type GradeRequest, openGrader } from './grader.ts';

/** Fewer submissions are graded sooner than threads have started. */
const fewestForThreads = 9;

/**
 * Grades submissions, a class on all cores. `see` gets each with its number as soon as it is graded, in any order; what was
 * recorded is not kept, so that a class of any size needs the memory of a few submissions. The rows are in the order of the
 * submissions. With `each`, all should have an exercise of their own.
 *
 * Errors: UserError for a rubric or an exercise that cannot be used, before anything is graded.
 */
export async function gradeAll(
  submissions: readonly Submission[],
  request: GradeRequest,
  each: boolean,
  see: (graded: GradedTexts, index: number) => Promise<void>,
): Promise<GradeRow[]> {
  const rows: GradeRow[] = [];
  const identities: { student: string; identity: Identity | null }[] = [];
  const keep = async (graded: GradedTexts, index: number): Promise<void> => {
    await see(graded, index);
    rows[index] = graded.row;
    identities[index] = { student: graded.row.student, identity: graded.identity };
  };
  if (submissions.length < fewestForThreads) {
    const grade = await openGrader(request);
    for (const [index, submission] of submissions.entries()) await keep(await grade(submission), index);
  } else await gradeInThreads(submissions, request, keep);
  const shared = sharedNotes(identities, each);
  return rows.map((row, index) => ({ ...row, notes: [...shared[index], ...row.notes] }));
}

async function gradeInThreads(
  submissions: readonly Submission[],
  request: GradeRequest,
  keep: (graded: GradedTexts, index: number) => Promise<void>,
): Promise<void> {
  const { Piscina } = await import('piscina');
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/src/cli/' : './';
  const threads = Math.min(availableParallelism(), submissions.length);
  const pool = new Piscina<Submission, GradedTexts>({
    filename: new URL(`${folder}grade-thread.js`, import.meta.url).href,
    ...{ minThreads: threads, maxThreads: threads, workerData: request },
  });
  try {
    await Promise.all(submissions.map(async (one, index) => keep(await pool.run(one), index)));
  } finally {
    await pool.destroy();
  }
}
