import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-data-tables-'));
});
afterAll(() => rm(directory, { recursive: true }));

const call = (...args: string[]) => callProgram(['data', ...args], directory);
const terrain = resolve('data/fixtures/terrain/no-data.tif');
const iris = resolve('data/tables/iris.csv');

test('bundled tables are listed and written with their credit', async () => {
  expect((await call('list')).stdout).toMatch(/^ {2}iris: .*R\. A\. Fisher.*CC BY 4\.0/m);
  const { status, stdout, stderr } = await call('export', 'iris', '--out', 'all');
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${join('all', 'iris.csv')}\n` });
  expect(stderr).toMatch(/^Iris; source: R\. A\. Fisher.*; licence: CC BY 4\.0/);
  const whole = await readFile(iris, 'utf8');
  expect(await readFile(join(directory, 'all/iris.csv'), 'utf8')).toBe(whole);
  expect((await call('export', 'iris', '--first', '2', '--out', 'some')).status).toBe(0);
  const first = await readFile(join(directory, 'some/iris.csv'), 'utf8');
  expect(first).toBe(whole.split('\n').slice(0, 3).concat('').join('\n'));
});

test('a terrain is written as points', async () => {
  expect(
    await call('export', 'terrain', '--data-dir', terrain, '--step', '10', '--out', 'points'),
  ).toMatchObject({ status: 0 });
  const lines = (await readFile(join(directory, 'points/terrain.csv'), 'utf8')).trimEnd().split('\n');
  expect(lines.slice(0, 2)).toEqual(['x,y,target', `${10 / 52},1,-110`]); // the first cell has no data
  expect(lines).toHaveLength(1 + 4 * 6 - 1);
});

test.each([
  [['iris', '--noise', '1'], /--noise does not apply to iris/],
  [['iris', '--data-dir', '.'], /--data-dir does not apply to iris/],
  [['iris', '--format', 'idx'], /--format does not apply to iris/],
  [['iris', '--first', '151'], /a whole number from 1 to 150/],
  [['terrain'], /the path of a GeoTIFF file/],
  [['terrain', '--data-dir', iris], /iris\.csv is not a terrain that can be read/],
  [['terrain', '--data-dir', terrain, '--band', '2'], /leave out --band/],
  [['terrain', '--data-dir', terrain, '--step', '0'], /--step/],
  [['irish'], /did you mean iris/],
])('%j is refused', async (args, message) => {
  const before = await readdir(directory);
  const { status, stdout, stderr } = await call('export', ...args, '--out', 'refused');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(await readdir(directory)).toEqual(before);
});
