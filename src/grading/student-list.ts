import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { readRegular } from '../files/regular-file.ts';
import { comparableName } from './submissions.ts';

/** The most students of one list, and bytes of its file. */
const most = 1000;
const largest = 2 ** 20;

/** Names that are also names of files on every disk, so that a submission is found by the name of its student. */
const goodName = /^[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N} ._+-]{0,58}[\p{L}\p{M}\p{N}_+-])?$/u;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Reads a list of students: a name in each line; empty lines, and those that begin with #, are left out. Errors: UserError
 * naming the line.
 */
export async function readStudents(path: string): Promise<string[]> {
  const expected = 'a text file with the name of one student in each line';
  const refuse = (what: string, received: unknown, remedy: string): UserError =>
    new UserError({ what, expected, ...(received === undefined ? {} : { received }), remedy });
  let text: string;
  try {
    text = await readRegular(path, largest);
  } catch (error) {
    throw refuse(`${path}: ${reasonOf(error)}`, undefined, 'name such a file');
  }
  const lines = new Map<string, number>();
  const names: string[] = [];
  for (const [index, line] of text.split(/\r\n|[\r\n]/).entries()) {
    const name = line.trim();
    if (name === '' || name.startsWith('#')) continue;
    const place = `${path}:${index + 1}`;
    if (!goodName.test(name) || reserved.test(name)) {
      const remedy =
        'write letters, digits, spaces and . _ + - alone, at most 60, beginning with a letter or a digit';
      throw refuse(`${place}: the name cannot be that of a file`, name, remedy);
    }
    const earlier = lines.get(comparableName(name));
    if (earlier !== undefined)
      throw refuse(
        `${place}: the name is that of line ${earlier}`,
        name,
        'give each student a name of their own',
      );
    lines.set(comparableName(name), index + 1);
    names.push(name);
  }
  if (names.length === 0) throw refuse(`${path} has no names`, undefined, 'write a name in each line');
  if (names.length > most)
    throw refuse(`${path} has ${names.length} names`, undefined, `at most ${most}: split the list`);
  return names;
}

/** The seed of a student's exercise. It follows from the name, so that a list can grow without changing what was given out. */
export function seedOfStudent(seed: number, student: string): number {
  return createHash('sha256')
    .update(`${seed}\n${comparableName(student)}`)
    .digest()
    .readUInt32BE();
}
