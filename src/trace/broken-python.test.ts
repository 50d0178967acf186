import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { broken, right, unpackRecordings, withMistake } from './broken.testing.ts';
import { checkRecording } from './check-recording.ts';
import { readRecording } from './read-recording.ts';

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
      const read = async (folder: string) => {
        const { steps } = await readRecording(join(folder, `${name}.json`));
        return steps.map((step) =>
          step.map((array) => array && [array.shape, [...array.values].map((value) => value.toPrecision(6))]),
        );
      };
      expect(await read(now)).toEqual(await read(kept));
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
