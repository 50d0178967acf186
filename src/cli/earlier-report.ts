import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';

/** A file that an option names, and how what the command wrote there earlier begins. */
export interface ReportFile {
  readonly path: string;
  readonly option: string;
  /** "fys-nn check" */
  readonly command: string;
  /** The first of them that an earlier report matches tells it from a user's file. */
  readonly starts: readonly RegExp[];
  /** A name of a file, for who names a folder. */
  readonly usual: string;
}

/** Refuses a folder, and a file that is not an earlier report of the command, which would be replaced. Errors: UserError. */
export async function checkReplaceable({ path, option, command, starts, usual }: ReportFile): Promise<void> {
  const entry = await stat(path).catch(() => null);
  if (entry === null || (entry.isFile() && entry.size === 0)) return;
  if (entry.isDirectory()) {
    throw new UserError({
      what: `${option} names a folder`,
      expected: 'a file to write',
      received: path,
      remedy: `name a file, such as ${join(path, usual)}`,
    });
  }
  const { readBytes } = await import('../files/lines.ts');
  const start = entry.isFile() ? readBytes(path, 0, 4096).toString() : '';
  if (starts.some((pattern) => pattern.test(start))) return;
  throw new UserError({
    what: `${option} names a file that ${command} did not write, and would replace it`,
    expected: 'a new file, or a report of an earlier run',
    received: path,
    remedy: 'name another file, or move this one away',
  });
}
