import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { UserError } from '../errors.ts';
import { storeError } from '../store/journal.ts';
import { makeDirectory, syncDirectory, writeAside } from './disk.ts';
import { forEachLine, linesAt } from './lines.ts';

test.each([
  ['ENOSPC', /disk is full/, 1],
  ['EDQUOT', /quota/, 1],
  ['EIO', /input\/output error/, 1],
  ['EFBIG', /no file may grow/, 1],
  ['ENOENT', /no such file or directory/, 1],
  ['EROFS', /read-only/, 2],
  ['EACCES', /permission denied/, 2],
])('%s is said in words', (code, words, exitCode) => {
  const error = storeError('the/store', Object.assign(new Error(`${code}: x`), { code })) as UserError;
  expect(error.message).toMatch(words);
  expect(error.message).toContain('the/store');
  expect(error.exitCode).toBe(exitCode);
});

test('a file system that cannot sync directories is no error; a directory that is not there is one', async () => {
  if (existsSync('/proc/self')) await syncDirectory('/proc');
  await expect(syncDirectory(join(tmpdir(), 'fys-nn-nowhere'))).rejects.toThrow(/ENOENT/);
});

test('directories are made with all above them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-disk-'));
  await makeDirectory(join(folder, 'a', 'b', 'c'));
  await makeDirectory(join(folder, 'a', 'b', 'c'));
  expect((await stat(join(folder, 'a', 'b', 'c'))).isDirectory()).toBe(true);
  await writeFile(join(folder, 'file'), '');
  await expect(makeDirectory(join(folder, 'file', 'below'))).rejects.toThrow(/ENOTDIR/);
  await rm(folder, { recursive: true });
});

test('lines of any length are found, from any byte on, and no torn one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-lines-'));
  const file = join(folder, 'lines');
  const lines = ['first', '', 'x'.repeat(9 * 2 ** 20), 'øre', 'y'.repeat(5 * 2 ** 20), 'last'];
  await writeFile(file, `${lines.join('\n')}\ntorn`);
  const found: [number, number, string][] = [];
  const end = await forEachLine(file, 0, (line, offset) => {
    found.push([offset, line.length, line.toString('utf8', 0, 5)]);
  });
  let offset = 0;
  const expected = lines.map((line) => {
    const bytes = Buffer.byteLength(line);
    offset += bytes + 1;
    return [offset - bytes - 1, bytes, line.slice(0, 5)];
  });
  expect(found).toEqual(expected);
  expect(end).toBe(offset);
  const rest: number[] = [];
  await forEachLine(file, found[3][0], (_line, at) => rest.push(at));
  expect(rest).toEqual(found.slice(3).map(([at]) => at));
  const pieces: Buffer[] = [];
  const wanted = new Set([found[0][0], found[3][0], found[4][0]]);
  for await (const piece of linesAt(file, (at) => wanted.has(at))) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe(`first\nøre\n${lines[4]}\n`);
  await rm(folder, { recursive: true });
});

test('a file that waits to take its place is no dead one: its time goes on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-aside-'));
  const file = join(folder, 'trials.csv');
  const aside = await writeAside(file, 'whole', 5);
  const [name] = await readdir(folder);
  const old = new Date(Date.now() - 61_000);
  await utimes(join(folder, name), old, old);
  while ((await stat(join(folder, name))).mtimeMs < Date.now() - 60_000) await sleep(5);
  await aside.replace();
  await utimes(file, old, old);
  await sleep(50);
  expect((await stat(file)).mtimeMs).toBeCloseTo(old.getTime(), -1);
  expect(await readdir(folder)).toEqual(['trials.csv']);
  await rm(folder, { recursive: true });
});
