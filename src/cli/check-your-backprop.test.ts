import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pythonWith } from '../references/python.testing.ts';
import { differenceOf } from '../trace/difference.ts';
import { readRecording } from '../trace/read-recording.ts';
import { callProgram } from './called.testing.ts';

const example = resolve('examples/check-your-backprop');
const python = await pythonWith('numpy');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-guide-'));
});
afterAll(() => rm(folder, { recursive: true }));

test("the guide's command writes the exercise of its example", async () => {
  const guide = await readFile('docs/check-your-backprop.md', 'utf8');
  const command = /^npx fys-nn (trace new .*)$/m.exec(guide)![1];
  const { status } = await callProgram(command.split(' '), folder);
  expect(status).toBe(0);
  const [made, kept] = await Promise.all(
    [folder, example].map((place) => readFile(join(place, 'exercise.json'), 'utf8')),
  );
  expect(made).toBe(kept);
});

(python === null ? test.skip : test)("the guide's program records what its example has", async () => {
  execFileSync(python!, [join(example, 'update.py'), folder]);
  for (const name of ['mine.json', 'mine2.json', 'mine3.json']) {
    const [made, kept] = await Promise.all(
      [folder, example].map((place) => readRecording(join(place, name))),
    );
    made.steps.forEach((step, k) => {
      step.forEach((values, place) => {
        const other = kept.steps[k][place];
        if (values === null) expect(other).toBeNull();
        else expect(differenceOf(other!, values)).toBeLessThan(1e-12);
      });
    });
  }
});
