import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exerciseContent } from '../trace/exercise-content.ts';
import { idOfExercise } from '../trace/exercise-id.ts';
import { madeExercise } from '../trace/exercises.testing.ts';
import { readableJson } from '../trace/readable-json.ts';
import { callProgram } from './called.testing.ts';

const python = (cwd: string, ...args: string[]) =>
  spawnSync('python3', ['-B', ...args], { encoding: 'utf8', cwd });
const withNumPy = python('.', '-c', 'import numpy').status === 0 ? describe : describe.skip;

/** What students change in a program of examples/python, and the points that they get for it, criterion by criterion. */
const students: Readonly<
  Record<string, readonly [program: string, from: string, to: string, points: number[]]>
> = {
  'functions-right': ['backprop_functions.py', '', '', [2, 1, 3, 1]],
  'class-right': ['backprop_class.py', '', '', [2, 1, 3, 1]],
  'columns-without-loss': ['backprop_columns.py', '', '', [2, 0, 3, 1]],
  'loss-halved': [
    'backprop_functions.py',
    'return np.sum((predict - target) ** 2) / len(target)',
    'return np.sum((predict - target) ** 2) / 2 / len(target)',
    [2, 0, 3, 1],
  ],
  'no-derivative': [
    'backprop_functions.py',
    'dC_dz @ W.T * activation_ders[activations[i]](zs[i])',
    'dC_dz @ W.T',
    [2, 1, 2, 1],
  ],
  'bias-mean': [
    'backprop_functions.py',
    'dC_db = np.sum(dC_dz, axis=0)',
    'dC_db = np.mean(dC_dz, axis=0)',
    [2, 1, 2, 1],
  ],
  ascent: ['backprop_functions.py', '(W - eta * dC_dW,', '(W + eta * dC_dW,', [2, 1, 3, 0.5]],
  'no-deltas': ['backprop_functions.py', ', delta=dC_dz)', ')', [2, 1, 2, 1]],
  'no-training': ['backprop_functions.py', 'eta = trace.learning_rate', 'eta = 0', [2, 1, 3, 0]],
};

withNumPy('programs of students', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fys-nn-class-'));
    await mkdir(join(directory, 'submissions'));
    for (const name of ['fys_trace.py', 'backprop_functions.py', 'backprop_class.py', 'backprop_columns.py'])
      await cp(join('examples/python', name), join(directory, name));
    const made = madeExercise(['tanh', 'sigmoid', 'linear']);
    const exercise = { ...made, id: idOfExercise(made) };
    await writeFile(join(directory, 'exercise.json'), readableJson(exerciseContent(exercise)));
    await writeFile(
      join(directory, 'rubric.yaml'),
      `exercises: exercise.json
criteria:
  - { name: Forward, points: 2, quantities: [z, a] }
  - { name: Loss, points: 1, quantities: [loss] }
  - { name: Backward, points: 3, quantities: [delta, kernel_gradient, bias_gradient] }
  - { name: Update, points: 1, quantities: [kernel, bias] }
`,
    );
    for (const [name, [program, from, to]] of Object.entries(students)) {
      const code = await readFile(join(directory, program), 'utf8');
      expect(code).toContain(from);
      await writeFile(join(directory, `${name}.py`), code.replace(from, to));
      const { status, stderr } = python(directory, `${name}.py`, 'exercise.json', `submissions/${name}.json`);
      expect([stderr, status]).toEqual(['', 0]);
    }
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('get the points that their mistakes leave', async () => {
    const args = ['trace', 'grade', 'submissions', '--rubric', 'rubric.yaml', '--json'];
    const { status, stdout } = await callProgram(args, directory);
    expect(status).toBe(0);
    const graded = (
      JSON.parse(stdout).submissions as { student: string; criteria: { points: number }[] }[]
    ).map(({ student, criteria }) => [student, criteria.map(({ points }) => points)]);
    expect(Object.fromEntries(graded)).toEqual(
      Object.fromEntries(Object.entries(students).map(([name, [, , , points]]) => [name, points])),
    );
  });
});
