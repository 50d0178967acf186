import { mkdtemp, open, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { reasonOf } from '../files/errno.ts';
import { removeDirectory } from '../files/retry-while-busy.ts';
import { checkOutputDirectory } from '../files/write-files.ts';
import type { Check } from './check.ts';

const mebibyte = 2 ** 20;

/** Checks that finished trials can be stored: the directory is writable, its disk has space, and fsync works. */
export async function checkDisk(store: string): Promise<Check[]> {
  await checkOutputDirectory(store, '--store');
  const directory = await nearestExisting(resolve(store));
  return [
    { what: 'store', state: 'ok', found: `${store} is writable` },
    await checkFreeSpace(directory),
    await checkFsync(directory),
  ];
}

/** The directory if it exists, otherwise its nearest parent that does. */
async function nearestExisting(directory: string): Promise<string> {
  const found = await stat(directory).catch(() => null);
  return found !== null ? directory : nearestExisting(dirname(directory));
}

async function checkFreeSpace(directory: string): Promise<Check> {
  const { bavail, bsize } = await statfs(directory);
  const free = (bavail * bsize) / mebibyte;
  const what = 'free disk';
  const found = free >= 1024 ? `${(free / 1024).toFixed(1)} GiB` : `${Math.floor(free)} MiB`;
  if (free >= 1024) return { what, state: 'ok', found };
  const remedy = 'free some space, or choose a --store and an --out on another disk';
  return { what, state: free < 50 ? 'wrong' : 'warning', found, remedy };
}

async function checkFsync(directory: string): Promise<Check> {
  const what = 'fsync';
  const folder = await mkdtemp(join(directory, '.doctor-'));
  try {
    const file = await open(join(folder, 'file'), 'w');
    await file.writeFile('x');
    await file.sync().finally(() => file.close());
    return { what, state: 'ok', found: 'works: a finished trial survives a power cut' };
  } catch (error) {
    const found = `refused: ${reasonOf(error)}`;
    const remedy = 'choose a --store on a local disk: here a finished trial may not survive a power cut';
    return { what, state: 'warning', found, remedy };
  } finally {
    await removeDirectory(folder);
  }
}
