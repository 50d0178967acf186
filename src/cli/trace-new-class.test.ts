import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readExercise } from '../trace/read-exercise.ts';
import { readableJson } from '../trace/readable-json.ts';
import { answersTo, recordingContent } from '../trace/recording-content.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-new-class-'));
  await write('students.txt', 'anna\nbo ek\n');
});
afterAll(() => rm(directory, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(directory, name), text);
const text = (name: string) => readFile(join(directory, name), 'utf8');
const create = (...args: string[]) => callProgram(['trace', 'new', '--students', ...args], directory);

test('each student gets an exercise of their own, which is the same when the list grows', async () => {
  const { status, stderr } = await create('students.txt', '--hidden', '3', '--python');
  expect([status, stderr]).toEqual([0, expect.stringContaining('wrote exercises/: 2 exercises\n')]);
  expect(await readdir(join(directory, 'exercises'))).toEqual(['anna.json', 'bo ek.json', 'fys_trace.py']);
  expect(await readdir(join(directory, 'exercises.answers'))).toEqual([
    'anna.answers.json',
    'bo ek.answers.json',
  ]);
  const [anna, bo] = await Promise.all(
    ['anna', 'bo ek'].map((name) => readExercise(join(directory, `exercises/${name}.json`))),
  );
  expect(anna.id).not.toBe(bo.id);
  expect([anna.name, anna.x.shape, anna.layers.length]).toEqual(['anna', bo.x.shape, 2]);
  const before = await text('exercises/bo ek.json');
  await write('more.txt', 'aaron\nanna\nbo ek\n');
  const again = await create('more.txt', '--hidden', '3');
  expect([again.status, again.stderr]).toEqual([
    0,
    expect.stringContaining('1 exercise; 2 were there already'),
  ]);
  expect(await text('exercises/bo ek.json')).toBe(before);
});

test('a class is graded on these, and who hands in the exercise of another gets no points', async () => {
  expect(
    (await create('students.txt', '--out', 'given/', '--answers', 'none', '--name', 'Project 2')).status,
  ).toBe(0);
  await mkdir(join(directory, 'submissions'));
  for (const [student, from] of [
    ['anna', 'anna'],
    ['bo ek', 'anna'],
  ]) {
    const exercise = await readExercise(join(directory, `given/${from}.json`));
    expect(exercise.name).toBe(`Project 2: ${from}`);
    const recording = { ...answersTo(exercise), kind: 'recording' as const };
    await write(`submissions/${student}.json`, readableJson(recordingContent(recording)));
  }
  await write(
    'rubric.yaml',
    'exercises: given\ncriteria: [{ name: All, points: 4, quantities: [z, delta, kernel] }]\n',
  );
  const { status, stdout } = await callProgram(
    ['trace', 'grade', 'submissions', '--rubric', 'rubric.yaml', '--json'],
    directory,
  );
  expect(status).toBe(0);
  const [anna, bo] = JSON.parse(stdout).submissions;
  expect([anna.points, bo.points, bo.remark]).toEqual([4, 0, 'its exercise is that of anna']);
});

test.each([
  [['none.txt'], 'none.txt: there is no such file'],
  [['students.txt', '--out', 'class.json'], '--out is a folder'],
  [['students.txt', '--answers', 'all.json'], '--answers is a folder'],
  [['students.txt', '--out', 'same', '--answers', './same/'], 'the folder of the exercises'],
  [['students.txt', '--seed', '1,2'], '--seed has 2 values'],
  [
    ['students.txt', '--out', 'fixed', '--data-seed', '1', '--init-seed', '1', '--batch-seed', '1'],
    'are the same',
  ],
])('%j is refused, and nothing is written', async (args, message) => {
  const { status, stderr } = await create(...args);
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  for (const folder of ['same', 'fixed', 'class.json', 'all.json'])
    await expect(readdir(join(directory, folder))).rejects.toThrow('ENOENT');
});

test('a file of these names that is another one is left as it is', async () => {
  await mkdir(join(directory, 'mine'));
  await write('mine/anna.json', 'mine');
  const args = ['students.txt', '--out', 'mine', '--answers', 'none'];
  const { status, stderr } = await create(...args);
  expect([status, stderr]).toEqual([2, expect.stringContaining('mine/anna.json already exists')]);
  expect(await readdir(join(directory, 'mine'))).toEqual(['anna.json']);
  expect((await create(...args, '--force')).status).toBe(0);
  expect(await text('mine/anna.json')).toContain('fys-nn-trace/3');
});
