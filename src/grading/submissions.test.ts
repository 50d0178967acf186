import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed } from '../hostile.testing.ts';
import { comparableName, studentNames, submissionsAt } from './submissions.ts';

test.each([
  [
    ['in/anna.json', 'in/Bo Ek.json'],
    ['anna', 'Bo Ek'],
  ],
  [
    ['in/anna/mine.json', 'in/bob/mine.json'],
    ['anna', 'bob'],
  ],
  [
    ['1/in/anna/mine.json', '2/in/anna/mine.json', '2/in/bob/mine.json'],
    ['1/in/anna', '2/in/anna', 'bob'],
  ],
  [
    ['in/anna/mine.json', 'in/bob/mine.json', 'in/carl.json'],
    ['anna/mine', 'bob/mine', 'carl'],
  ],
  [
    ['a/Æsa.json', 'b/æsa.json'],
    ['a/Æsa', 'b/æsa'],
  ],
  [
    ['a/e\u0301.json', 'b/\u00e9.json', 'é x.JSON'],
    ['a/e\u0301', 'b/\u00e9', 'é x'],
  ],
  [['mine.json'], ['mine']],
  [
    ['=cmd.json', '..json'],
    ['=cmd', '.'],
  ],
])('the students of %j', (paths, students) => {
  expect(studentNames(paths)).toEqual(students);
});

test('different files have different students', () => {
  const part = fc.constantFrom('a', 'b', 'mine', 'é', 'x y');
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}.json`);
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 12 }), (paths) => {
      const names = studentNames(paths).map(comparableName);
      expect(new Set(names).size).toBe(paths.length);
      expect(names).not.toContain(undefined);
    }),
    { seed: fixedSeed },
  );
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-submissions-'));
  await mkdir(join(folder, 'in/dir.json'), { recursive: true });
  await mkdir(join(folder, 'none'));
  for (const name of ['b.json', 'a.json', 'a.answers.json', 'readme.md'])
    await writeFile(join(folder, 'in', name), '');
  await symlink('nowhere', join(folder, 'in/broken.json'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a folder stands for its JSON files, each file counts once, and their order does not depend on that of the arguments', async () => {
  const found = await submissionsAt([
    join(folder, 'in/b.json'),
    join(folder, 'in'),
    join(folder, 'gone.json'),
  ]);
  expect(found.map(({ student }) => student)).toEqual(['a', 'b', 'broken', 'dir', 'gone']);
});

test('a folder without any is refused', async () => {
  await expect(submissionsAt([join(folder, 'none')])).rejects.toThrow('submissions/*/mine.json');
});
