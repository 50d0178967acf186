import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkRecording } from '../diagnosis/check-recording.ts';
import { readExercise } from '../trace/read-exercise.ts';
import { readRecording } from '../trace/read-recording.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
let count = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-new-'));
  const houses = Array.from(
    { length: 12 },
    (_, n) => `${n % 5},${50 + n * n},${n % 2 ? 'Oslo' : 'Bergen'},${100 + 7 * n}`,
  );
  await writeFile(join(directory, 'houses.csv'), `rooms,area,city,price\n${houses.join('\n')}\n`);
});
afterAll(() => rm(directory, { recursive: true }));

const call = (...args: string[]) => callProgram(['trace', 'new', ...args], directory);

/** What a command line writes: the exercise, and its answers, which are right. */
async function made(...args: string[]) {
  const name = `made-${count++}`;
  const { status, stderr } = await call(...args, '--out', `${name}.json`);
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  const exercise = await readExercise(join(directory, `${name}.json`));
  const answers = await readRecording(join(directory, `${name}.answers.json`));
  expect(answers.exercise).toMatchObject({ ...exercise, rateOf: expect.anything() });
  expect(checkRecording(answers)).toMatchObject({ first: null, separate: [], absent: [] });
  return { exercise, stderr, sizes: [exercise.x.shape[1], ...exercise.layers.map(({ units }) => units)] };
}

describe('an exercise', () => {
  test.each<[string, string[], number[], string]>([
    ['usually', [], [2, 7, 4, 3], 'mse'],
    ['of logistic regression', ['logistic'], [2, 3], 'cross_entropy'],
    [
      'of logistic regression with one output',
      ['logistic', '--outputs', '1'],
      [2, 1],
      'binary_cross_entropy',
    ],
    ['of classes', ['--task', 'classification', '--outputs', '5'], [2, 7, 4, 5], 'cross_entropy'],
    [
      'with the activations of three layers',
      ['--hidden', '3-4-5', '--activation', 'relu-elu-gelu'],
      [2, 3, 4, 5, 7],
      'mse',
    ],
    ['with Adam and a penalty', ['ridge', '--optimizer', 'adam', '--beta1', '0.8'], [2, 3], 'mse'],
    ['with a schedule of my own', ['--schedule', 'eta0/(1+t)', '--inputs', '6'], [6, 7, 4, 3], 'mse'],
    ['on iris', ['--data', 'iris'], [4, 7, 6, 3], 'cross_entropy'],
    ['on a formula', ['--formula', 'sin(x)*y', '--hidden', '3', '--loss', 'mae'], [2, 3, 1], 'mae'],
    [
      'on polynomial features',
      ['ols', '--data', 'franke', '--basis', 'total', '--degree', '2'],
      [6, 1],
      'mse',
    ],
    ['on a small table', ['--data', 'houses.csv', '--target', 'price'], [3, 7, 4, 1], 'mse'],
  ])('%s', async (_, args, expected, loss) => {
    const { exercise, sizes } = await made(...args);
    expect(sizes).toEqual(expected);
    expect(exercise.loss).toBe(loss);
  });

  test('in another layout is the same exercise', async () => {
    const one = await made('--seed', '5');
    const other = await made('--seed', '5', '--kernel', 'out-in', '--batch', 'last');
    expect(other.exercise.id).toBe(one.exercise.id);
    expect(other.exercise.layout).toEqual({ kernel: 'out-in', batch: 'last' });
    const third = await made('--seed', '6');
    expect(third.exercise.id).not.toBe(one.exercise.id);
  });

  test('says what it wrote and what to do next; its file does not give its seed away', async () => {
    const { stderr } = await made('--seed', '987654321');
    expect(stderr).toContain('network 2-7-4-3 (sigmoid, sigmoid, linear)');
    expect(stderr).toContain('17 rows, 6 steps');
    expect(stderr).toContain('fys-nn trace check mine.json');
    expect(await readFile(join(directory, `made-${count - 1}.json`), 'utf8')).not.toContain('987654321');
  });

  test('has the same bytes again, replaces no file unasked, and has no answers if none are wanted', async () => {
    const bytes = () => readFile(join(directory, 'again.json'), 'utf8');
    expect((await call('--out', 'again.json', '--answers', 'none')).status).toBe(0);
    const first = await bytes();
    const refused = await call('--out', 'again.json', '--seed', '2');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('again.json already exists, and is left as it is');
    expect(await readdir(directory)).not.toContain('again.answers.json');
    expect((await call('--out', 'again.json', '--answers', 'none', '--force')).status).toBe(0);
    expect(await bytes()).toBe(first);
    // Nothing is written if one of the two files is there.
    await writeFile(join(directory, 'both.answers.json'), 'mine');
    expect((await call('--out', 'both.json')).status).toBe(2);
    expect(await readdir(directory)).not.toContain('both.json');
    // Nor if one of them cannot be written.
    const half = await call('--out', 'half.json', '--answers', 'no folder/answers.json');
    expect([half.status, half.stderr]).toEqual([
      2,
      expect.stringContaining('no folder/answers.json cannot be'),
    ]);
    expect((await readdir(directory)).filter((name) => name.startsWith('half'))).toEqual([]);
  });

  test('takes the values that say that a setting is not used', async () => {
    await made('--dropout', '0', '--solver', 'sgd', '--dtype', 'float64', '--early-stopping', 'none');
  });
});

describe('is refused with a sentence, and nothing is written', () => {
  test.each<[string, string[]]>([
    ['--dropout: masks are random', ['--dropout', '0.2']],
    ['--solver: its steps are those of mini-batches', ['--solver', 'lbfgs']],
    ['--dtype: its numbers are float64', ['--dtype', 'float32']],
    ['an exercise cannot have --early-stopping', ['--early-stopping', '3']],
    ['an exercise cannot have --bootstrap', ['--bootstrap', '10']],
    ['its layers are given by --hidden', ['--net', '3']],
    ['--learning-rate has 2 values', ['--learning-rate', '0.1', '--learning-rate', '0.2']],
    ['for one network write 7-4', ['--hidden', '7,4']],
    ['--momentum has no effect with --optimizer adam', ['--optimizer', 'adam', '--momentum', '0.9']],
    ['--momentum has no effect', ['--data', 'iris', '--optimizer', 'adam', '--momentum', '0.9']],
    ['--noise is for rows of given data', ['--noise', '0.1']],
    ['--target is for rows of given data', ['--target', 'price']],
    ['--inputs is for rows that the exercise draws', ['--data', 'iris', '--inputs', '3']],
    ['these data are for regression', ['logistic', '--data', 'franke']],
    ['did you mean logistic?', ['logistc']],
    ['logistic is not for regression', ['logistic', '--task', 'regression']],
    ['of which one is kept as a test row', ['--data', 'houses.csv', '--target', 'price', '--samples', '12']],
    ['--schedule gives the rate', ['--schedule', '0-eta0']],
    ['the training of the exercise diverges', ['--learning-rate', '1e200', '--activation', 'linear']],
    ['has too many numbers in its answers', ['--samples', '1000000']],
    ['has too many numbers in its answers', ['--data', 'franke', '--samples', '100000']],
    ['did you mean out-in?', ['--kernel', 'outin']],
    ['--answers is the file of the exercise', ['--answers', 'refused.json']],
    ['--name cannot be used', ['--name', '']],
    ['there is no such file or folder', ['--out', 'nowhere/x.json']],
  ])('%s', async (words, args) => {
    const { status, stderr } = await call(
      ...(args.includes('--out') ? [] : ['--out', 'refused.json']),
      ...args,
    );
    expect(status).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/\{[a-z]|\n\s+at /i);
    expect((await readdir(directory)).filter((name) => name.startsWith('refused'))).toEqual([]);
  });
});
