// What this machine's disk takes for the operations of a store, in the program's own way to call them.
import { mkdtempSync, rmSync } from 'node:fs';
import { open, rename, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../pairs.js';

/** Median seconds of each operation. */
export async function measureDisk(repeats = 300) {
  const folder = mkdtempSync(join(tmpdir(), 'fys-nn-scale-'));
  const times = { create: [], append: [], sync: [], stat: [], rename: [], unlink: [] };
  const timed = async (name, run) => {
    const begun = performance.now();
    const result = await run();
    times[name].push((performance.now() - begun) / 1000);
    return result;
  };
  const line = Buffer.alloc(1000, 'x');
  for (let i = 0; i < repeats; i++) {
    const path = join(folder, `file-${i}`);
    const file = await timed('create', () => open(path, 'ax'));
    await timed('append', () => file.appendFile(line));
    await timed('sync', () => file.datasync());
    await file.close();
    await timed('stat', () => stat(path));
    await timed('rename', () => rename(path, `${path}.new`));
    await timed('unlink', () => unlink(`${path}.new`));
  }
  rmSync(folder, { recursive: true });
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}
