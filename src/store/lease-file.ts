import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { filesIn } from '../files/directories.ts';
import { codeOf, isGone } from '../files/errno.ts';
import { readWithFacts } from '../files/regular-file.ts';
import { retryWhileBusy } from '../files/retry-while-busy.ts';
import { kinds, matchesBeginning } from './own-files.ts';

/** The content of a lease file: its name, the process that holds it, and the trials that the process is computing. */
export interface LeaseFile {
  readonly name: string;
  readonly pid: number;
  readonly host: string;
  readonly ids: readonly string[];
  /** How many signs of life the process has given. */
  readonly beat?: number;
}

/** The largest lease in bytes. A thousand ids take a fifteenth of it. */
const largestLease = 2 ** 20;

export const leaseFolder = (directory: string): string => join(directory, 'leases');

/** A lease file as this process has seen it. */
export interface SeenLease extends LeaseFile {
  /** Changes with every sign of life. */
  readonly sign: string;
  /** When the file was last changed, in milliseconds. Its file system's clock may be another than this machine's. */
  readonly time: number;
}

/** The leases in the folder: files with the name and the content of a lease. Other files are not ours. */
export async function leasesIn(folder: string): Promise<SeenLease[]> {
  const names = (await filesIn(folder)).filter((name) => kinds.lease.name.test(name));
  const read = async (name: string): Promise<SeenLease[]> => {
    try {
      const lease = await readLease(join(folder, name));
      return lease === null || ![name, ''].includes(lease.name) ? [] : [{ ...lease, name }];
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  };
  return (await Promise.all(names.map(read))).flat();
}

/**
 * Reads a lease file or the lock; null for any other file. A damaged lease has no name and holds no trials. Errors: those of
 * the system.
 */
export async function readLease(path: string): Promise<SeenLease | null> {
  const look = () => retryWhileBusy(async () => readWithFacts(path, largestLease));
  // Another machine may replace it while it is read; NFS then refuses to read on.
  const lookAgain = (error: unknown) => {
    if (codeOf(error) === 'ESTALE') return look();
    throw error;
  };
  const file = await look()
    .catch(lookAgain)
    .catch((error) => {
      if (['EISDIR', 'NOFILE', undefined].includes(codeOf(error))) return null;
      throw error;
    });
  if (file === null || !matchesBeginning(kinds.lease.begins, file.bytes)) return null;
  const { ino, mtimeMs } = file.found;
  const seen = (lease: LeaseFile): SeenLease => ({
    ...lease,
    sign: `${ino} ${mtimeMs} ${lease.beat ?? ''}`,
    time: mtimeMs,
  });
  try {
    const { name, pid, host, ids, beat } = JSON.parse(file.bytes.toString()) as LeaseFile;
    const isName = kinds.lease.name.test(name);
    if (isName && Number.isInteger(pid) && typeof host === 'string' && Array.isArray(ids))
      return seen({ name, pid, host, ids, ...(typeof beat === 'number' ? { beat } : {}) });
  } catch {
    // Damaged.
  }
  return seen({ name: '', pid: 0, host: '', ids: [] });
}

/** Whether the process of a lease is gone, which can only be known on its own machine. */
export function isProcessGone({ host, pid }: LeaseFile): boolean {
  if (host !== thisHost()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/**
 * What no two machines share: the name of this one and, on Linux, the number of its present boot and of its process
 * namespace. Containers and copied machines often have the same name, and the first namespace has the same number everywhere.
 */
export const thisHost = (): string => (host ??= describeHost());
let host: string | null = null;

function describeHost(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
