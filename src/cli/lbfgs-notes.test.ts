import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-lbfgs-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Runs logistic regression by L-BFGS; returns its notes, and each row's converged and no_optimum. */
async function runLbfgs(...args: string[]) {
  const few = ['logistic', '--solver', 'lbfgs', '--no-figures', '--out', 'r'];
  const { status, stderr } = await callProgram([...few, ...args], directory);
  expect(status).toBe(0);
  const [header, ...rows] = (await readFile(join(directory, 'r/trials.csv'), 'utf8')).trim().split('\n');
  const at = (row: string, name: string) => row.split(',')[header.split(',').indexOf(name)];
  const notes = stderr.split('\n').filter((line) => line.startsWith('note: ') && line.includes('L-BFGS'));
  return { notes, ended: rows.map((row) => [at(row, 'converged'), at(row, 'no_optimum')]) };
}

test('separable rows without penalty have no finite optimum, which is said, whatever the tolerance', async () => {
  const rows = ['--samples', '300', '--test-size', '100', '--seed', '3'];
  const { notes, ended } = await runLbfgs(...rows, '--lambda', '0,0.01', '--gradient-tolerance', '1e-2,1e-5');
  expect(ended).toEqual([
    ['0', '1'],
    ['0', '1'],
    ['1', '0'],
    ['1', '0'],
  ]);
  expect(notes).toEqual([
    expect.stringMatching(/^note: no finite optimum in 2 trials of L-BFGS.*--lambda above 0$/),
  ]);
}, 60_000);

test('where not every row is classified correctly, there may be none', async () => {
  const { notes, ended } = await runLbfgs(
    '--samples',
    '3000',
    '--test-size',
    '500',
    '--lambda',
    '0',
    '--max-iterations',
    '3',
  );
  expect(ended).toEqual([['0', '0']]);
  expect(notes).toEqual([
    expect.stringContaining('may have no finite optimum in 1 trial'),
    expect.stringContaining('did not converge in 1 trial'),
  ]);
}, 60_000);
