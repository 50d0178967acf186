import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './disk.ts';
import { forEachLine } from './lines.ts';

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

/** Notes failures down, each in a line. */
export async function noteFailure(directory: string, failure: FailureNote): Promise<void> {
  await appendFile(failuresFile(directory), `${JSON.stringify(failure)}\n`);
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
