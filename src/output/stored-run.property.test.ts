import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileJson, hostileText, mutated, valueOrRefusal } from '../hostile.testing.ts';
import { readRun, runFrom } from './stored-run.ts';

const good = {
  experiment: 'ffnn',
  title: 'Network 2-8-1, relu: MSE per epoch',
  note: 'first',
  tags: ['a'],
  quick: false,
  variant: 'code',
  settings: { seed: [1, 2], learningRate: [0.1], hidden: ['8'] },
  data: [
    { dataset: 'images', sha256: 'ab'.repeat(32), title: 'images', label: null, classNames: ['x', 'y'] },
  ],
  trials: { total: 2, done: 2, diverged: 0, notRun: 0, ids: ['t1', 't2'] },
  run: {
    command: ['ffnn', '--seed', '1,2'],
    startedAt: '2026-01-01T00:00:00.000Z',
    places: { ab: 'letters' },
  },
  versions: { 'fys-nn': '0.1.0', numerics: 5 },
  files: { 'trials.csv': { bytes: 1, sha256: 'cd'.repeat(32) } },
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-stored-run-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('what a manifest says', async () => {
  expect(await runFrom(good, 'results/ffnn/manifest.json')).toMatchObject({
    folder: 'results/ffnn',
    kind: 'experiment',
    experiment: 'ffnn',
    remarks: { note: 'first', tags: ['a'] },
    trials: { total: 2, done: 2, diverged: 0 },
    ids: ['t1', 't2'],
    data: [{ sha256: 'ab'.repeat(32), classNames: ['x', 'y'] }],
    startedAt: '2026-01-01T00:00:00.000Z',
    numerics: 5,
  });
});

test('of 0.1.0, which lists no files and describes no data', async () => {
  const { files: _files, note: _note, tags: _tags, ...rest } = good;
  const older = {
    ...rest,
    data: [{ dataset: 'franke', samples: 80 }],
    versions: { 'fys-nn': '0.1.0', numerics: 3 },
  };
  expect(await runFrom(older, 'x/manifest.json')).toMatchObject({
    ...{ files: null, remarks: {}, data: [{ title: 'franke', sha256: null }], numerics: 3 },
  });
});

describe('what is no manifest of a whole run is refused', () => {
  test.each<[string, unknown, RegExp]>([
    ['another program’s', { name: 'x' }, /fys-nn did not write it/],
    ['a list', [], /fys-nn did not write it/],
    ['nothing', null, /fys-nn did not write it/],
    ['an unfinished one', { ...good, unfinished: 'a run was interrupted' }, /unfinished/],
    ['settings that are no lists', { ...good, settings: { seed: 1 } }, /settings\.seed is not a list/],
    ['data that are no list', { ...good, data: {} }, /data is not a list/],
    ['ids that are numbers', { ...good, trials: { ids: [1] } }, /trials\.ids\.0 is not text/],
  ])('%s', async (_name, json, problem) => {
    const outcome = await valueOrRefusal(() => runFrom(json, 'x/manifest.json'));
    expect(outcome).toEqual({
      refusal: expect.objectContaining({ message: expect.stringMatching(problem) }),
    });
  });

  test('any other content', async () => {
    const property = fc.asyncProperty(fc.oneof(mutated(good), hostileJson), async (json) => {
      await valueOrRefusal(() => runFrom(json, 'x/manifest.json'));
    });
    await fc.assert(property, { seed: fixedSeed, numRuns: 300 });
  });

  test('any text of a file, and any path', async () => {
    const file = join(directory, 'any.json');
    const property = fc.asyncProperty(hostileText, async (text) => {
      await writeFile(file, text);
      expect(await valueOrRefusal(() => readRun(file))).toHaveProperty('refusal');
      expect(await valueOrRefusal(() => readRun(join(directory, 'none', text)))).toHaveProperty('refusal');
    });
    await fc.assert(property, { seed: fixedSeed, numRuns: 100 });
  });
});
