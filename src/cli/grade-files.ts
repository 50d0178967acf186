import { basename, dirname, join } from 'node:path';
import { counted } from '../errors.ts';
import { checkOutputDirectory, writeFiles } from '../files/write-files.ts';
import { toCsv } from '../output/csv.ts';
import { feedbackMark, feedbackNames } from '../output/grade-feedback.ts';
import { gradeCases, gradesTable } from '../output/grade-table.ts';
import { junit } from '../output/junit.ts';
import type { Criterion } from '../trace/rubric.ts';
import { checkReplaceable, type ReportFile } from './earlier-report.ts';
import type { GradedForViews } from './grade-all.ts';

/** The files that the user wants. */
export interface GradeFiles {
  readonly csv?: string;
  readonly junit?: string;
  readonly feedback?: string;
}

const command = 'fys-nn trace grade';

function reportFiles({ csv, junit: xml, feedback }: GradeFiles, students: readonly string[]): ReportFile[] {
  const names = feedback === undefined ? [] : feedbackNames(students);
  return [
    ...names.map((name) => ({
      ...{ path: join(feedback!, `${name}.md`), option: '--feedback', command, usual: `${name}.md` },
      starts: [new RegExp(`^${feedbackMark}`)],
    })),
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

/** Writes what the user wants. Returns the paths. */
export async function writeGradeFiles(
  files: GradeFiles,
  criteria: readonly Criterion[],
  graded: readonly GradedForViews[],
): Promise<string[]> {
  const rows = graded.map(({ row }) => row);
  const written: string[] = [];
  const write = async (path: string, text: string) => {
    await writeFiles(dirname(path), new Map([[basename(path), text]]));
    written.push(path);
  };
  if (files.csv !== undefined) await write(files.csv, await toCsv(gradesTable(criteria, rows)));
  if (files.junit !== undefined) await write(files.junit, await junit(command, gradeCases(rows)));
  if (files.feedback !== undefined) {
    const names = feedbackNames(rows.map(({ student }) => student)).map((name) => `${name}.md`);
    await writeFiles(files.feedback, new Map(names.map((name, index) => [name, graded[index].feedback])));
    written.push(`${join(files.feedback, '/')}: ${counted(names.length, 'file')}`);
  }
  return written;
}
