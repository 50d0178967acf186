import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, mutated, valueOrRefusal } from '../hostile.testing.ts';
import { exerciseFiles } from './exercise-files.ts';
import { maximumOf, readRubric } from './rubric.ts';
import { starterRubric } from './rubric-starter.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-rubric-'));
});
afterAll(() => rm(folder, { recursive: true }));

const written = async (text: string, name = 'rubric.yaml') => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const one = 'criteria: [{ name: Loss, points: 2, quantities: [loss] }]';

test('the starter is a rubric', async () => {
  const rubric = await readRubric(await written(starterRubric('rubric.yaml', 'schema.json')));
  expect(maximumOf(rubric.criteria)).toBe(10);
  expect(rubric.consequences).toBe('full');
  const uncommented = starterRubric('r', 's').replace(
    /^( *)# (steps:|tolerance:|- name| {2}points| {2}quant| {2}opt)/gm,
    '$1$2',
  );
  const more = await readRubric(await written(uncommented));
  expect([more.tolerance, more.criteria.at(-1)!.optional, maximumOf(more.criteria)]).toEqual([
    1e-4,
    true,
    10,
  ]);
  expect(more.criteria[4].steps).toBe('first');
});

describe('a mistake is named with its line', () => {
  test.each([
    ['exercises: e.json\ncriterions: []', 'rubric.yaml:2:1', 'did you mean criteria?'],
    ['exercises: e.json\ncriteria:\n  - name: a\n    point: 1', 'rubric.yaml:4:5', 'did you mean points?'],
    [
      'exercises: e.json\ncriteria:\n  - { name: a, points: 1, quantities: [deltas] }',
      'criteria.0.quantities.0',
      'did you mean delta?',
    ],
    [
      'exercises: e.json\ncriteria: [{ name: a, points: 1, quantities: [kernel-gradient] }]',
      ':2:',
      'did you mean kernel_gradient?',
    ],
    [
      'exercises: e.json\ncriteria: [{ name: a, points: 1, quantities: [z], layers: hiden }]',
      'layers',
      'did you mean hidden?',
    ],
    ['exercises: e.json\ncriteria: [{ name: a, points: 0, quantities: [z] }]', 'criteria.0.points', '>0'],
    ['exercises: e.json\ncriteria: [{ name: a, points: .inf, quantities: [z] }]', 'criteria.0.points', ''],
    ['exercises: e.json\ncriteria: [{ name: a, quantities: [z] }]', 'criteria.0.points', 'missing'],
    ['exercises: e.json\ncriteria: []', 'criteria', 'a list with >=1 items'],
    ['exercises: e.json', 'criteria', 'missing'],
    [one, 'exercises', 'missing'],
    [`exercises: 7\n${one}`, 'exercises', 'a file for each student'],
    [`exercises: []\n${one}`, 'exercises', ''],
    [`exercises: e.json\ntolerance: 0\n${one}`, 'tolerance', ''],
    [`exercises: e.json\nconsequences: ful\n${one}`, ':2:', 'did you mean full?'],
    [
      'exercises: e.json\ncriteria: [{ name: a, points: 1, quantities: [z, a, z] }]',
      'quantities.2',
      'each quantity once',
    ],
    [
      'exercises: e.json\ncriteria:\n- { name: a, points: 1, quantities: [z] }\n- { name: a, points: 1, quantities: [a] }',
      ':4:',
      'no other criterion',
    ],
    ['exercises: [', 'rubric.yaml:', 'YAML'],
    ['', 'empty', ''],
    ['hello', 'rubric.yaml:1:1', ''],
  ])('%j', async (text, place, remedy) => {
    const outcome = await valueOrRefusal(async () => readRubric(await written(text)));
    const { message } = (outcome as { refusal: Error }).refusal;
    expect(message).toContain(place);
    expect(message).toContain(remedy);
  });
});

test('a file with one part changed is a rubric or is refused', async () => {
  const good = {
    exercises: ['a.json'],
    tolerance: 1e-6,
    consequences: 'half',
    criteria: [
      { name: 'a', points: 1, quantities: ['z', 'a'], layers: 'hidden', steps: 'first', optional: true },
    ],
  };
  await fc.assert(
    fc.asyncProperty(mutated(good), async (value) => {
      await valueOrRefusal(async () =>
        readRubric(await written(JSON.stringify(value) ?? '', 'mutated.json')),
      );
    }),
    { seed: fixedSeed, numRuns: 200 },
  );
});

describe('the exercises of a rubric', () => {
  const filesOf = async (exercises: string) => {
    const rubric = await readRubric(await written(`exercises: ${exercises}\n${one}`));
    return exerciseFiles(rubric).map(({ path, student }) => [path.slice(folder.length + 1), student]);
  };
  beforeAll(async () => {
    await mkdir(join(folder, 'given [1] +'), { recursive: true });
    await mkdir(join(folder, 'given [1] +/folder.json'));
    await mkdir(join(folder, 'none'));
    for (const name of ['b.json', 'a.json', 'a.answers.json', 'notes.txt', 'ü 2.json'])
      await writeFile(join(folder, 'given [1] +', name), '{}');
  });

  const all = ['a.json', 'b.json', 'ü 2.json'].map((name) => [join('given [1] +', name), null]);
  test.each([
    ["'given [1] +'", all],
    ["'given [1] +/*.json'", all],
    ["'given [1] +/?.json'", all.slice(0, 2)],
    ["['given [1] +/b.json', 'given [1] +']", [all[1], all[0], all[2]]],
    ['given.json', [['given.json', null]]],
    [
      '{ anna: x/1.json, Bo Ek: 2.json }',
      [
        [join('x', '1.json'), 'anna'],
        ['2.json', 'Bo Ek'],
      ],
    ],
  ])('%s', async (exercises, expected) => {
    expect(await filesOf(exercises)).toEqual(expected);
  });

  test.each([
    ['none', 'at least one exercise'],
    ["'given [1] +/*.yaml'", 'at least one exercise'],
    ["'nowhere/*.json'", 'no such file or folder'],
    ["'*/a.json'", 'list the folders'],
    ['{}', 'at least one student'],
  ])('%s is refused', async (exercises, message) => {
    await expect(filesOf(exercises)).rejects.toThrow(message);
  });
});
