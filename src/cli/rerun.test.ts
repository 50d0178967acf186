import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeImages } from '../datasets/image-files.testing.ts';
import { fixedSeed, mutated } from '../hostile.testing.ts';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
const call = (...args: string[]) => callProgram(args, directory);
const read = (...path: string[]) => readFile(join(directory, ...path), 'utf8');
const manifestOf = async (folder: string) => JSON.parse(await read(folder, 'manifest.json'));
async function edited(
  folder: string,
  change: (manifest: Record<string, unknown>) => object,
): Promise<string> {
  await mkdir(join(directory, folder), { recursive: true });
  await writeFile(
    join(directory, folder, 'manifest.json'),
    JSON.stringify(change(await manifestOf('results/own'))),
  );
  return folder;
}

const small = ['--epochs', '2', '--samples', '60', '--seed', '1..2', '--jobs', '1'];
const own = ['ffnn', ...small, '--hidden', '3', '--bootstrap', '2', '--formula', 'sin(5*x)*y'];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-rerun-'));
  const said = ['--note', 'the first', '--tag', 'base', '--format', 'csv,markdown', '--no-figures'];
  expect((await call(...own, ...said, '--out', 'results/own')).status).toBe(0);
  await writeImages(join(directory, 'letters'));
  const images = [
    'mnist',
    '--test-size',
    '20',
    '--batch-size',
    '20',
    '--epochs',
    '1',
    '--no-figures',
    '--jobs',
    '1',
  ];
  const { status, stderr } = await call(...images, '--data-dir', 'letters', '--out', 'results/images');
  expect({ status, stderr }).toMatchObject({ status: 0 });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('a run again', () => {
  test('has the same ids, so that nothing is computed twice, and the same bytes, note and formats', async () => {
    const before = await manifestOf('results/own');
    const { status, stderr } = await call('rerun', 'results/own', '--jobs', '1');
    expect(status).toBe(0);
    expect(stderr).toContain('2 trials, 2 of them from the store');
    expect(stderr).toContain('the tables have the same bytes as before: trials.csv, curves.csv, summary.csv');
    const after = await manifestOf('results/own');
    expect(after.trials).toEqual(before.trials);
    expect(after.files).toEqual(before.files);
    expect(after).toMatchObject({ note: 'the first', tags: ['base'], settings: before.settings });
    expect(after.run).toMatchObject({ computed: 0, rerun: { command: before.run.command } });
  });

  test('of another place is computed there and gives the same tables', async () => {
    await cp(join(directory, 'results/own'), join(directory, 'copied'), { recursive: true });
    const { status, stderr } = await call(
      'rerun',
      'copied/manifest.json',
      '--store',
      'other',
      '--out',
      'again',
    );
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringContaining('2 trials, 0 of them from'),
    });
    expect(await read('again', 'trials.csv')).toBe(await read('results/own', 'trials.csv'));
    const usual = await call('rerun', 'copied', '--plan', '--json');
    expect(JSON.parse(usual.stdout).out).toMatch(/^results.ffnn-/);
  });

  test('options override what is recorded, and only they are remarked on', async () => {
    const { status, stdout, stderr } = await call(
      'rerun',
      'results/own',
      '--seed',
      '7',
      '--lambda=0.5',
      '--plan',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('1 trial: 0 in the store');
    expect(stdout).toContain('lambda 0.5, seed 7)');
    const same = await call('rerun', 'results/own', '--plan');
    expect(same.stdout).toContain('2 trials: 2 in the store, 0 to run');
  });

  test('of a version that had other options and another arithmetic is said to be one', async () => {
    const older = await edited('older', ({ settings, data: _data, files: _files, ...rest }) => {
      const kept = ['seed', 'samples', 'noise', 'hidden', 'epochs', 'learningRate', 'bootstrap'];
      const lists = Object.entries(settings as object).filter(([name]) => kept.includes(name));
      return {
        ...rest,
        settings: { ...Object.fromEntries(lists), target: ['sin(5*x)*y'] },
        data: [{ dataset: 'franke', samples: 60, noise: 1, target: 'sin(5*x)*y' }],
        versions: { 'fys-nn': '0.0.9', numerics: 3 },
      };
    });
    const { status, stdout, stderr } = await call('rerun', older, '--plan');
    expect(status).toBe(0);
    expect(stderr).toContain('fys-nn 0.0.9 with numerics 3 made this run');
    // The settings that it lacks have the values of the experiment, so the trials are the same.
    expect(stdout).toContain('2 trials: 2 in the store, 0 to run');
  });

  test('an edited manifest is noticed by its ids', async () => {
    const other = await edited('other', (manifest) => ({
      ...manifest,
      trials: { total: 2, ids: ['t1', 't2'] },
    }));
    expect((await call('rerun', other, '--plan')).stderr).toContain(
      '0 of 2 trials are those of the manifest',
    );
  });
});

describe('data from files', () => {
  test('are found where they were, and elsewhere with --data, but only with their digest', async () => {
    const there = await call('rerun', 'results/images', '--plan');
    expect(there.stdout).toContain('1 trial: 1 in the store');
    await rename(join(directory, 'letters'), join(directory, 'moved'));
    // A process of its own: this one has the images in memory.
    const gone = await runProgram(['rerun', 'results/images', '--plan'], { cwd: directory });
    expect(gone.status).toBe(2);
    expect(gone.stderr).toMatch(/the data of this run, .*letters.*, are not here[\s\S]*--data PATH/);
    const moved = await call('rerun', 'results/images', '--data', 'moved', '--plan');
    expect(moved.stdout).toContain('1 trial: 1 in the store');
    expect(moved.stdout).toContain('"letters"');
    await writeImages(join(directory, 'others'), { pixel: () => 7 });
    const others = await call('rerun', 'results/images', '--data', 'others');
    expect(others.status).toBe(2);
    expect(others.stderr).toContain('are not at this path');
    expect((await call('rerun', 'results/own', '--data', 'moved')).stderr).toContain('--data has no effect');
  });
});

describe('what cannot be run again is refused in a sentence', () => {
  test.each<[string, (manifest: Record<string, unknown>) => object, string]>([
    ['an unfinished folder', (one) => ({ unfinished: 'x', versions: one.versions }), 'is unfinished'],
    ['the JSON of another program', () => ({ name: 'package' }), 'fys-nn did not write it'],
    ['an unknown experiment', (one) => ({ ...one, experiment: 'nosuch' }), 'an experiment that this version'],
    [
      'an unknown setting',
      (one) => ({ ...one, settings: { nosuch: [1] } }),
      'a setting "nosuch" that this version',
    ],
    [
      'an impossible value',
      (one) => ({ ...one, settings: { epochs: [-1] } }),
      'settings.epochs has a value that',
    ],
    ['a variant', (one) => ({ ...one, variant: 'other' }), 'variant has a value that no run writes'],
    ['a verification', (one) => ({ ...one, verify: true }), 'is of a verification'],
  ])('%s', async (_name, change, problem) => {
    const { status, stdout, stderr } = await call('rerun', await edited('bad', change));
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(problem),
    });
  });

  test('any change of a manifest is planned or refused, and nothing is written', async () => {
    const good = await manifestOf('results/own');
    const before = await readdir(directory);
    const property = fc.asyncProperty(mutated(good), async (manifest) => {
      await edited('bad', () => manifest as object);
      const { status, stderr } = await call('rerun', 'bad', '--plan');
      expect([0, 2, 4]).toContain(status);
      expect(stderr).not.toMatch(/bug in fys-nn|\n {4}at /);
    });
    await fc.assert(property, { seed: fixedSeed, numRuns: 60 });
    expect(await readdir(directory)).toEqual(before);
  });
});
