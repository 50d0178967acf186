import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../errors.ts';
import type { TaskEnd } from './parse.ts';

/** Bytes and lines of a log that are shown. */
const tailBytes = 8192;
const tailLines = 5;

/** States of which the log says nothing more. */
const plain = new Set(['TIMEOUT', 'PREEMPTED', 'NODE_FAIL', 'CANCELLED', 'BOOT_FAIL', 'DEADLINE']);

/** What states mean where their names do not say it. */
const meanings: Readonly<Record<string, string>> = {
  TIMEOUT: 'reached its time limit',
  PREEMPTED: 'was preempted',
  NODE_FAIL: 'lost its node',
  CANCELLED: 'was cancelled',
  OUT_OF_MEMORY: 'needed more memory than it was given by {slurmMem} or the cluster',
};

export const logOf = (folder: string, job: string): string => join(folder, 'logs', `${job}.log`);

/** "was cancelled on n1", "ended on n2 as FAILED with exit status 1", "ended": as much as Slurm tells. */
export function describeEnd(end: TaskEnd | undefined, node: string): string {
  const where = end?.node || node;
  const on = where === '' || where === 'None assigned' ? '' : ` on ${printable(where)}`;
  if (end === undefined) return `ended${on}`;
  const meaning = meanings[end.state];
  if (meaning !== undefined) return `${meaning}${on}`;
  if (end.state === 'FAILED' && end.exitCode === '0:53')
    return `could not be started${on}: Slurm cannot open its log`;
  const [status, signal] = end.exitCode.split(':').map(Number);
  const how = signal > 0 ? ` by signal ${signal}` : status > 0 ? ` with exit status ${status}` : '';
  return `ended${on} as ${printable(end.state)}${how}`;
}

/** The last lines of a task's log; none if it has no log, or if how it ended says all. */
export async function lastLines(path: string, end: TaskEnd | undefined): Promise<string[]> {
  if (end !== undefined && plain.has(end.state)) return [];
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.min(size, tailBytes));
      await file.read(buffer, 0, buffer.length, size - buffer.length);
      const lines = buffer
        .toString()
        .split('\n')
        .filter((line) => line.trim() !== '');
      return lines.slice(-tailLines).map((line) => printable(line).slice(0, 300));
    } finally {
      await file.close();
    }
  } catch {
    return [];
  }
}
