import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pythonWith } from '../references/python.testing.ts';
import type { Exercise } from './exercise.ts';
import { exerciseContent } from './exercise-content.ts';
import { idOfExercise } from './exercise-id.ts';
import { madeExercise } from './exercises.testing.ts';
import { placesOf } from './quantities.ts';
import { readRecording } from './read-recording.ts';
import { readableJson } from './readable-json.ts';
import { answersTo, recordingContent } from './recording-content.ts';

// examples/python/fys_trace.py: what it says to a student whose program records something wrong, and what it writes.

const module = fileURLToPath(new URL('../../examples/python/fys_trace.py', import.meta.url));
const run = promisify(execFile);
const interpreter = await pythonWith('numpy');
const testHere = interpreter === null ? test.skip : test;

const made = madeExercise(['tanh', 'linear'], { optimizer: { name: 'adam' } });
const exercise: Exercise = { ...made, id: idOfExercise(made) };
const places = placesOf(exercise);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-module-'));
  await writeFile(join(folder, 'exercise.json'), readableJson(exerciseContent(exercise)));
  await writeFile(join(folder, 'answers.json'), readableJson(recordingContent(answersTo(exercise))));
  await writeFile(join(folder, 'damaged.json'), '{"format": "fys-nn-trace/3", "kind": "exercise"}');
  await writeFile(join(folder, 'text.json'), 'no JSON');
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a student's program in the folder; gives what it printed. */
async function student(program: string): Promise<string> {
  const lines = [
    'import numpy as np',
    'from fys_trace import load',
    "trace = load('exercise.json')",
    program,
  ];
  const env = { ...process.env, PYTHONPATH: dirname(module), PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await run(interpreter!, ['-c', lines.join('\n')], { cwd: folder, env });
  return stdout;
}

const mistakes: [program: string, message: string | RegExp][] = [
  ['trace.record(2, z=1.0)', 'There is no layer 2. Layers count from 0'],
  ['trace.record(-1, z=1.0)', 'There is no layer -1'],
  ["trace.record('z', a=1.0)", "record('z', ...): the first argument is the number of a layer, from 0 to 1"],
  ['trace.record(np.ones(3))', /record\(array.*the first argument is the number of a layer/],
  ['trace.record(0, kernel_gradent=1.0)', 'Did you mean kernel_gradient?'],
  ['trace.record(0, deltas=1.0)', 'Did you mean delta?'],
  ['trace.record(0, kernel_v=1.0)', 'Adam keeps m and s for each weight'],
  ['trace.record(0, loss=1.0)', 'loss belongs to the whole step: trace.record(loss=...)'],
  ['trace.record(z=1.0)', 'z belongs to a layer: say which one, as in trace.record(0, z=...)'],
  ['trace.record(0, z=1.0)\ntrace.record(0, z=1.0)', 'z of layer 0 is recorded twice in step 0'],
  ['trace.record(0, z=None)', 'z of layer 0 in step 0 is None: it is not computed yet'],
  ["trace.record(0, z='many')", "z of layer 0 in step 0 is not numbers but 'many'"],
  ['trace.record(0, z=[[1, 2], [3]])', 'z of layer 0 in step 0 is not numbers'],
  ['trace.record(0, z=np.ones(2) * 1j)', 'Record an array of real numbers'],
  ["trace.write('mine.json')", 'Nothing is recorded'],
  ["trace.record(loss=1)\ntrace.write('mine.json')", 'Step 0 has not ended: call trace.end_step()'],
  [
    "trace.record(loss=1)\ntrace.end_step()\ntrace.write('late.json')\ntrace.record(loss=1)",
    'record() after write(): late.json is written already',
  ],
  [
    "import fys_trace\nfys_trace.LARGEST = 1 << 20\ntrace.record(0, z=np.full(60000, 0.1 + 0.2))\ntrace.end_step()\ntrace.write('mine.json')",
    'The recording has 1 MiB, and fys-nn reads at most 1: record fewer steps or quantities',
  ],
  ['for _ in range(7): trace.end_step()', 'more often than the exercise has steps (6)'],
  [
    'for _ in range(6): trace.end_step()\ntrace.record(loss=1)',
    'The exercise has 6 steps, and all have ended',
  ],
  ["load('answers.json')", "answers.json is not an exercise but has the kind 'answers'"],
  ["load('absent.json')", 'absent.json cannot be read'],
  ["load('text.json')", 'text.json is not JSON'],
  ["load('damaged.json')", 'damaged.json is incomplete or damaged'],
  ["load('exercise.json', kernel='units-first')", "kernel='units-first': give 'in-out' or 'out-in'"],
  [
    "trace.record(loss=1)\ntrace.end_step()\ntrace.write('absent/mine.json')",
    'absent/mine.json cannot be written',
  ],
];

describe('a mistake in recording', () => {
  let answers: string[] = [];
  beforeAll(async () => {
    if (interpreter === null) return;
    const indented = (program: string) => program.replaceAll('\n', '\n    ');
    const tries = mistakes.map(
      ([program]) => `trace = load('exercise.json')
try:
    ${indented(program)}
    print('no error')
except TraceError as error:
    print(str(error).replace(chr(10), ' '))`,
    );
    answers = (await student(['from fys_trace import TraceError', ...tries].join('\n'))).split('\n');
  }, 60_000);

  testHere.each(mistakes.map(([program, message], index) => ({ program, message, index })))(
    '$program',
    ({ message, index }) => {
      if (typeof message === 'string') expect(answers[index]).toContain(message);
      else expect(answers[index]).toMatch(message);
    },
  );

  testHere('leaves no file behind', async () => {
    expect((await readdir(folder)).filter((name) => /mine|part/.test(name))).toEqual([]);
  });
});

describe('what is recorded', () => {
  testHere('is a copy, has all digits of float32, and may have any shape', async () => {
    await student(`
z = np.full((4, 5), 0.1, dtype=np.float32)
trace.record(0, z=z, a=[[1, 2, 3]])
z += 1
trace.record(1, z=np.ones((4, 2)))
trace.end_step()
trace.end_step()
trace.record(loss=np.array([[0.25]]))
trace.end_step()
trace.write('copied.json', program='mine "and" yours')`);
    const { program, steps } = await readRecording(join(folder, 'copied.json'));
    expect(program).toBe('mine "and" yours');
    const at = (step: number, layer: number | null, name: string) =>
      steps[step][places.findIndex((place) => place.layer === layer && place.quantity === name)];
    expect(at(0, 0, 'z')!.values).toEqual(new Float64Array(20).fill(Math.fround(0.1)));
    expect(at(0, 0, 'a')!.shape).toEqual([1, 3]);
    expect(at(2, null, 'loss')!.values[0]).toBe(0.25);
    expect(steps[1].every((array) => array === null)).toBe(true);
  });

  testHere('can be in another layout than the exercise, which stays the same', async () => {
    await student(`
trace = load('exercise.json', kernel='out-in', batch='last')
assert trace.x.shape == (3, 11) and trace.layers[0].kernel.shape == (5, 3)
trace.record(0, kernel=trace.layers[0].kernel)
trace.record(x=trace.x[:, trace.epochs[0][0]])
trace.end_step()
trace.write('turned.json')`);
    const recording = await readRecording(join(folder, 'turned.json'));
    expect(recording.exercise.id).toBe(exercise.id);
    expect(recording.exercise.layout).toEqual({ kernel: 'out-in', batch: 'last' });
    const kernel = places.findIndex(({ layer, quantity }) => layer === 0 && quantity === 'kernel');
    expect(recording.steps[0][kernel]).toEqual(exercise.layers[0].kernel);
  });

  testHere('initial weights are copies', async () => {
    expect(
      await student(`
kernel = trace.layers[0].kernel
kernel += 1
print(np.max(np.abs(kernel - trace.layers[0].kernel - 1)) < 1e-15)`),
    ).toBe('True\n');
  });
});

testHere('the examples are Python 3.8', async () => {
  const program = `
import ast, glob
for path in glob.glob('examples/python/*.py'):
    ast.parse(open(path, encoding='utf-8').read(), path, feature_version=(3, 8))`;
  await run(interpreter!, ['-c', program]);
});

testHere('the summary says what there is to program', async () => {
  const { stdout } = await run(interpreter!, [module, join(folder, 'exercise.json')]);
  expect(stdout).toContain('a network 3-5-2');
  expect(stdout).toContain('x (11, 3), y (11, 2)');
  expect(stdout).toContain('z = a_before @ kernel + bias');
  expect(stdout).toContain('tanh: f(z) = tanh(z)');
  expect(stdout).toContain('C = 1/N sum_n sum_p (a - y)^2');
  expect(stdout).toContain('m <- beta1*m + (1 - beta1)*g');
  expect(stdout).toContain('beta1 = 0.9, beta2 = 0.999, epsilon = 1e-08');
  expect(stdout).toContain('2 epochs of 3 steps, with 4, 4, 3 rows');
});
