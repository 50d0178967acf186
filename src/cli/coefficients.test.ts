import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-coefficients-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const small = [
  'grid-search',
  'ridge',
  '--coefficients',
  'yes',
  '--samples',
  '40',
  '--degree',
  '2',
  '--epochs',
  '2',
];
const usual = ['--bootstrap', '2', '--jobs', '1', '--learning-rate', '0.01', '--batch-size', '10'];

test('kept coefficients are drawn, or it is said why they are not', async () => {
  const run = (...more: string[]) => callProgram([...small, ...usual, ...more], directory);
  const drawn = await run('--lambda', '0.01,0.1', '--out', 'drawn');
  expect(drawn.stderr).not.toContain('no figure of coefficients');
  expect(await readdir(join(directory, 'drawn'))).toContain('coefficients-lambda.svg');
  const alone = await run('--lambda', '0.1', '--out', 'alone');
  expect(alone.stderr).toContain(
    'note: no figure of coefficients: they are drawn where a number such as --lambda',
  );
});
