import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, mutated } from '../hostile.testing.ts';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
const call = (...args: string[]) => callProgram(args, directory);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-diff-'));
  const small = [
    '--samples',
    '60',
    '--seed',
    '1..3',
    '--hidden',
    '4',
    '--no-figures',
    '--quiet',
    '--jobs',
    '1',
  ];
  for (const [out, ...more] of [
    ['a', '--epochs', '2', '--learning-rate', '0.01,0.05'],
    ['b', '--epochs', '20', '--learning-rate', '0.05,0.1', '--note', 'more epochs'],
  ]) {
    const { status, stderr } = await runProgram(['ffnn', ...small, ...more, '--out', out], {
      cwd: directory,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('shows what differs, each metric of the cells that correspond, and the best cells', async () => {
  const { status, stdout, stderr } = await call('diff', 'a', 'b/manifest.json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^A {2}a\n {3}Network 2-4-1, relu/);
  expect(stdout).toMatch(/^epochs +2 +20$/m);
  expect(stdout).toMatch(/^note +- +more epochs$/m);
  expect(stdout).not.toMatch(/^samples/m);
  expect(stdout).toMatch(/^test MSE \(lower is better\): 1 (better|worse|within seeds)$/m);
  expect(stdout).toContain('only in A: learning rate 0.01\n');
  expect(stdout).toMatch(/^best in B: learning rate 0\.\d+: test R2, bootstrap mean -?0\.\d+±/m);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect((await call('diff', 'a', 'b', '--all')).stdout).toMatch(/^samples +60 +60$/m);
});

test('as JSON, CSV and Markdown, with the metrics that are asked for', async () => {
  const json = JSON.parse((await call('diff', 'a', 'b', '--json')).stdout);
  expect(json).toMatchObject({ a: { folder: 'a' }, b: { folder: 'b' }, only: { a: ['learning rate 0.01'] } });
  const csv = (await call('diff', 'a', 'b', '--metric', 'test_mse', '--format', 'csv')).stdout.split('\n');
  expect(csv[0]).toMatch(/^metric,cell,a_mean,a_std,a_seeds/);
  expect(csv).toHaveLength(3);
  const [, , mean] = csv[1].split(',');
  expect(Number(mean)).toBe(
    json.metrics.find(({ name }: { name: string }) => name === 'test_mse').cells[0].a.mean,
  );
  expect((await call('diff', 'a', 'b', '--format', 'markdown')).stdout).toMatch(/^\| metric/);
});

test('a run and itself are the same', async () => {
  const { stdout } = await call('diff', 'a', 'a');
  expect(stdout).toContain('the settings are the same');
  expect(stdout).toContain('2 same');
});

describe('what cannot be compared is refused in a sentence', () => {
  test.each<[string, string[], string]>([
    ['a folder that is not there', ['a', 'nosuch'], 'nosuch is not the manifest of a run'],
    ['an unknown metric', ['a', 'b', '--metric', 'test_mes'], 'did you mean test_mse'],
    ['a format', ['a', 'b', '--format', 'xml'], '--format'],
  ])('%s', async (_name, args, problem) => {
    const { status, stdout, stderr } = await call('diff', ...args);
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(problem),
    });
  });

  test('a report and an experiment; a manifest alone', async () => {
    const manifest = JSON.parse(await readFile(join(directory, 'a/manifest.json'), 'utf8'));
    await mkdir(join(directory, 'report'), { recursive: true });
    await writeFile(join(directory, 'report/manifest.json'), JSON.stringify({ ...manifest, report: true }));
    await writeFile(join(directory, 'report/one.json'), JSON.stringify(manifest));
    expect((await call('diff', 'a', 'report')).stderr).toContain('no experiment in common');
    expect((await call('diff', 'a', 'report/one.json')).stderr).toContain('without the tables of its run');
  });

  test('any change of a manifest', async () => {
    await cp(join(directory, 'a'), join(directory, 'bad'), { recursive: true });
    const good = JSON.parse(await readFile(join(directory, 'a/manifest.json'), 'utf8'));
    const property = fc.asyncProperty(mutated(good), async (manifest) => {
      await writeFile(join(directory, 'bad/manifest.json'), JSON.stringify(manifest) ?? '');
      const { status, stderr } = await call('diff', 'a', 'bad');
      expect([0, 2]).toContain(status);
      expect(stderr).not.toMatch(/bug in fys-nn|\n {4}at /);
    });
    await fc.assert(property, { seed: fixedSeed, numRuns: 60 });
  });
});
