import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { counted, UserError } from '../errors.ts';
import { makeDirectory } from '../files/directories.ts';
import { checkOutputDirectory } from '../files/write-files.ts';
import { type NewFile, writeFiles } from './new-files.ts';

/** The exercise of a student. */
export interface StudentsExercise {
  readonly student: string;
  readonly id: string;
  readonly text: string;
  /** The text of its answers. */
  readonly answers: () => string;
}

interface ClassFolders {
  readonly out: string;
  /** null: no answers. */
  readonly answers: string | null;
  /** The files with which programs record. */
  readonly recorders: readonly NewFile[];
  readonly replaces: boolean;
}

/**
 * Writes the exercises of a class to a folder, each called as its student, and their answers to another one. Files that are
 * there already with the same content are left as they are, so that a list can grow. Returns what was written, in words.
 *
 * Errors: UserError for two equal exercises, for one folder for both, and for other files of these names.
 */
export async function writeClassFiles(
  { out, answers, recorders, replaces }: ClassFolders,
  all: readonly StudentsExercise[],
): Promise<string[]> {
  checkFolders(out, answers);
  const students = new Map<string, string>();
  for (const { student, id } of all) {
    const other = students.get(id);
    if (other !== undefined) throw sameExercise(student, other);
    students.set(id, student);
  }
  const files = all.map(({ student, text }) => ({ path: join(out, `${student}.json`), text }));
  const withAnswers =
    answers === null
      ? []
      : all.map((one) => ({ path: join(answers, `${one.student}.answers.json`), text: one.answers() }));
  for (const [folder, option] of [[out, '--out'] as const, [answers, '--answers'] as const]) {
    if (folder === null) continue;
    await checkOutputDirectory(folder, option);
  }
  const fresh = async (list: typeof files) => {
    const texts = await Promise.all(list.map(({ path }) => readFile(path, 'utf8').catch(() => null)));
    return list.filter(({ text }, index) => texts[index] !== text);
  };
  const [newFiles, newAnswers] = await Promise.all([files, withAnswers].map(fresh));
  for (const folder of [out, answers]) if (folder !== null) await makeDirectory(folder);
  await writeFiles([...newFiles, ...newAnswers, ...recorders], replaces);
  const kept = files.length - newFiles.length;
  return [
    `wrote ${join(out, '/')}: ${counted(newFiles.length, 'exercise')}${kept === 0 ? '' : `; ${kept} were there already`}`,
    ...recorders.map(({ path }) => `wrote ${path}: students use it in their programs`),
    ...(answers === null ? [] : [`wrote ${join(answers, '/')}: their answers, which students do not need`]),
  ];
}

function checkFolders(out: string, answers: string | null): void {
  for (const [folder, option] of [[out, '--out'] as const, [answers, '--answers'] as const]) {
    if (folder === null || !/\.json$/i.test(folder)) continue;
    throw new UserError({
      what: `with --students, ${option} is a folder, with a file for each student`,
      expected: 'the name of a folder',
      received: folder,
      remedy: `write ${option} ${folder.replace(/\.json$/i, '')}`,
    });
  }
  if (answers === null || resolve(answers) !== resolve(out)) return;
  throw new UserError({
    what: '--answers is the folder of the exercises, which students get',
    expected: 'another folder, or none',
    received: answers,
    remedy: 'leave out --answers',
  });
}

function sameExercise(student: string, other: string): UserError {
  return new UserError({
    what: `the exercises of ${other} and ${student} are the same`,
    expected: 'an exercise of its own for each student',
    remedy: 'leave out --data-seed, --init-seed and --batch-seed, which fix what the seed draws',
  });
}
