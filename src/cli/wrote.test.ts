import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { wroteLines } from './wrote.ts';

test('one folder is told with its tables and figures, several as a count', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-wrote-'));
  for (const name of [
    'trials.csv',
    'summary.csv',
    'search.csv',
    'rounds.csv',
    'rounds.svg',
    'coefficients.csv',
    'curves.svg',
    'curves.png',
    'own.txt',
  ])
    await writeFile(join(folder, name), '');
  expect(await wroteLines([folder], 1000)).toEqual([
    `wrote ${folder}/: coefficients.csv, rounds.csv, search.csv, summary.csv, trials.csv, 2 figures`,
  ]);
  await rm(folder, { recursive: true });
  expect(await wroteLines([], 80)).toEqual([]);
  expect(await wroteLines(['results/a', 'results/b', 'other/c'], 80)).toEqual([
    'wrote results/: 2 folders, one for each experiment',
    'wrote other/c/',
  ]);
});

test('a path that does not fit next to the rest is a line of its own, whole', async () => {
  const long = `my results/${'x'.repeat(100)}`;
  expect(await wroteLines([`${long}/a`, `${long}/b`], 80)).toEqual([
    'wrote 2 folders, one for each experiment, to',
    `${long}/`,
  ]);
  expect(await wroteLines([long], 80)).toEqual(['wrote', `${long}/`]);
});
