import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-diverged-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const run = (...args: string[]) => callProgram(args, directory);
const ffnn = ['ffnn', '--activation', 'sigmoid', '--epochs', '4', '--samples', '100', '--no-figures'];

test('--fail-on-diverged: exit 1 after everything is written, with how many and the first', async () => {
  const rates = [...ffnn, '--learning-rate', '0.001,2,3', '--seed', '1..2', '--out', 'r', '--quiet'];
  const plain = await run(...rates);
  expect([plain.status, plain.stderr]).toEqual([0, '']);
  expect(plain.stdout).toContain('2/2 div');
  const failing = await run(...rates, '--fail-on-diverged');
  expect(failing.status).toBe(1);
  expect(failing.stdout).toBe(plain.stdout);
  expect(failing.stderr).toMatch(
    /^error: 4 of 6 trials diverged, first t[0-9a-f]{15} \(ffnn: seed 1, learning rate 2, epoch \d\)\n$/,
  );
  expect(await readdir(join(directory, 'r'))).toContain('manifest.json');
}, 60_000);

test('--fail-on-diverged is content with trials that are done, and knows those of the store', async () => {
  const rate = (rate: string) => [...ffnn, '--learning-rate', rate, '--quiet', '--fail-on-diverged'];
  expect((await run(...rate('0.001'))).status).toBe(0);
  expect((await run(...rate('2'))).status).toBe(1);
  const again = await run(...rate('2'), '--json');
  expect(again.status).toBe(1);
  expect(again.stderr).toContain('1 of 1 trial diverged');
  expect(JSON.parse(again.stdout)).toMatchObject({
    summary: [{ status: 'diverged', seeds: 0, diverged: 1 }],
  });
}, 60_000);
