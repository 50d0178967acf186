import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exerciseContent } from '../trace/exercise-content.ts';
import { idOfExercise } from '../trace/exercise-id.ts';
import { madeExercise } from '../trace/exercises.testing.ts';
import { readableJson } from '../trace/readable-json.ts';
import { readGiven } from './given-exercises.ts';
import type { Rubric } from './rubric.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-given-'));
  await mkdir(join(folder, 'exercises'));
  const write = async (name: string, seed: number) => {
    const made = madeExercise(['linear'], {}, seed);
    const content = exerciseContent({ ...made, id: idOfExercise(made) });
    await writeFile(join(folder, name), readableJson(content));
  };
  await write('exercise.json', 1);
  await write('exercises/anna.json', 2);
  await write('exercises/bo.json', 3);
});
afterAll(() => rm(folder, { recursive: true }));

const ownersOf = async (exercises: string, students: string[]) => {
  const rubric: Rubric = {
    ...{ path: join(folder, 'rubric.yaml'), exercises, tolerance: null, consequences: 'full', criteria: [] },
    error: () => new Error('not in this test') as never,
  };
  return (await readGiven(rubric, students)).all.map(({ owner }) => owner);
};

test('exercises of a folder belong to the students that they are named after', async () => {
  expect(await ownersOf('exercises', ['anna', 'bo', 'cy'])).toEqual(['anna', 'bo']);
});

test('a single exercise belongs to everybody, also if a submission has its name', async () => {
  expect(await ownersOf('exercise.json', ['anna', 'exercise'])).toEqual([null]);
});
