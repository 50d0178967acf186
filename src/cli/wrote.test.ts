import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { wroteLines } from './wrote.ts';

test('one folder is told with its tables and figures, several as a count', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-wrote-'));
  for (const name of ['trials.csv', 'summary.csv', 'curves.svg', 'curves.png', 'manifest.json', 'own.txt'])
    await writeFile(join(folder, name), '');
  expect(await wroteLines([folder])).toEqual([`wrote ${folder}/: summary.csv, trials.csv, 1 figure`]);
  await rm(folder, { recursive: true });
  expect(await wroteLines([])).toEqual([]);
  expect(await wroteLines(['results/a', 'results/b', 'other/c'])).toEqual([
    'wrote results/: 2 folders, one for each experiment',
    'wrote other/c/',
  ]);
});
