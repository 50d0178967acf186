import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, mutated } from '../hostile.testing.ts';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';
import { sinceText } from './runs.ts';

let directory: string;
const call = (...args: string[]) => callProgram(args, directory);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-runs-'));
  const small = ['--samples', '60', '--epochs', '2', '--no-figures', '--quiet', '--jobs', '1'];
  for (const args of [
    [
      'ffnn',
      '--hidden',
      '4',
      '--seed',
      '1..3',
      '--note',
      'a first look',
      '--tag',
      'base',
      '--out',
      'results/first',
    ],
    ['ffnn', '--hidden', '4', '--seed', '3..4', '--out', 'results/second'],
    ['grid-search', 'ols', '--batch-size', '10', '--seed', '1', '--out', 'results/nested/ols'],
  ]) {
    const { status, stderr } = await runProgram([...args, ...small], { cwd: directory });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
  await mkdir(join(directory, 'results/half'), { recursive: true });
  const unfinished = { unfinished: 'x', versions: { 'fys-nn': '0.1.0' }, files: {} };
  await writeFile(join(directory, 'results/half/manifest.json'), JSON.stringify(unfinished));
  await mkdir(join(directory, 'results/foreign'), { recursive: true });
  await writeFile(join(directory, 'results/foreign/manifest.json'), '{"name":"an extension"}');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('tells trials by model and data, and folders with command, note and tags', async () => {
  const { status, stdout, stderr } = await call('runs');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^results\/\.trials: \d+ trials of 3 kinds, the last first/);
  expect(stdout).toMatch(/^Network 4, relu; Franke function\n {2}seed 1\.\.4\n {2}4 trials, /m);
  expect(stdout).toMatch(/^ {2}best test MSE 0\.\d+ \(t[0-9a-f]{15}\); tags base$/m);
  expect(stdout).toMatch(/^OLS by SGD; Franke function/m);
  expect(stdout).toContain('results: 4 results folders');
  expect(stdout).toMatch(
    /^results\/first\n {2}\d{4}-\d\d-\d\d \d\d:\d\d, 3 trials; Network 2-4-1, relu: MSE per\n? +epoch/m,
  );
  expect(stdout).toContain('  note: a first look [base]\n');
  expect(stdout).toContain('results/half\n  unfinished or damaged');
  expect(stdout).not.toContain('foreign');
  for (const line of stdout.split('\n')) {
    if (line.startsWith('  npx fys-nn ')) expect(line).toMatch(/ --jobs 1$/);
    else expect(line.length).toBeLessThanOrEqual(80);
  }
  expect(stdout).toMatch(/^ {2}npx fys-nn ffnn .*'a first look'/m);
});

test('with a tag, since a time, and as JSON', async () => {
  const tagged = JSON.parse((await call('runs', '--tag', 'base', '--json')).stdout);
  expect(tagged.trials).toBe(3);
  expect(tagged.kinds).toMatchObject([{ model: 'Network 4, relu', trials: 3, tags: ['base'] }]);
  expect(tagged.folders).toMatchObject([
    { folder: join('results', 'first'), note: 'a first look', tags: ['base'] },
  ]);
  const later = await call('runs', '--since', '2999-01-01');
  expect(later.stdout).toMatch(/no trials since 2999-01-01 00:00\n\nresults: no results folders since/);
  expect((await call('runs', '--tag', 'other')).stdout).toContain('no trials with tag other');
  expect(JSON.parse((await call('runs', '--json')).stdout).folders).toContainEqual({
    folder: join('results', 'half'),
    unfinished: true,
  });
});

test('where nothing was run there is nothing', async () => {
  const { status, stdout } = await call('runs', '--store', 'none', '--results', 'none');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: 'none: no trials\n\nnone: no results folders; --results DIR looks in another folder\n',
  });
});

describe('--since', () => {
  const now = Date.UTC(2026, 0, 10);
  test.each([
    ['2026-01-02', '2026-01-02T00:00:00.000Z'],
    ['2026-01-02T03:04', '2026-01-02T03:04:00.000Z'],
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['7d', '2026-01-03T00:00:00.000Z'],
    ['12h', '2026-01-09T12:00:00.000Z'],
    ['90min', '2026-01-09T22:30:00.000Z'],
  ])('%s', (text, time) => expect(sinceText(text, now)).toBe(time));

  test.each(['', 'yesterday', '2026-13-01', '2026-1-1', '7w', '-1d', '1e9d', '999999d 1'])(
    '%j is refused',
    (text) => {
      expect(() => sinceText(text, now)).toThrow('--since is not a time');
    },
  );
});

test('any change of a manifest is told or passed over', async () => {
  const text = await readFile(join(directory, 'results/first/manifest.json'), 'utf8');
  await cp(join(directory, 'results/first'), join(directory, 'other/one'), { recursive: true });
  const property = fc.asyncProperty(mutated(JSON.parse(text)), async (manifest) => {
    await writeFile(join(directory, 'other/one/manifest.json'), JSON.stringify(manifest) ?? '');
    const { status, stderr } = await call('runs', '--results', 'other');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
  await fc.assert(property, { seed: fixedSeed, numRuns: 60 });
});
