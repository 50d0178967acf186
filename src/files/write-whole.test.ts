import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Timer } from './timer.ts';
import { finalName, removeUnfinished, writeTemporary, writeWhole } from './write-whole.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-whole-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a file that waits to take its place shows that its process lives, and no longer once it is there', async () => {
  const beats = new Set<() => Promise<void>>();
  const timer: Timer = {
    now: () => 0,
    pause: async () => {},
    every: (_milliseconds, beat) => {
      beats.add(beat);
      return () => beats.delete(beat);
    },
  };
  const file = join(folder, 'trials.csv');
  const temporary = await writeTemporary(file, 'whole', timer);
  const [name] = await readdir(folder);
  await utimes(join(folder, name), 0, 0);
  for (const beat of beats) await beat();
  expect((await stat(join(folder, name))).mtimeMs).toBeGreaterThan(0);
  await temporary.replace();
  expect(beats.size).toBe(0);
  expect(await readdir(folder)).toEqual(['trials.csv']);
});

test('an interrupted command leaves no half-written file, and none that is not its own', async () => {
  const left = await writeTemporary(join(folder, 'left'), 'of a process that was killed');
  await removeUnfinished();
  await left.remove();
  await writeWhole(join(folder, 'done'), 'whole');
  let go = () => {};
  const writing = writeWhole(
    join(folder, 'new'),
    (async function* () {
      yield 'half';
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      yield 'the rest';
    })(),
  );
  while (!(await readdir(folder)).some((name) => finalName(name) === 'new'));
  await removeUnfinished();
  expect(await readdir(folder)).toEqual(['done']);
  go();
  await expect(writing).rejects.toThrow(/ENOENT/);
  expect(await readFile(join(folder, 'done'), 'utf8')).toBe('whole');
});
