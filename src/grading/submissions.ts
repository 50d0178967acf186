import { readdir, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { UserError } from '../errors.ts';

/** A file that a student handed in. */
export interface Submission {
  /** The file's name without its ending, with as much of its folder as tells it from the others. */
  readonly student: string;
  readonly path: string;
}

/**
 * The submissions that paths name, each once, in the order of their names. A folder stands for the JSON files in
 * it, unless its own name ends in .json. Errors: UserError for a folder without any.
 */
export async function submissionsAt(paths: readonly string[]): Promise<Submission[]> {
  const files: string[] = [];
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder && !/\.json$/i.test(path)) files.push(...(await jsonFilesIn(path)));
    else files.push(path);
  }
  const distinct = [...new Map(files.map((path) => [resolve(path), path])).values()];
  const students = studentNames(distinct);
  return distinct
    .map((path, index) => ({ student: students[index], path }))
    .sort((a, b) => inOrder(a.student, b.student) || inOrder(a.path, b.path));
}

/** The JSON files in a folder. */
async function jsonFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder);
  const names = entries.filter((name) => /\.json$/i.test(name) && !/\.answers\.json$/i.test(name));
  if (names.length > 0) return names.map((name) => join(folder, name));
  throw new UserError({
    what: `${folder} has no JSON file in it`,
    expected: 'recordings of students, such as submissions/*.json',
    remedy: 'name the files; if each is in a folder of its own, write submissions/*/mine.json',
  });
}

/**
 * What tells files apart: "anna" of hand-in/anna.json; "anna" of hand-in/anna/mine.json where all files are called mine.json;
 * "anna/mine" and "bob/mine" where only some are.
 */
export function studentNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) =>
    resolve(path)
      .replace(/\.json$/i, '')
      .split(sep),
  );
  const last = new Set(parts.map((names) => names.at(-1)));
  const shown = paths.length > 1 && last.size === 1 ? parts.map((names) => names.slice(0, -1)) : parts;
  const names: string[] = [];
  let left = shown.map((_, index) => index);
  for (let length = 1; left.length > 0; length++) {
    const named = new Map<string, number[]>();
    for (const index of left) {
      const name = shown[index].slice(-length).join('/');
      named.set(comparableName(name), [...(named.get(comparableName(name)) ?? []), index]);
    }
    left = [];
    for (const same of named.values()) {
      const isLast = same.every((index) => length >= shown[index].length);
      if (same.length > 1 && !isLast) left.push(...same);
      else for (const index of same) names[index] = shown[index].slice(-length).join('/');
    }
  }
  return names;
}

/** A name as others are compared with it: é of one character and é of two are the same, and so are Anna and anna. */
export const comparableName = (name: string): string => name.normalize('NFC').toLowerCase();

/** The same order on every machine. */
const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
