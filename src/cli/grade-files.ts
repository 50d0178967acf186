import { basename, dirname, join } from 'node:path';
import { counted } from '../errors.ts';
import { removeFile } from '../files/retry-while-busy.ts';
import { checkOutputDirectory, writeFiles } from '../files/write-files.ts';
import type { Criterion } from '../grading/rubric.ts';
import { toCsv } from '../output/csv.ts';
import { feedbackMark, feedbackNames } from '../output/grade-feedback.ts';
import { type GradeRow, gradeCases, gradesTable } from '../output/grade-table.ts';
import { junit } from '../output/junit.ts';
import { checkReplaceable, type ReportFile } from './earlier-report.ts';
import type { GradedTexts } from './grader.ts';

/** The files that the user wants. */
export interface GradeFiles {
  readonly csv?: string;
  readonly junit?: string;
  readonly feedback?: string;
  readonly html?: string;
}

const command = 'fys-nn trace grade';

function reportFiles(
  { csv, junit: xml, feedback, html }: GradeFiles,
  students: readonly string[],
): ReportFile[] {
  const names = feedbackNames(students);
  const ofStudents = (
    folder: string | undefined,
    option: string,
    ending: string,
    start: RegExp,
  ): ReportFile[] =>
    folder === undefined
      ? []
      : names.map((name) => ({
          ...{ path: join(folder, `${name}.${ending}`), option, command, usual: `${name}.${ending}` },
          starts: [start],
        }));
  return [
    ...ofStudents(feedback, '--feedback', 'md', new RegExp(`^${feedbackMark}`)),
    ...ofStudents(html, '--html', 'html', /^<!DOCTYPE html>[\s\S]*<title>fys-nn: /),
    ...(csv === undefined
      ? []
      : [{ path: csv, option: '--csv', command, starts: [/^student,points,maximum,/], usual: 'grades.csv' }]),
    ...(xml === undefined
      ? []
      : [
          {
            path: xml,
            option: '--junit',
            command,
            starts: [/^<\?xml[\s\S]*classname="fys-nn trace grade"/],
            usual: 'grades.xml',
          },
        ]),
  ];
}

/** Refuses, before anything is graded, places that cannot be written or where files of the user's are. Errors: UserError. */
export async function checkGradeFiles(files: GradeFiles, students: readonly string[]): Promise<void> {
  const reports = reportFiles(files, students);
  const folders = new Map(reports.map(({ path, option }) => [dirname(path), option]));
  for (const [folder, option] of folders) await checkOutputDirectory(folder, option);
  for (const file of reports) await checkReplaceable(file);
}

/** Writes the tables that the user wants. Returns what was written, in words. */
export async function writeTables(
  files: GradeFiles,
  criteria: readonly Criterion[],
  rows: readonly GradeRow[],
): Promise<string[]> {
  const written: string[] = [];
  const write = async (path: string, text: string) => {
    await writeFiles(dirname(path), new Map([[basename(path), text]]));
    written.push(path);
  };
  if (files.csv !== undefined) await write(files.csv, await toCsv(gradesTable(criteria, rows)));
  if (files.junit !== undefined) await write(files.junit, await junit(command, gradeCases(rows)));
  return written;
}

/** The files of each student. */
export interface StudentFiles {
  /** Writes those of a submission by its number. */
  write(graded: GradedTexts, index: number): Promise<void>;
  /** What was written, in words. */
  written(): string[];
}

/** Feedback and pages, which are written as soon as a submission is graded, so that none has to be kept in memory. */
export function studentFiles({ feedback, html }: GradeFiles, students: readonly string[]): StudentFiles {
  const names = feedbackNames(students);
  let pages = 0;
  return {
    async write({ feedback: text, page }, index) {
      if (feedback !== undefined) await writeFiles(feedback, new Map([[`${names[index]}.md`, text!]]));
      if (html === undefined) return;
      const file = `${names[index]}.html`;
      // A page of an earlier run would be about another file.
      if (page === null) return await removeFile(join(html, file));
      await writeFiles(html, new Map([[file, page]]));
      pages++;
    },
    written: () => [
      ...(feedback === undefined ? [] : [`${join(feedback, '/')}: ${counted(students.length, 'file')}`]),
      ...(html === undefined ? [] : [`${join(html, '/')}: ${counted(pages, 'page')}`]),
    ],
  };
}
