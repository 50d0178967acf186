import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileText, valueOrRefusal } from '../hostile.testing.ts';
import { readStudents, seedOfStudent } from './student-list.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-students-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (text: string) => {
  const path = join(folder, 'students.txt');
  await writeFile(path, text);
  return readStudents(path);
};

test('a name in each line; the file may be from any system', async () => {
  expect(await read('\ufeffanna\r\n# a comment\r\n\r\n  Bo Ek \rÆsa-1\n王')).toEqual([
    'anna',
    'Bo Ek',
    'Æsa-1',
    '王',
  ]);
});

describe('a mistake is named with its line', () => {
  test.each([
    ['anna\nbo/ek', 'students.txt:2: the name cannot be that of a file'],
    ['..', 'students.txt:1:'],
    ['anna,bo', 'students.txt:1:'],
    ['con', 'students.txt:1:'],
    ['anna\n\nAnna', 'students.txt:3: the name is that of line 1'],
    ['e\u0301\n\u00e9', 'students.txt:2: the name is that of line 1'],
    ['# nobody', 'has no names'],
    [Array.from({ length: 1001 }, (_, n) => `s${n}`).join('\n'), 'has 1001 names'],
  ])('mistake %#', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  test('any text is a list or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileText, { maxLength: 4 }), async (lines) => {
        await valueOrRefusal(() => read(lines.join('\n')));
      }),
      { seed: fixedSeed, numRuns: 200 },
    );
  });

  test('no such file', async () => {
    await expect(readStudents(join(folder, 'none'))).rejects.toThrow('no such file');
  });
});

test('a seed follows from the name and the seed of the class', () => {
  const seeds = ['anna', 'bo', 'Anna', 'e\u0301', '\u00e9'].map((name) => seedOfStudent(2026, name));
  expect(new Set(seeds).size).toBe(3);
  expect(seeds[0]).toBe(seeds[2]);
  expect(seedOfStudent(2027, 'anna')).not.toBe(seeds[0]);
});
