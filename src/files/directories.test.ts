import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { filesIn, makeDirectory, syncDirectory } from './directories.ts';

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

test('of what a directory holds, regular files and links to such are found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-list-'));
  await writeFile(join(folder, 'b'), '');
  await mkdir(join(folder, 'folder'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await symlink('b', join(folder, 'a'));
  await symlink('folder', join(folder, 'to a folder'));
  await symlink('nowhere', join(folder, 'to nothing'));
  expect(await filesIn(folder)).toEqual(['a', 'b']);
  expect(await filesIn(join(folder, 'nowhere'))).toEqual([]);
  await expect(filesIn(join(folder, 'b'))).rejects.toThrow(/ENOTDIR/);
  await rm(folder, { recursive: true });
});
