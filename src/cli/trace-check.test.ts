import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { printableText } from '../errors.ts';
import type { Exercise } from '../trace/exercise.ts';
import { idOfExercise } from '../trace/exercise-id.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { map, multiply } from '../trace/number-array.ts';
import { placesOf } from '../trace/quantities.ts';
import { readableJson } from '../trace/readable-json.ts';
import { recordingContent } from '../trace/recording-content.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Rules } from '../trace/rules.ts';
import { callProgram } from './called.testing.ts';

const withId = (made: Exercise): Exercise => ({ ...made, id: idOfExercise(made) });
const exercise = withId(madeExercise());
const turned = withId(madeExercise(['relu', 'linear'], { layout: { kernel: 'out-in', batch: 'last' } }, 3));
const twice = (right: Rules): Rules => ({
  ...right,
  hiddenDelta: (step, layer) => multiply(right.hiddenDelta(step, layer), step.rules.derivative(step, layer)),
});

let folder: string;
const write = (name: string, of: Exercise, rules = rightRules(of), quantities?: string[]) =>
  writeFile(join(folder, name), readableJson(recordingContent(recordingOf(of, rules, quantities))));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-trace-check-'));
  await write('right.json', exercise);
  await write('right in columns.json', turned);
  await write('wrong.json', exercise, twice(rightRules(exercise)));
  await write('wrong in columns.json', turned, {
    ...rightRules(turned),
    update: (_step, { value, state }) => ({ value, state }),
  });
  await write('weights.json', exercise, twice(rightRules(exercise)), ['kernel', 'bias']);
});
afterAll(() => rm(folder, { recursive: true }));

const call = (...args: string[]) => callProgram(['trace', 'check', ...args], folder);

test('a right program passes, and what it did not record is named', async () => {
  const { status, stdout, stderr } = await call('right.json', 'right in columns.json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^right\.json: right: [\d,]+ numbers of 6 steps agree to 1[456] digits\n/);
  expect(stdout).toContain('right in columns.json: right: ');
});

test('the first difference is shown with its equation, its numbers and its cause', async () => {
  const { status, stdout } = await call('wrong.json');
  expect(status).toBe(3);
  expect(stdout).toMatch(/^wrong\.json: the first difference is delta of layer 1 \(hidden\), step 0/);
  expect(stdout).toContain("  delta[1] = (delta[2] @ kernel[2].T) * f'(z[1])\n");
  expect(stdout).toMatch(/ {2}yours\[0, 0\] +\S+\n {2}ours\[0, 0\] +\S+\n {2}yours \/ ours +\S+\n/);
  expect(stdout).toMatch(/ {2}Cause: .*twice/s);
  expect(stdout).toMatch(/\ndelta +follows +FIRST +follows @1\n/);
});

test('control characters of a file do not reach the terminal', async () => {
  const recording = { ...recordingOf(exercise), program: 'a\u001b[31m\u0007\r\u0000\u202eb' };
  const name = process.platform === 'win32' ? 'named.json' : 'na\u001b[31mmed.json';
  await writeFile(join(folder, name), readableJson(recordingContent(recording)));
  for (const { stdout } of [
    await call(name, '--html', 'named.html'),
    await callProgram(['trace', 'gradcheck', name], folder),
  ]) {
    expect(stdout).toContain('a?[31m????b; ');
    expect(stdout.replaceAll('\n', '')).toMatch(printableText);
  }
  const page = await readFile(join(folder, 'named.html'), 'utf8');
  expect(page).toContain('a?[31m????b');
  for (const one of ['\u0000', '\u0007', '\u001b', '\u202e']) expect(page).not.toContain(one);
});

test('what follows from huge numbers is not finite: the text says so, and JSON has null', async () => {
  const recording = recordingOf(exercise, rightRules(exercise));
  const places = placesOf(exercise);
  const steps = recording.steps.map((arrays, step) =>
    arrays.map((array, index) =>
      step === 0 && places[index].quantity === 'kernel' ? map(array!, () => 1.7e308) : array,
    ),
  );
  await writeFile(join(folder, 'huge.json'), readableJson(recordingContent({ ...recording, steps })));
  const json = await call('huge.json', '--json');
  expect(json.status).toBe(3);
  expect(JSON.parse(json.stdout)[0].separate.some(({ ours }: { ours: unknown }) => ours === null)).toBe(true);
  const text = await call('huge.json');
  expect(text.status).toBe(3);
  expect(text.stdout).toMatch(/ours\[0, 0\] +not finite\n/);
});

test('the cause is found from the weights alone', async () => {
  const { status, stdout } = await call('weights.json', '--json');
  expect(status).toBe(3);
  const [{ file, agrees, first, absent }] = JSON.parse(stdout);
  expect({ file, agrees }).toEqual({ file: 'weights.json', agrees: false });
  expect(first).toMatchObject({ step: 0, layer: 0, quantity: 'kernel', status: 'first' });
  expect(first.explanations[0].ids).toEqual(['derivative-twice']);
  expect(absent).toContain('delta');
});

test('elements are counted as the file has them', async () => {
  const { stdout } = await call('wrong in columns.json', '--json');
  const { first } = JSON.parse(stdout)[0];
  expect(first.quantity).toBe('kernel');
  const { stdout: text } = await call('wrong in columns.json');
  const [row, column] = first.element as number[];
  expect(text).toContain(`yours[${column}, ${row}]`);
});

test('a mistake without a name is bounded by what was recorded', async () => {
  const right = rightRules(exercise);
  const odd: Rules = {
    ...right,
    loss: (step) => map(right.loss(step), (loss) => loss + Math.sin(loss)),
  };
  await write('odd.json', exercise, odd);
  expect((await call('odd.json')).stdout.replaceAll(/\s+/g, ' ')).toContain(
    'What it is computed from (z of layer 2 (output), a of layer 2 (output), y) is right: look at the line that computes it.',
  );
  await write('odd loss.json', exercise, odd, ['loss']);
  expect((await call('odd loss.json')).stdout.replaceAll(/\s+/g, ' ')).toContain(
    'It is computed from z of layer 2 (output), a of layer 2 (output), y, which you did not record: record that too.',
  );
});

test('weights of its own are thought of where the first pre-activations differ', async () => {
  const right = rightRules(exercise);
  const own: Rules = {
    ...right,
    initialWeights: (made) => {
      const { kernel, bias } = right.initialWeights(made);
      return { kernel: kernel.map((values, layer) => map(values, (w, i) => w + Math.sin(i + layer))), bias };
    },
  };
  await write('own weights.json', exercise, own);
  const { status, stdout } = await call('own weights.json');
  expect(status).toBe(3);
  expect(stdout).toContain('the first difference is z of layer 0 (hidden), step 0');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'Your program has to start with the weights of the exercise.',
  );
});

test('what is not a recording is refused, and the other files are checked', async () => {
  await writeFile(join(folder, 'other.json'), '{}');
  const { status, stdout, stderr } = await call('other.json', 'right.json');
  expect(status).toBe(2);
  expect(stdout).toMatch(/^right\.json: right: /);
  const { status: jsonStatus, stdout: text } = await call('other.json', 'right.json', '--json');
  expect(jsonStatus).toBe(2);
  expect(JSON.parse(text)).toMatchObject([
    { file: 'other.json', error: expect.stringContaining('other.json') },
    { file: 'right.json', agrees: true },
  ]);
  expect(stderr).toMatch(/^error: other\.json/);
  expect((await call('right.json', '--tolerance', '-1')).status).toBe(2);
  expect((await call('right.json', '--tolerance', '0.2')).status).toBe(2);
});

describe('--html', () => {
  const has = async (name: string) => (await readdir(folder)).includes(name);

  test.each(['wrong.json', 'right in columns.json'])(
    'writes a page of %s, also over an earlier one',
    async (name) => {
      const { status, stdout, stderr } = await call(name, '--html', 'pages/mine.html', '--tolerance', '1e-9');
      expect(status).toBe(name === 'wrong.json' ? 3 : 0);
      expect(stdout).toContain(`${name}: `);
      expect(stderr).toBe('wrote pages/mine.html\n');
      const page = await readFile(join(folder, 'pages', 'mine.html'), 'utf8');
      expect(page).toMatch(/^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
      expect(page).toContain(name === 'wrong.json' ? '<h1>Not right yet</h1>' : '<h1>Right</h1>');
      expect(page).toContain('--tolerance 1e-9');
    },
  );

  test.each([
    [['wrong.json', 'right.json', '--html', 'page.html'], '--html writes the page of one recording'],
    [['wrong.json', '--html', 'wrong.json'], '--html names a file that fys-nn trace check did not write'],
    [['wrong.json', '--html', '.'], '--html names a folder'],
    [['absent.json', '--html', 'page.html'], 'absent.json'],
  ])('%p is refused, and nothing is written', async (args, what) => {
    const before = await readFile(join(folder, 'wrong.json'));
    const { status, stdout, stderr } = await call(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(what);
    expect(await has('page.html')).toBe(false);
    expect(await readFile(join(folder, 'wrong.json'))).toEqual(before);
  });
});

test('steps that are missing are said', async () => {
  const { steps, ...rest } = recordingOf(exercise);
  const some = { ...rest, steps: steps.map((step, k) => (k < 2 ? step : step.map(() => null))) };
  await writeFile(join(folder, 'two steps.json'), readableJson(recordingContent(some)));
  const { status, stdout } = await call('two steps.json');
  expect(status).toBe(0);
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/^two steps\.json: right: .*; 2 of 6 steps recorded/);
});
