import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exitCodes, UserError } from '../errors.ts';
import { checkOutputDirectory, writeFiles } from './write-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-write-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function failure(action: Promise<unknown>): Promise<UserError> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('checkOutputDirectory', () => {
  test('accepts a directory that is there and leaves it as it was', async () => {
    await writeFile(join(folder, 'kept.csv'), 'x');
    await checkOutputDirectory(folder, '--out');
    expect(await readdir(folder)).toEqual(['kept.csv']);
  });

  test('accepts one that can be made, at any depth, and leaves nothing behind', async () => {
    await checkOutputDirectory(join(folder, 'a', 'b', 'c'), '--out');
    expect(await readdir(folder)).toEqual([]);
  });

  test('several checks of the same absent directory at once all pass', async () => {
    await Promise.all(Array.from({ length: 3 }, () => checkOutputDirectory(join(folder, 'a', 'b'), '--out')));
  });

  test('refuses a file in the way, as the directory and as its parent', async () => {
    await writeFile(join(folder, 'file'), 'x');
    for (const path of [join(folder, 'file'), join(folder, 'file', 'deeper', 'still')]) {
      const error = await failure(checkOutputDirectory(path, '--out'));
      expect(error.message).toMatch(
        /--out.*a file (is where a folder is needed|of this name exists already)/,
      );
      expect(error.parts.remedy).toContain('--out');
      expect(error.exitCode).toBe(exitCodes.usage);
    }
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('x');
  });

  test.each(['', '/dev/null/x', '/proc/no-such-place/x'])('refuses %j', async (path) => {
    const error = await failure(checkOutputDirectory(path, '--results'));
    expect(error.message).toContain('--results');
  });

  test('removes what it made before it met the obstacle', async () => {
    await failure(checkOutputDirectory(join(folder, 'a', 'b', 'n'.repeat(300)), '--out'));
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('writeFiles', () => {
  test('writes whole files, in folders too, over old ones, and leaves no others', async () => {
    const out = join(folder, 'out');
    const long = 'å'.repeat(500_000);
    await writeFiles(out, new Map([['trials.csv', 'a much longer old text']]));
    await writeFiles(
      out,
      new Map([
        ['trials.csv', 'new\n'],
        ['figures/a.svg', long],
        ['empty.csv', ''],
      ]),
    );
    expect((await readdir(out)).sort()).toEqual(['empty.csv', 'figures', 'trials.csv']);
    expect(await readdir(join(out, 'figures'))).toEqual(['a.svg']);
    expect(await readFile(join(out, 'trials.csv'), 'utf8')).toBe('new\n');
    expect(await readFile(join(out, 'figures', 'a.svg'), 'utf8')).toBe(long);
    expect(await readFile(join(out, 'empty.csv'), 'utf8')).toBe('');
  });

  test('removes what killed processes left, though nothing young and nothing else', async () => {
    const part = (name: string) => `${name}.${randomUUID()}.tmp`;
    const [dead, young, others] = [part('trials.csv'), part('trials.csv'), part('notes.txt')];
    const backup = 'trials.csv.20251126';
    // Nor a directory whose name is only like that of a test.
    await mkdir(join(folder, '.writable-by-all'));
    for (const name of [dead, young, others, backup]) await writeFile(join(folder, name), 'x');
    await mkdir(join(folder, '.writable-abcdef'));
    const old = new Date(Date.now() - 61_000);
    for (const name of [dead, others, backup, '.writable-abcdef', '.writable-by-all'])
      await utimes(join(folder, name), old, old);
    await writeFiles(folder, new Map([['trials.csv', 'new']]));
    expect((await readdir(folder)).sort()).toEqual(
      ['.writable-by-all', others, backup, 'trials.csv', young].sort(),
    );
  });

  test('judges what is left by the clock of the file system, not by its own', async () => {
    const realNow = Date.now;
    const name = `trials.csv.${randomUUID()}.tmp`;
    await writeFile(join(folder, name), 'of a living process');
    try {
      Date.now = () => realNow() + 3_600_000;
      await writeFiles(folder, new Map([['trials.csv', 'new']]));
    } finally {
      Date.now = realNow;
    }
    expect((await readdir(folder)).sort()).toEqual(['trials.csv', name].sort());
  });

  test('takes the place of a link; what the link names stays as it was', async () => {
    const [outside, dangling] = [join(folder, 'outside.txt'), join(folder, 'nowhere.txt')];
    await writeFile(outside, 'mine');
    await mkdir(join(folder, 'out'));
    await symlink(outside, join(folder, 'out', 'trials.csv'));
    await symlink(dangling, join(folder, 'out', 'curves.csv'));
    const names = ['trials.csv', 'curves.csv'];
    await writeFiles(join(folder, 'out'), new Map(names.map((name) => [name, 'new'])));
    expect(await readFile(outside, 'utf8')).toBe('mine');
    expect(existsSync(dangling)).toBe(false);
    for (const name of names) {
      expect((await lstat(join(folder, 'out', name))).isFile()).toBe(true);
      expect(await readFile(join(folder, 'out', name), 'utf8')).toBe('new');
    }
  });

  test('names the file that could not be written, and leaves no part of it', async () => {
    await mkdir(join(folder, 'trials.csv'));
    const error = await failure(writeFiles(folder, new Map([['trials.csv', 'x']])));
    expect(error.message).toContain(join(folder, 'trials.csv'));
    expect(error.exitCode).toBe(exitCodes.failed);
    expect(await readdir(folder)).toEqual(['trials.csv']);
  });

  test('puts nothing in place before everything could be made', async () => {
    await writeFiles(folder, new Map(['trials.csv', 'curves.csv'].map((name) => [name, 'old'])));
    async function* broken() {
      yield 'half of it';
      throw new Error('the record is gone');
    }
    const files = new Map<string, string | (() => AsyncIterable<string>)>([
      ['trials.csv', 'new'],
      ['curves.csv', broken],
    ]);
    await expect(writeFiles(folder, files)).rejects.toThrow('the record is gone');
    expect((await readdir(folder)).sort()).toEqual(['curves.csv', 'trials.csv']);
    expect(await readFile(join(folder, 'trials.csv'), 'utf8')).toBe('old');
  });

  test('names the directory that cannot be made', async () => {
    const error = await failure(writeFiles('/dev/null/out', new Map([['trials.csv', 'x']])));
    expect(error.message).toMatch(
      /\/dev\/null\/out.*a file (is where a folder is needed|of this name exists already)/,
    );
    expect(error.exitCode).toBe(exitCodes.failed);
  });
});

describe('a name that leaves the directory', () => {
  test.each(['../x', 'a/../../x', '/tmp/x', '..', '.', ''])(
    '%j is refused before anything is written',
    async (name) => {
      const directory = join(folder, 'inside');
      const files = new Map([
        ['good', 'text'],
        [name, 'text'],
      ]);
      await expect(writeFiles(directory, files)).rejects.toThrow('outside its folder');
      expect(existsSync(directory)).toBe(false);
    },
  );
});
