import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { forEachLine, readBytes } from '../files/lines.ts';
import { openToAppend } from '../files/regular-file.ts';
import { removeFile } from '../files/retry-while-busy.ts';
import { writeWhole } from '../files/write-whole.ts';
import { hashOfId, idOfHash } from '../trial/id.ts';
import { isOwn, kinds } from './own-files.ts';

/** A failed trial, stored next to the records. It never counts as done, and the next run tries it again. */
export interface FailureNote {
  readonly id: string;
  /** In ISO 8601. */
  readonly at: string;
  /** How many times it was tried. */
  readonly attempts: number;
  readonly reason: string;
}

const failuresFile = (directory: string): string => join(directory, 'failures.jsonl');

const isOurs = (directory: string): boolean =>
  isOwn(kinds.failures, directory, basename(failuresFile(directory)));

/** A failure as a line, which begins with the hash of the id. */
const lineOf = ({ id, ...failure }: FailureNote): string =>
  `${JSON.stringify({ id: hashOfId(id), ...failure })}\n`;

/** Appends a failure as a line, unless the file of that name is not ours. */
export async function noteFailure(directory: string, failure: FailureNote): Promise<void> {
  const path = failuresFile(directory);
  if (existsSync(path)) {
    if (!isOurs(directory)) return;
    // A kill has left the beginning of the first line, by which the file could not be recognised any more.
    if (statSync(path).size < kinds.failures.begins.length) await removeFile(path);
  }
  const file = await openToAppend(path);
  try {
    const { size } = await file.stat();
    const isTorn = size > 0 && readBytes(path, size - 1, 1).toString() !== '\n';
    await file.appendFile(`${isTorn ? '\n' : ''}${lineOf(failure)}`);
  } finally {
    await file.close();
  }
}

/** The last failure of each trial; other lines are skipped. */
export async function readFailures(directory: string): Promise<Map<string, FailureNote>> {
  const failures = new Map<string, FailureNote>();
  if (!isOurs(directory)) return failures;
  const take = (line: Buffer): void => {
    try {
      const { id: hash, ...failure } = JSON.parse(line.toString()) as FailureNote;
      if (typeof hash !== 'string' || typeof failure.reason !== 'string') return;
      failures.set(idOfHash(hash), { ...failure, id: idOfHash(hash) });
    } catch {
      // A torn line.
    }
  };
  await forEachLine(failuresFile(directory), 0, take);
  return failures;
}

/** Keeps only the failures of trials that still have no record. */
export async function forgetFailures(
  directory: string,
  records: ReadonlyMap<string, unknown>,
): Promise<void> {
  const path = failuresFile(directory);
  if (!isOurs(directory)) return;
  const failures = [...(await readFailures(directory)).values()].filter(({ id }) => !records.has(id));
  if (failures.length === 0) await removeFile(path);
  else await writeWhole(path, failures.map(lineOf).join(''));
}
