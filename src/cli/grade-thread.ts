import { workerData } from 'node:worker_threads';
import type { Submission } from '../grading/submissions.ts';
import { type GradedTexts, type GradeRequest, openGrader } from './grader.ts';

/** The thread of `gradeAll`: it reads the rubric and the exercises once. */
const grade = await openGrader(workerData as GradeRequest);

export default (submission: Submission): Promise<GradedTexts> => grade(submission);
