import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-specification-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const small = { epochs: [3], samples: [100], learningRate: [0.01] };
const common = { experiment: 'ffnn', with: small, statistic: 'test_mse' };
const claims = [
  {
    id: 'number',
    kind: 'number',
    where: 'here',
    says: 'a number',
    ...common,
    value: 0.2,
    readingError: 0.01,
  },
  {
    ...{ id: 'learns', kind: 'conclusion', where: 'here', says: 'it learns', holds: 'end <= start' },
    quantities: {
      end: { ...common, statistic: 'train_mse' },
      start: { ...common, statistic: 'train_mse', curve: { epoch: 1 } },
    },
  },
];

async function commandLine(args: readonly string[]): Promise<string[]> {
  await writeFile(join(directory, 'claims.json'), JSON.stringify({ report: { title: 't' }, claims }));
  return ['verify', 'specification', ...args, '--claims', 'claims.json', '--jobs', '1'];
}

const specification = async (...args: string[]) => callProgram(await commandLine(args), directory);
/** For what computes nothing. */
const called = async (...args: string[]) => callProgram(await commandLine(args), directory);

const read = (name: string) => readFile(join(directory, 'curves', name), 'utf8');

test('writes every combination of the choices, their shares, figures and a text; again from the store', async () => {
  const args = ['--seeds', '1..3', '--out', 'curves'];
  const { status, stdout } = await specification(...args);
  expect(status).toBe(0);
  expect(stdout).toMatch(/the most variance is from[\s\S]*number/);
  expect(await readdir(join(directory, 'curves'))).toEqual(
    expect.arrayContaining([
      'choices.csv',
      'manifest.json',
      'specification.csv',
      'specification.md',
      'specification-number.svg',
    ]),
  );
  const rows = (await read('specification.csv')).trim().split('\n');
  expect(rows).toHaveLength(1 + 2 * 8); // four choices: batches, centring of inputs and of targets, output bias
  const shares = (await read('choices.csv'))
    .trim()
    .split('\n')
    .slice(1)
    .filter((row) => row.startsWith('number,'));
  const sum = shares.reduce((all, row) => all + Number(row.split(',')[5]), 0);
  expect(sum).toBeCloseTo(1, 9);
  const again = await called(...args);
  expect(again.stdout).toBe(stdout);
  expect(again.stderr).not.toContain('to run');
  expect((await read('specification.csv')).trim().split('\n')).toEqual(rows);
});

test('one claim is one in the plan', async () => {
  const plan = ['verify', 'specification', 'ols-best-mse', '--seeds', '1', '--plan'];
  const { stdout } = await callProgram(plan, directory);
  expect(stdout).toMatch(/\n1 claim: /);
});

test('--plan says what it costs and writes nothing', async () => {
  const { status, stdout } = await called('--plan', '--seeds', '1,2');
  expect(status).toBe(0);
  expect(stdout).toMatch(/ffnn +8 +2 +16/);
  expect(existsSync(join(directory, 'results'))).toBe(false);
});

test('--max-time uses the seeds that are finished, here none', async () => {
  const args = ['--seeds', '1..3', '--out', 'curves', '--max-time', '0.000001'];
  const { status, stdout, stderr } = await specification(...args);
  expect(status).toBe(4);
  expect(stderr).toContain('--max-time is over: 1 seed of 3, not finished');
  expect(stdout).toContain('not run');
});

test('one claim alone, in a folder that says so; an unknown one is refused', async () => {
  const { status, stderr } = await specification('learns', '--seeds', '1');
  expect(status).toBe(0);
  expect(stderr).toMatch(/wrote results\/specification-claims-learns-seeds-1-/);
  const unknown = await called('lerns');
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toContain('did you mean learns');
});
