import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { filesIn, sizeAndTime } from '../files/directories.ts';
import { codeOf } from '../files/errno.ts';
import { readRegularAtOnce } from '../files/regular-file.ts';
import { untilFree } from '../files/until-free.ts';
import { beginsLike, kinds } from './own-files.ts';

/** What a process says in its lease file: which file that is, who it is, and which trials it is about to compute. */
export interface LeaseFile {
  readonly name: string;
  readonly pid: number;
  readonly host: string;
  readonly ids: readonly string[];
}

/** A lease without a sign of life for so many milliseconds is a dead process's. */
export const limit = 30_000;

/** Bytes: a thousand ids have a fifteenth of it. */
const largestLease = 2 ** 20;

export const leaseFolder = (directory: string): string => join(directory, 'leases');

interface SeenLease extends LeaseFile {
  /** Of the last sign of life, by the file system's clock. */
  readonly time: number;
}

/** The leases in the folder: files with the name and the content of one. What else is there is someone else's. */
export async function leasesIn(folder: string): Promise<SeenLease[]> {
  const names = (await filesIn(folder)).filter((name) => kinds.lease.name.test(name));
  const read = async (name: string): Promise<SeenLease[]> => {
    try {
      const time = await timeOf(join(folder, name));
      const lease = await readLease(join(folder, name));
      return lease === null || ![name, ''].includes(lease.name) ? [] : [{ ...lease, name, time }];
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  };
  return (await Promise.all(names.map(read))).flat();
}

/**
 * What is in a lease file, or in the lock; null for a file that is neither. A damaged one holds nothing, and is alive
 * until its time is up. Errors: those of the system.
 */
export async function readLease(path: string): Promise<LeaseFile | null> {
  const bytes = await untilFree(async () => readRegularAtOnce(path, largestLease)).catch((error) => {
    if (['EISDIR', 'NOFILE', undefined].includes(codeOf(error))) return null;
    throw error;
  });
  if (bytes === null || !beginsLike(kinds.lease.begins, bytes)) return null;
  try {
    const { name, pid, host, ids } = JSON.parse(bytes.toString()) as LeaseFile;
    const isName = kinds.lease.name.test(name);
    if (isName && Number.isInteger(pid) && typeof host === 'string' && Array.isArray(ids))
      return { name, pid, host, ids };
  } catch {
    // Not whole.
  }
  return { name: '', pid: 0, host: '', ids: [] };
}

/** Of the last change, in milliseconds. Windows refuses to look at a file while another process replaces it. */
export const timeOf = async (path: string): Promise<number> =>
  (await untilFree(() => sizeAndTime(path))).time;

export function isAlive({ host, pid, time }: Omit<SeenLease, 'name'>, now: number): boolean {
  // A time to come is a wrong one: no sign of life is given in advance.
  if (Math.abs(now - time) > limit) return false;
  if (host !== thisHost()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** This machine, and on Linux the space that process numbers are counted in: containers may share a name. */
export function thisHost(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
