import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeImages } from '../datasets/image-files.testing.ts';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

const tables = ['classes.csv', 'confusion.csv', 'roc.csv', 'gains.csv', 'calibration.csv'];
const figures = ['confusion.svg', 'roc.svg', 'gains.svg', 'calibration.svg'];
let directory: string;
const run = (...args: string[]) => callProgram(args, directory);
const read = (folder: string, name: string) => readFile(join(directory, folder, name), 'utf8');
const small = [
  'logistic',
  '--samples',
  '600',
  '--test-size',
  '100',
  '--epochs',
  '3',
  '--learning-rate',
  '0.1',
];
const several = [...small, '--lambda', '0,0.1', '--seed', '1,2'];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-classes-'));
  const { status } = await run(...several, '--store', 'one', '--out', 'first');
  expect(status).toBe(0);
});
afterAll(() => rm(directory, { recursive: true }));

describe('a run of classifiers', () => {
  test('leaves tables and figures of the classes, the same bytes with two workers', async () => {
    const two = [...several, '--jobs', '2', '--store', 'two', '--out', 'second', '--no-figures'];
    const { stdout, stderr } = await runProgram(two, { cwd: directory });
    expect(stdout).toMatch(
      /classes of the best cell \(lambda 0(\.1)?\): mean AUC 0\.\d+, lowest F1 0\.\d+ \(class \d\)/,
    );
    expect(stderr).toContain('5 tables of the classes');
    for (const name of tables) expect(await read('second', name)).toBe(await read('first', name));
    const files = JSON.parse(await read('first', 'manifest.json')).files;
    expect(Object.keys(files)).toEqual(expect.arrayContaining([...tables, ...figures]));
    const { resources } = JSON.parse(await read('first', 'datapackage.json'));
    expect(resources.map(({ path }: { path: string }) => path)).toEqual(expect.arrayContaining(tables));
  });

  test('is drawn again from its tables, bit by bit', async () => {
    const { status } = await callProgram(['plot', 'first', '--out', 'drawn', '--format', 'svg'], directory);
    expect(status).toBe(0);
    for (const name of [...figures, 'curves.svg'])
      expect(await read('drawn', name)).toBe(await read('first', name));
  });

  test('can be checked against another', async () => {
    await cp(join(directory, 'first'), join(directory, 'moved'), { recursive: true });
    const check = () => callProgram(['check', 'second', '--baseline', 'moved'], directory);
    expect(await check()).toMatchObject({ status: 0, stdout: expect.stringContaining('0 contradicted') });
  });

  test('of a store without outputs has neither, and says how to get them; all else is the same', async () => {
    await rm(join(directory, 'one', 'outputs'), { recursive: true });
    const { status, stderr } = await run(...several, '--store', 'one', '--out', 'bare', '--no-figures');
    expect(status).toBe(0);
    expect(stderr).toContain('the store has no test outputs of 4 of 4 trials');
    expect(stderr).toContain('--force computes them again');
    const names = await readdir(join(directory, 'bare'));
    for (const name of [...tables, ...figures]) expect(names).not.toContain(name);
    for (const name of ['trials.csv', 'curves.csv', 'summary.csv'])
      expect(await read('bare', name)).toBe(await read('first', name));
    expect(await callProgram(['plot', 'bare', '--format', 'json'], directory)).toMatchObject({ status: 0 });
    expect(await readdir(join(directory, 'bare'))).not.toContain('roc.vl.json');
    const forced = await run(...several, '--store', 'one', '--out', 'bare', '--force', '--no-figures');
    expect(forced).toMatchObject({ status: 0 });
    for (const name of tables) expect(await read('bare', name)).toBe(await read('first', name));
  });

  test.each([2, 3])('of images with %i classes has empty cells for the others', async (classes) => {
    const folder = `${classes} classes`;
    const pixel = (row: number, y: number, x: number) => (row % classes) * 40 + ((7 * row + 3 * y + x) % 30);
    const labelOf = (row: number) => row % classes;
    await writeImages(join(directory, folder), { pixel, label: labelOf });
    const args = ['mnist', '--data-dir', folder, '--test-size', '20', '--batch-size', '20', '--epochs', '3'];
    const { status, stdout } = await run(...args, '--out', `out ${classes}`, '--no-figures');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('lowest F1') });
    const lines = (await read(`out ${classes}`, 'classes.csv')).trimEnd().split('\n');
    const cells = lines.map((line) => line.split(','));
    const [header] = cells;
    const column = (name: string) => cells.slice(1).map((row) => row[header.indexOf(name)]);
    expect(
      column('rows')
        .slice(0, 10)
        .map((count) => count !== '0'),
    ).toEqual(Array.from({ length: 10 }, (_, c) => c < classes));
    expect(
      column('auc')
        .slice(0, 10)
        .map((auc) => auc !== ''),
    ).toEqual(Array.from({ length: 10 }, (_, c) => c < classes));
  });
});

test('a regression has neither', async () => {
  const args = [
    'ffnn',
    '--samples',
    '60',
    '--epochs',
    '2',
    '--no-figures',
    '--out',
    'regression',
    '--store',
    'regression trials',
  ];
  expect(await run(...args)).toMatchObject({ status: 0 });
  const names = await readdir(join(directory, 'regression'));
  for (const name of tables) expect(names).not.toContain(name);
  expect(await readdir(join(directory, 'regression trials'))).not.toContain('outputs');
});
