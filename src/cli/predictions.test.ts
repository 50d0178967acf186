import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readCsv } from '../files/csv.ts';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
const run = (...args: string[]) => callProgram(args, directory);
const read = (name: string) => readFile(join(directory, name), 'utf8');

async function table(name: string): Promise<Record<string, string>[]> {
  const records = [];
  for await (const record of readCsv(join(directory, name))) records.push(record);
  const [header, ...rows] = records;
  return rows.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i]])));
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-predictions-'));
});
afterAll(() => rm(directory, { recursive: true }));

const surface = [
  'train',
  '--data',
  'franke',
  '--samples',
  '40',
  '--epochs',
  '5',
  '--hidden',
  '4',
  '--learning-rate',
  '0.01,0.1',
  '--seed',
  '1,2',
];

test('predictions of the best cell, each seed, give the scores of trials.csv, in this thread and with two workers', async () => {
  const args = [...surface, '--predictions', '--no-figures'];
  expect(await run(...args, '--store', 'store-1', '--out', 's1')).toMatchObject({ status: 0 });
  const two = [...args, '--jobs', '2', '--store', 'store-2', '--out', 's2'];
  expect(await runProgram(two, { cwd: directory })).toMatchObject({ status: 0 });
  for (const name of ['predictions.csv', 'fitted.csv'])
    expect(await read(`s2/${name}`)).toBe(await read(`s1/${name}`));
  const rows = await table('s1/predictions.csv');
  const trials = await table('s1/trials.csv');
  const ids = [...new Set(rows.map(({ trial }) => trial))];
  expect(ids).toHaveLength(2);
  for (const id of ids) {
    const own = rows.filter(({ trial, part }) => trial === id && part === 'test');
    const mse = own.reduce((sum, { residual }) => sum + Number(residual) ** 2, 0) / own.length;
    expect(mse).toBeCloseTo(Number(trials.find(({ trial }) => trial === id)!.test_mse), 12);
    expect(rows.filter(({ trial }) => trial === id)).toHaveLength(40);
  }
  for (const { target, prediction, residual } of rows)
    expect(Number(residual)).toBe(Number(target) - Number(prediction));
  const points = await table('s1/fitted.csv');
  expect(points).toHaveLength(2 * 31 * 31);
  // Franke's function at the corner nearest to the origin is near 0.77.
  expect(Number(points[0].target)).toBeGreaterThan(0.5);
});

test('plot draws the figures of predictions again as the run drew them', async () => {
  await run(...surface, '--predictions', '--store', 'store-1', '--out', 'drawn');
  const drawn = (await readdir(join(directory, 'drawn'))).filter((name) => name.endsWith('.svg'));
  expect(drawn).toEqual(expect.arrayContaining(['fitted.svg', 'residuals.svg']));
  const { status } = await run('plot', 'drawn', '--format', 'json', '--out', 'again');
  expect(status).toBe(0);
  for (const name of ['fitted.vl.json', 'residuals.vl.json'])
    expect(await read(`again/${name}`)).toBe(await read(`drawn/${name}`));
  const { title } = JSON.parse(await read('again/residuals.vl.json'));
  expect([title.text, title.subtitle].flat().join(' ')).toMatch(
    /Network 2-4-1.*Franke function.*learning rate 0\.\d+.*seed 1/,
  );
});

test('of a curve, the points are on one axis; of classes, each has its probability', async () => {
  await run(
    'train',
    '--data',
    'runge',
    '--samples',
    '30',
    '--epochs',
    '2',
    '--predictions',
    '--out',
    'curve',
    '--no-figures',
  );
  const points = await table('curve/fitted.csv');
  expect(points).toHaveLength(201);
  expect(points.every(({ y }) => y === '')).toBe(true);
  const middle = points.find(({ x }) => Math.abs(Number(x)) < 0.006)!;
  expect(Number(middle.target)).toBeCloseTo(1 / (1 + 25 * Number(middle.x) ** 2), 14);
  await run(
    'train',
    '--data',
    'iris',
    '--epochs',
    '5',
    '--predictions',
    'all',
    '--seed',
    '1,2',
    '--out',
    'iris',
    '--no-figures',
  );
  const rows = await table('iris/predictions.csv');
  expect(new Set(rows.map(({ trial }) => trial)).size).toBe(2);
  const names = Object.keys(rows[0]).filter((name) => name.startsWith('probability '));
  expect(names).toHaveLength(3);
  for (const row of rows) {
    expect(names.reduce((sum, name) => sum + Number(row[name]), 0)).toBeCloseTo(1, 6);
    const best = names.toSorted((a, b) => Number(row[b]) - Number(row[a]))[0];
    expect(best).toBe(`probability ${row.prediction}`);
    expect(names).toContain(`probability ${row.target}`);
  }
  expect(await readdir(join(directory, 'iris'))).not.toContain('fitted.csv');
});

test('missing inputs, and names with characters that XML cannot have, hinder no table and no figure', async () => {
  const rows = Array.from(
    { length: 30 },
    (_, n) => `${n % 7 === 0 ? '' : n},${n % 2 ? 'a\u0001b' : 'c\ufffe'},${2 * n}`,
  );
  await writeFile(join(directory, 'odd.csv'), `x,k,y\n${rows.join('\n')}\n`);
  const odd = ['train', '--data', 'odd.csv', '--missing', 'mean', '--epochs', '1', '--predictions', '--page'];
  for (const [target, drop] of [
    ['y', 'k'],
    ['k', 'y'],
  ]) {
    const { status, stderr } = await run(
      ...odd,
      '--target',
      target,
      '--drop',
      drop,
      '--out',
      `odd-${target}`,
    );
    expect(stderr).not.toContain('error');
    expect(status).toBe(0);
  }
  const xs = (await table('odd-y/predictions.csv')).map(({ x }) => x);
  expect(xs.filter((x) => x === '')).toHaveLength(5);
  expect(await readdir(join(directory, 'odd-y'))).toContain('fitted.svg');
  const svg = await read('odd-k/confusion.svg');
  expect(svg).toContain('a?b');
});
