import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
const run = (...args: string[]) => callProgram(args, directory);
const read = (name: string) => readFile(join(directory, name), 'utf8');
const write = (name: string, text: string) => writeFile(join(directory, name), text);

/** Heights by age and eye colour, without noise: a linear model finds them. Some ages are missing. */
const people = Array.from({ length: 60 }, (_, n) => {
  const [age, eyes] = [20 + ((n * 7) % 31), ['blue', 'brown', 'grøn, "dark"'][n % 3]];
  return { id: n, eyes, age, height: 100 + 2 * age + (n % 3) * 10 };
});
const quoted = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const training = [
  'nr,eye colour,age,height',
  ...people.map((p) => `${p.id},${quoted(p.eyes)},${p.id === 5 ? '' : p.age},${p.height}`),
];
const train = (...more: string[]) =>
  run(
    'train',
    '--data',
    'people.csv',
    '--target',
    'height',
    '--id',
    'nr',
    '--missing',
    'mean',
    '--hidden',
    'none',
    '--solver',
    'closed-form',
    '--no-figures',
    ...more,
  );

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-predict-'));
  await write('people.csv', `${training.join('\n')}\n`);
  const { status, stderr } = await train('--save-model', 'models/height.json', '--out', 'own');
  expect(stderr).toContain('wrote models/height.json');
  expect(status).toBe(0);
});
afterAll(() => rm(directory, { recursive: true }));

describe('predict', () => {
  test('finds the columns of a table by their names, and says what it ignores', async () => {
    await write('new.tsv', 'age\tshoe size\tnr\teye colour\n30\t40\t1\tblue\n40\t41\t2\tbrown\n');
    const { status, stdout, stderr } = await run('predict', 'models/height.json', 'new.tsv');
    expect(status).toBe(0);
    expect(stderr).toContain('the model does not use 2 columns: "shoe size", "nr"');
    const [header, ...rows] = stdout.trim().split('\n');
    expect(header).toBe('row,prediction');
    expect(rows.map((row) => row.split(',')[0])).toEqual(['1', '2']);
    // One age of 60 is the mean of the others, so the fit is not exact.
    expect(Number(rows[0].split(',')[1])).toBeCloseTo(160, -1);
    expect(Number(rows[1].split(',')[1])).toBeCloseTo(190, -1);
  });

  test('adds residuals where the target is there, and the scores of the trial', async () => {
    const { stdout, stderr } = await run('predict', 'models/height.json', 'people.csv');
    const rows = stdout
      .trim()
      .split('\n')
      .map((row) => row.split(','));
    expect(rows[0]).toEqual(['row', 'prediction', 'target', 'residual']);
    expect(rows).toHaveLength(61);
    for (const [, prediction, target, residual] of rows.slice(1))
      expect(Number(residual)).toBe(Number(target) - Number(prediction));
    expect(stderr).toMatch(/^60 rows: MSE \d/m);
  });

  test.each([
    ['a column that is missing', 'age,height\n1,2\n', ['lacks 1 column', '"eye colour"']],
    ['text among numbers', 'age,eye colour\n30,blue\n4O,blue\n', ['line 3 of bad.csv', '"age"', '4O']],
    ['an unknown category', 'age,eye colour\n30,red\n', ['line 2', 'blue, brown', 'red']],
    ['a ragged row', 'age,eye colour\n30,blue\n31\n', ['line 3 of bad.csv', '1 cell']],
    ['no rows', 'age,eye colour\n', ['no rows']],
    ['nothing', '', ['empty']],
  ])('refuses a table with %s, and writes nothing', async (_name, text, parts) => {
    await write('bad.csv', text);
    const { status, stdout, stderr } = await run(
      'predict',
      'models/height.json',
      'bad.csv',
      '--out',
      'bad-out.csv',
    );
    expect([status, stdout]).toEqual([2, '']);
    for (const part of parts) expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/[{}]|\n {4}at /);
    expect((await readdir(directory)).filter((name) => name.startsWith('bad-out'))).toEqual([]);
  });

  test('replaces earlier predictions, and no other file', async () => {
    const args = ['predict', 'models/height.json', 'people.csv', '--out'];
    expect((await run(...args, 'out.csv')).status).toBe(0);
    const first = await read('out.csv');
    expect((await run(...args, 'out.csv')).status).toBe(0);
    expect(await read('out.csv')).toBe(first);
    const other = await run(...args, 'people.csv');
    expect(other.status).toBe(2);
    expect(await read('people.csv')).toBe(`${training.join('\n')}\n`);
  });

  test.each([
    ['no JSON', 'people.csv'],
    ['not there', 'nowhere.json'],
    ['another JSON', 'own/manifest.json'],
  ])('refuses a model that is %s', async (_name, model) => {
    const { status, stdout, stderr } = await run('predict', model, 'people.csv');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('cannot be read as a model');
    expect(stderr).toContain('--save-model');
  });
});

describe('--save-model', () => {
  const small = [
    'ffnn',
    '--epochs',
    '3',
    '--samples',
    '40',
    '--hidden',
    '3,4',
    '--seed',
    '1,2',
    '--no-figures',
  ];

  test('computes the best cell again if the store has no model of it, and changes no record', async () => {
    await run(...small, '--store', 'store', '--out', 'plain');
    const journals = async () => {
      const names = (await readdir(join(directory, 'store')))
        .filter((name) => /^journal-.*\.jsonl$/.test(name))
        .sort();
      return Promise.all(names.map((name) => read(`store/${name}`)));
    };
    const before = await journals();
    const again = await run(...small, '--store', 'store', '--out', 'saved', '--save-model');
    expect(again.stderr).toContain('to keep its model, 1 trial is trained once more');
    expect(await journals()).toEqual(before);
    for (const name of ['trials.csv', 'curves.csv', 'summary.csv'])
      expect(await read(`saved/${name}`)).toBe(await read(`plain/${name}`));
    const model = JSON.parse(await read('saved/model.json'));
    expect(model).toMatchObject({
      inputs: { names: ['x', 'y'] },
      about: { data: { title: 'Franke function' } },
    });
    expect(model.config.seed).toBe(1);
    const third = await run(...small, '--store', 'store', '--out', 'saved', '--save-model');
    expect(third.stderr).not.toContain('computed again');
    expect(JSON.parse(await read('saved/model.json'))).toEqual(model);
  });

  test('all: one file for each trial, the same bytes from this thread and from two workers', async () => {
    const all = [...small, '--save-model', 'all'];
    await run(...all, '--store', 'store-1', '--out', 'all-1');
    const two = [...all, '--jobs', '2', '--store', 'store-2', '--out', 'all-2'];
    expect(await runProgram(two, { cwd: directory })).toMatchObject({ status: 0 });
    const names = (await readdir(join(directory, 'all-1'))).filter((name) => name.startsWith('model-'));
    expect(names).toHaveLength(4);
    for (const name of names) expect(await read(`all-2/${name}`)).toBe(await read(`all-1/${name}`));
  });

  test('refuses a file that is no model, before anything is computed', async () => {
    await mkdir(join(directory, 'folder'), { recursive: true });
    for (const name of ['people.csv', 'folder']) {
      const { status, stderr } = await run(
        ...small,
        '--store',
        'none',
        '--out',
        'none',
        '--save-model',
        name,
      );
      expect(status).toBe(2);
      expect(stderr).toContain('that is no model');
    }
    expect(await readdir(directory)).not.toContain('none');
  });
});
