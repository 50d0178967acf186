import { randomUUID } from 'node:crypto';
import { constants, readlinkSync } from 'node:fs';
import { copyFile, link, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.ts';
import { codeOf, makeDirectory, namesIn, sizeAndTime } from './disk.ts';
import { storeError } from './journal.ts';
import { readJsonFile } from './regular-file.ts';

/** What a process says in its lease file: who it is, and which trials it is about to compute. */
interface LeaseFile {
  readonly pid: number;
  readonly host: string;
  readonly ids: readonly string[];
}

export interface LeaseTimes {
  /** Milliseconds between two signs of life. */
  readonly heartbeat: number;
  /** A lease without a sign of life for so many milliseconds is a dead process's. */
  readonly limit: number;
}

const usualTimes: LeaseTimes = { heartbeat: 5_000, limit: 30_000 };

/** Bytes: a thousand ids have a fifteenth of it. */
const largestLease = 2 ** 20;

/** Milliseconds: a lock is held for a look at the store. */
const longestWait = 60_000;

/** The trials that this process has claimed in a store that it may share with others. */
export interface Lease {
  /**
   * Calls `choose` while nobody else chooses, with the trials that other living processes hold and how many those
   * processes are; holds what it returns.
   */
  claim(choose: (held: ReadonlySet<string>, others: number) => Promise<readonly string[]>): Promise<void>;
  /** Gives everything back. */
  end(): Promise<void>;
}

export const leaseFolder = (directory: string): string => join(directory, 'leases');

/**
 * Opens this process's lease on trials of a store: one small file, whose time of change is its sign of life.
 *
 * A lease whose process is gone (on this machine), or that has shown no sign of life for `limit`, counts no more. The
 * time is the file system's own, so clocks of several machines need not agree. Two processes never choose at once: a
 * lock on the store, held for milliseconds. A process that was asleep for longer than `limit` may compute what another
 * has taken over: then there are two equal records.
 */
export async function openLease(directory: string, times: LeaseTimes = usualTimes): Promise<Lease> {
  const folder = leaseFolder(directory);
  const name = `${randomUUID()}.json`;
  const path = join(folder, name);
  const here = { pid: process.pid, host: thisHost() };
  let mine: readonly string[] = [];
  let last: Promise<void> = Promise.resolve();
  /** A sign of life is a new file in place of the old, so that its time is the file system's. */
  const write = (): Promise<void> => {
    const written = last.then(async () => {
      const aside = `${path}.tmp`;
      await writeFile(aside, JSON.stringify({ ...here, ids: mine } satisfies LeaseFile));
      await rename(aside, path);
    });
    last = written.catch(() => {});
    return written;
  };
  const choosing = async (choose: Parameters<Lease['claim']>[0]): Promise<void> => {
    await write();
    await locked(directory, path, async () => {
      const { time: now } = await sizeAndTime(path);
      const others = (await leasesIn(folder)).filter((other) => other.name !== name);
      const living = others.filter((other) => isAlive(other, now, times.limit));
      for (const dead of others.filter((other) => !living.includes(other))) {
        // What cannot be removed counts no more either way.
        await rm(join(folder, dead.name), { force: true }).catch(() => {});
      }
      const held = new Set(living.flatMap(({ ids }) => ids));
      mine = await choose(held, living.length);
      await write();
    });
  };
  const naming = (error: unknown): never => {
    throw storeError(directory, error);
  };
  await makeDirectory(folder).then(write).catch(naming);
  // One that fails is noticed by the next claim.
  const beat = setInterval(() => void write().catch(() => {}), times.heartbeat);
  beat.unref();
  return {
    claim: (choose) => choosing(choose).catch(naming),
    end: async () => {
      clearInterval(beat);
      await last;
      await rm(path, { force: true }).catch(() => {});
    },
  };
}

interface SeenLease extends LeaseFile {
  readonly name: string;
  /** Of the last sign of life, by the file system's clock. */
  readonly time: number;
}

async function leasesIn(folder: string): Promise<SeenLease[]> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.json'));
  const read = async (name: string): Promise<SeenLease[]> => {
    try {
      const { time } = await sizeAndTime(join(folder, name));
      return [{ name, time, ...(await readLease(join(folder, name))) }];
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  };
  return (await Promise.all(names.map(read))).flat();
}

/** A damaged lease holds nothing, and is alive until its time is up. Errors: those of the system. */
async function readLease(path: string): Promise<LeaseFile> {
  try {
    const { pid, host, ids } = (await readJsonFile(path, largestLease)) as Partial<LeaseFile>;
    const known = Number.isInteger(pid) && typeof host === 'string' && Array.isArray(ids);
    if (known) return { pid: pid!, host, ids };
  } catch (error) {
    // Not JSON, not an object, no regular file or too large a one: damage.
    if (!['EISDIR', 'NOFILE', undefined].includes(codeOf(error))) throw error;
  }
  return { pid: 0, host: '', ids: [] };
}

function isAlive({ host, pid, time }: Omit<SeenLease, 'name'>, now: number, limit: number): boolean {
  if (now - time > limit) return false;
  if (host !== thisHost()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** This machine, and on Linux the space that process numbers are counted in: containers may share a name. */
function thisHost(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/**
 * Does something while no other process does so in the same store. Errors: a store that stays locked.
 *
 * The lock is a second name of the holder's lease file, so it says who holds it, from the moment it is there. That of a
 * dead process is moved away and looked at again: should another have been quicker, its lock is put back.
 */
async function locked<T>(directory: string, lease: string, action: () => Promise<T>): Promise<T> {
  const lock = join(directory, 'lock');
  const begun = performance.now();
  while (!(await takeLock(lease, lock))) {
    await removeIfDead(lock, (await sizeAndTime(lease)).time);
    if (performance.now() - begun > longestWait) throw stillLocked(directory);
    await new Promise((resolve) => setTimeout(resolve, 2 + 20 * waitShare()));
  }
  try {
    return await action();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lease: string, lock: string): Promise<boolean> {
  const taken = (error: unknown): boolean => {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  };
  try {
    await link(lease, lock);
    return true;
  } catch (error) {
    // A file system without second names.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? ''))
      return taken(error);
    return await copyFile(lease, lock, constants.COPYFILE_EXCL).then(() => true, taken);
  }
}

async function removeIfDead(lock: string, now: number): Promise<void> {
  const isDead = async (path: string) => {
    const { time } = await sizeAndTime(path);
    return !isAlive({ ...(await readLease(path)), time }, now, usualTimes.limit);
  };
  try {
    if (!(await isDead(lock))) return;
    const aside = `${lock}-${randomUUID()}`;
    await rename(lock, aside);
    if (!(await isDead(aside))) await link(aside, lock).catch(() => {});
    await rm(aside, { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** In [0, 1), so that those who wait do not all ask at once; it decides no result. */
const waitShare = (): number => (performance.now() * 1000) % 1;

function stillLocked(directory: string): UserError {
  return new UserError(
    {
      what: `another process keeps the trial store ${directory} locked`,
      expected: `the lock to be free within ${longestWait / 1000} s`,
      remedy: `end that process; if there is none, remove ${join(directory, 'lock')}`,
    },
    exitCodes.failed,
  );
}
