import { mkdtemp, open, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { reasonOf } from '../files/errno.ts';
import { removeDirectory } from '../files/until-free.ts';
import { checkOutputDirectory } from '../files/write-files.ts';
import type { Check } from './check.ts';

const mebibyte = 2 ** 20;

/** Whether finished trials can be kept: the directory, the room on its disk, and that fsync is not refused. */
export async function checkDisk(store: string): Promise<Check[]> {
  await checkOutputDirectory(store, '--store');
  const there = await nearest(resolve(store));
  return [
    { what: 'store', state: 'ok', found: `${store} can be written` },
    await room(there),
    await sync(there),
  ];
}

/** The directory, or the nearest above it that is there already. */
async function nearest(directory: string): Promise<string> {
  const found = await stat(directory).catch(() => null);
  return found !== null ? directory : nearest(dirname(directory));
}

async function room(directory: string): Promise<Check> {
  const { bavail, bsize } = await statfs(directory);
  const free = (bavail * bsize) / mebibyte;
  const what = 'free disk';
  const found = free >= 1024 ? `${(free / 1024).toFixed(1)} GiB` : `${Math.floor(free)} MiB`;
  if (free >= 1024) return { what, state: 'ok', found };
  const remedy = 'make room, or name a --store and an --out on another disk';
  return { what, state: free < 50 ? 'wrong' : 'warning', found, remedy };
}

async function sync(directory: string): Promise<Check> {
  const what = 'fsync';
  const folder = await mkdtemp(join(directory, '.doctor-'));
  try {
    const file = await open(join(folder, 'file'), 'w');
    await file.writeFile('x');
    await file.sync().finally(() => file.close());
    return { what, state: 'ok', found: 'the disk accepts it: a finished trial survives a power cut' };
  } catch (error) {
    const found = `refused: ${reasonOf(error)}`;
    const remedy = 'name a --store on a local disk: what is done might not survive a power cut here';
    return { what, state: 'warning', found, remedy };
  } finally {
    await removeDirectory(folder);
  }
}
