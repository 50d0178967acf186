import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readRubric } from '../grading/rubric.ts';
import { callProgram } from './called.testing.ts';

const folder = 'examples/backprop-grading';
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-classroom-'));
  await cp(folder, directory, { recursive: true });
});
afterAll(() => rm(directory, { recursive: true }));

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
  readonly with?: Record<string, string | number>;
}
const stepsOf = async (): Promise<Step[]> =>
  parse(await readFile(join(folder, 'classroom.yml'), 'utf8')).jobs.grade.steps;

test('the workflow has a step for each criterion, worth its points, and reports all of them', async () => {
  const { criteria } = await readRubric(join(folder, 'rubric.yaml'));
  const steps = await stepsOf();
  const graders = steps.filter(({ id }) => id !== undefined);
  expect(graders.map(({ with: given }) => [given!['test-name'], given!['max-score']])).toEqual(
    criteria.map(({ name, points }) => [name, points]),
  );
  const ids = graders.map(({ id }) => id!);
  const reporter = steps.at(-1)!;
  expect(reporter.with!.runners).toBe(ids.join());
  expect(reporter.env).toEqual(
    Object.fromEntries(
      ids.map((id) => [`${id.toUpperCase()}_RESULTS`, `\${{ steps.${id}.outputs.result }}`]),
    ),
  );
});

test.each([
  ['anna', [0, 0, 0, 0, 0]],
  ['bo', [0, 0, 3, 0, 0]],
  ['dag', [0, 0, 3, 3, 0]],
  ['erik', [3, 3, 3, 3, 3]],
])('its commands run on what %s recorded, and fail where points are missing', async (student, expected) => {
  await cp(join(directory, `submissions/${student}.json`), join(directory, 'mine.json'));
  const steps = await stepsOf();
  const run = async (command: string) => {
    const [npx, program, ...args] = command.split(' ');
    expect([npx, program]).toEqual(['npx', 'fys-nn']);
    return (await callProgram(args, directory)).status;
  };
  const shown = steps.filter((step) => step.run?.includes('fys-nn'));
  expect(await Promise.all(shown.map((step) => run(step.run!)))).toEqual([0]);
  const statuses = [];
  for (const { with: given } of steps) {
    if (typeof given?.command === 'string') statuses.push(await run(given.command));
  }
  expect(statuses).toEqual(expected);
});
