import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { filesIn, sizeAndTime } from '../files/directories.ts';
import { codeOf } from '../files/errno.ts';
import { readRegularAtOnce } from '../files/regular-file.ts';
import { retryWhileBusy } from '../files/retry-while-busy.ts';
import { kinds, matchesBeginning } from './own-files.ts';

/** The content of a lease file: its name, the process that holds it, and the trials that the process is computing. */
export interface LeaseFile {
  readonly name: string;
  readonly pid: number;
  readonly host: string;
  readonly ids: readonly string[];
}

/** A lease without a sign of life for this many milliseconds belongs to a dead process. */
export const leaseTimeout = 30_000;

/** The largest lease in bytes. A thousand ids take a fifteenth of it. */
const largestLease = 2 ** 20;

export const leaseFolder = (directory: string): string => join(directory, 'leases');

interface SeenLease extends LeaseFile {
  /** The time of the last sign of life, by the file system's clock. */
  readonly time: number;
}

/** The leases in the folder: files with the name and the content of a lease. Other files are not ours. */
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
 * Reads a lease file or the lock; null for any other file. A damaged lease holds no trials, and is alive until it expires.
 * Errors: those of the system.
 */
export async function readLease(path: string): Promise<LeaseFile | null> {
  const bytes = await retryWhileBusy(async () => readRegularAtOnce(path, largestLease)).catch((error) => {
    if (['EISDIR', 'NOFILE', undefined].includes(codeOf(error))) return null;
    throw error;
  });
  if (bytes === null || !matchesBeginning(kinds.lease.begins, bytes)) return null;
  try {
    const { name, pid, host, ids } = JSON.parse(bytes.toString()) as LeaseFile;
    const isName = kinds.lease.name.test(name);
    if (isName && Number.isInteger(pid) && typeof host === 'string' && Array.isArray(ids))
      return { name, pid, host, ids };
  } catch {
    // Damaged.
  }
  return { name: '', pid: 0, host: '', ids: [] };
}

/** The time of a file's last change in milliseconds. Windows refuses it while another process replaces the file. */
export const timeOf = async (path: string): Promise<number> =>
  (await retryWhileBusy(() => sizeAndTime(path))).time;

/** The names of the living leases on a store, as seen by the process whose lease is `own`. */
export async function livingLeases(directory: string, own: string): Promise<Set<string>> {
  const folder = leaseFolder(directory);
  // The own lease may have been taken for dead, and be written again shortly.
  const now = await timeOf(join(folder, own)).catch(() => Date.now());
  return new Set((await leasesIn(folder)).filter((lease) => isAlive(lease, now)).map(({ name }) => name));
}

export function isAlive({ host, pid, time }: Omit<SeenLease, 'name'>, now: number): boolean {
  // A time in the future is wrong too: nobody gives a sign of life in advance.
  if (Math.abs(now - time) > leaseTimeout) return false;
  if (host !== thisHost()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** The name of this machine and, on Linux, of its process namespace: containers may share a host name. */
export function thisHost(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
