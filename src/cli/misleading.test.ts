import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

// Command lines that were read as something else than what was meant, without a word.

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-misleading-'));
});
afterAll(() => rm(directory, { recursive: true }));

const plan = (...args: string[]) => callProgram([...args, '--plan'], directory);

test.each([
  [['ffnn', '--lambda', '0,01', '--epochs', '3'], /has a leading zero.*write 0\.01, with a decimal point/s],
  [['mnist', '--learning-rate', '0,001'], /has a leading zero.*write 0\.001/s],
  [['ffnn', '--learning-rate', 'logspace(-3,0,4)'], /write --learning-rate "geomspace\(1e-3,1,4\)"/],
  [['randomnet', '--net', '1:3'], /write --net 1\.\.3/],
  [['activations', '--activation', 'relu;sigmoid'], /write --activation relu,sigmoid/],
  [['activations', '--activation', 'rellu'], /did you mean relu\?/],
  [
    ['grid-search', 'ols', '--schedule', '5/(step+50)', '--epochs', '5', '--batch-size', '10'],
    /--learning-rate has no effect, because the formula of --schedule does not have eta0/,
  ],
  [['ffnn', '--learning-rate=-0,1'], /for one number write -0\.1/],
  [['ffnn', '--lambda', '0;01'], /write --lambda 0\.01\n/],
  [['ffnn', '--activation', 'swish'], /one of sigmoid.*such as --activation sigmoid/s],
  [['ffnn', '--momentum', '0,9'], /for one number write 0\.9/],
  [['ffnn', '--hidden', '[64,32]'], /write --hidden 64-32/],
])('%j is refused, and says what to write', async (args, message) => {
  const { status, stdout, stderr } = await plan(...args);
  expect(stderr).toMatch(message);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(await readdir(directory)).toEqual([]);
});

test.each([
  [['ffnn', '--noise', '0,1'], 'note: --noise 0,1 is two values, 0 and 1; for one number write 0.1'],
  [['ffnn', '--lambda=-0,5'], 'note: --lambda -0,5 is two values, -0 and 5; for one number write -0.5'],
  [
    ['ffnn', '--hidden', '64,32'],
    'note: --hidden 64,32 is 2 networks of one hidden layer; for one network write 64-32',
  ],
  [
    ['ffnn', '--batch-size', '500', '--batches', 'permutation'],
    'note: --batches permutation with --batch-size 500 leaves 250 of 750 training rows out of each epoch, different ones each time',
  ],
  [
    ['ffnn', '--schedule', '5/(step+50)', '--learning-rate', '1'],
    'note: --learning-rate has no effect, because the formula of --schedule does not have eta0',
  ],
])('%j runs, with a note that --quiet hides', async (args, note) => {
  const { status, stderr } = await plan(...args);
  expect(status).toBe(0);
  expect(stderr.trimEnd().split('\n')).toEqual([note]);
  expect((await plan(...args, '--quiet')).stderr).toBe('');
});

test.each([
  [['ffnn', '--lambda', '0, 1']],
  [['ffnn', '--lambda', '0', '--lambda', '1']],
  [['ffnn', '--momentum', '0,0.9']],
  [['grid-search', 'ols', '--batch-size', '10,50', '--seed', '1..2']],
  [['ffnn', '--batches', 'permutation']],
  [['ffnn', '--variant', 'text']],
])('%j needs no note', async (args) => {
  const { status, stderr } = await plan(...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
