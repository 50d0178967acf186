import { type Dirent, readdirSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { codeOf, reasonOf } from '../files/errno.ts';
import type { Rubric } from './rubric.ts';

/** A file of an exercise, and whose exercise it is. */
export interface ExerciseFile {
  readonly path: string;
  /** The student that the rubric names; null: whoever hands it in. */
  readonly student: string | null;
  /** Where the rubric names it. */
  readonly keys: readonly PropertyKey[];
}

/** The most exercises of one rubric. */
const most = 10_000;

/**
 * The files of a rubric's exercises, in the order of their names; paths are from the rubric's folder. In folders and
 * patterns, files of answers (`.answers.json`) are left out.
 *
 * Errors: UserError for a place in the rubric where there are none.
 */
export function exerciseFiles(rubric: Rubric): ExerciseFile[] {
  const { exercises } = rubric;
  if (typeof exercises === 'object' && !Array.isArray(exercises)) {
    const students = Object.entries(exercises);
    if (students.length === 0) throw rubric.error(['exercises'], 'a file for at least one student');
    return students.map(([student, path]) => ({
      ...{ path: fromRubric(rubric, path), student, keys: ['exercises', student] },
    }));
  }
  const written = Array.isArray(exercises)
    ? exercises.map((path, index) => ({ path, keys: ['exercises', index] }))
    : [{ path: exercises, keys: ['exercises'] }];
  const found = written.flatMap(({ path, keys }) =>
    pathsOf(rubric, path, keys).map((one) => ({ path: one, student: null, keys })),
  );
  const files = [...new Map(found.map((file) => [file.path, file])).values()];
  if (files.length > most) throw rubric.error(['exercises'], `at most ${most} exercises`, files.length);
  return files;
}

function pathsOf(rubric: Rubric, written: string, keys: readonly PropertyKey[]): string[] {
  const path = fromRubric(rubric, written);
  const pattern = basename(path);
  const isPattern = /[*?]/.test(pattern);
  if (/[*?]/.test(dirname(written)))
    throw rubric.error(
      keys,
      'a pattern with * and ? in the name of the file alone',
      written,
      'list the folders',
    );
  const entries = entriesOf(isPattern ? dirname(path) : path);
  if (!isPattern && (entries === null || /\.json$/i.test(path))) return [path];
  if (!Array.isArray(entries)) {
    throw rubric.error(
      keys,
      'exercises in a folder that is there',
      written,
      `${reasonOf(entries)}: correct the path`,
    );
  }
  const matches = isPattern ? matcher(pattern) : (name: string) => /\.json$/i.test(name);
  const names = entries
    .filter((entry) => !entry.isDirectory() && matches(entry.name) && !/\.answers\.json$/i.test(entry.name))
    .map(({ name }) => name)
    .sort();
  if (names.length === 0)
    throw rubric.error(
      keys,
      'at least one exercise',
      written,
      'correct the path; fys-nn trace new writes exercises',
    );
  return names.map((name) => join(isPattern ? dirname(path) : path, name));
}

/** What is in a folder; null if the path is a file, or the error of the system. */
function entriesOf(folder: string): Dirent[] | null | Error {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    return codeOf(error) === 'ENOTDIR' ? null : (error as Error);
  }
}

/** A pattern's * is any number of characters, and its ? is one. */
function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '[^]*';
    return part === '?' ? '[^]' : part.replace(/[\\^$.|+()[\]{}/-]/g, '\\$&');
  });
  const whole = new RegExp(`^${parts.join('')}$`, 'u');
  return (name) => whole.test(name);
}

function fromRubric({ path: rubric }: Rubric, path: string): string {
  return isAbsolute(path) ? path : join(dirname(rubric), path);
}
