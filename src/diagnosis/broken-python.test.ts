import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { differenceOf } from '../trace/difference.ts';
import { readRecording } from '../trace/read-recording.ts';
import { broken, right, unpackRecordings, withMistake } from './broken.testing.ts';
import { checkRecording } from './check-recording.ts';

const [kept, now] = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'fys-nn-broken-')));
afterAll(() => {
  for (const folder of [kept, now]) rmSync(folder, { recursive: true });
});

const python = (...args: string[]) => spawnSync('python3', ['-B', ...args], { encoding: 'utf8' });
const withNumPy = python('-c', 'import numpy').status === 0 ? describe : describe.skip;

withNumPy('the programs of data/fixtures/backprop, run again', () => {
  beforeAll(() => {
    unpackRecordings(kept);
    expect(python('data/fixtures/backprop/run.py', now)).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([...withMistake(broken).map(([name]) => name), ...right.map(({ name }) => name)])(
    '%s records what is kept',
    async (name) => {
      const [made, before] = await Promise.all(
        [now, kept].map((folder) => readRecording(join(folder, `${name}.json`))),
      );
      // NumPy rounds differently on other machines.
      const far = before.steps.flatMap((step, number) =>
        step.flatMap((array, index) => {
          const again = made.steps[number][index];
          const same = array === null || again === null ? array === again : differenceOf(array, again) < 1e-5;
          return same ? [] : [{ step: number, index }];
        }),
      );
      expect(far).toEqual([]);
    },
  );

  test.each(broken.map(({ name, planted }) => `${name}.${planted.length}`))(
    '%s is right, after its fixes',
    async (name) => {
      const { first, separate } = checkRecording(await readRecording(join(now, `${name}.json`)));
      expect({ first, separate }).toEqual({ first: null, separate: [] });
    },
  );
});
