import { join } from 'node:path';
import { codeOf } from '../files/disk.ts';
import { forEachLine } from '../files/lines.ts';
import { openToAppend } from '../files/regular-file.ts';

/** A trial that failed, as kept beside the records: it never counts as done, and the next run tries it again. */
export interface FailureNote {
  readonly id: string;
  /** In ISO 8601. */
  readonly at: string;
  /** How often it was tried. */
  readonly attempts: number;
  readonly reason: string;
}

export const failuresFile = (directory: string): string => join(directory, 'failures.jsonl');

/** Notes a failure down, in a line of its own. */
export async function noteFailure(directory: string, failure: FailureNote): Promise<void> {
  const file = await openToAppend(failuresFile(directory));
  try {
    await file.appendFile(`${JSON.stringify(failure)}\n`);
  } finally {
    await file.close();
  }
}

/** The last failure of each trial; lines that are no failures are left out. */
export async function readFailures(directory: string): Promise<Map<string, FailureNote>> {
  const failures = new Map<string, FailureNote>();
  const take = (line: Buffer): void => {
    try {
      const failure = JSON.parse(line.toString()) as FailureNote;
      if (typeof failure.id === 'string' && typeof failure.reason === 'string')
        failures.set(failure.id, failure);
    } catch {
      // torn
    }
  };
  await forEachLine(failuresFile(directory), 0, take).catch((error) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
  return failures;
}
