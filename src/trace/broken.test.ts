import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isOf, type Planted, placeText, programs, unpackRecordings } from './broken.testing.ts';
import { checkRecording } from './check-recording.ts';
import type { CheckResult } from './check-result.ts';
import { readRecording } from './read-recording.ts';

const all = programs();
const broken = all.filter(({ planted }) => planted.length > 0);
const right = all.filter(({ planted }) => planted.length === 0);
/** Each mistake with the recording in which it is the first. */
const cases = broken.flatMap(({ name, planted }) =>
  planted.map((mistake, fixed): [string, Planted] => [fixed === 0 ? name : `${name}.${fixed}`, mistake]),
);
const kept = mkdtempSync(join(tmpdir(), 'fys-nn-broken-'));
const rerun = mkdtempSync(join(tmpdir(), 'fys-nn-broken-'));
const checked = new Map<string, CheckResult>();
beforeAll(async () => {
  unpackRecordings(kept);
  for (const name of [...cases.map(([file]) => file), ...right.map(({ name }) => name)])
    checked.set(name, checkRecording(await readRecording(join(kept, `${name}.json`))));
});
afterAll(() => {
  for (const made of [kept, rerun]) rmSync(made, { recursive: true });
});

const found = (name: string): string | null => {
  const { first } = checked.get(name)!;
  return first && placeText(first.quantity.batch, first.quantity.place);
};
const explanations = (name: string) => checked.get(name)!.first?.explanations ?? [];
const named = (name: string) => explanations(name).map(({ ids }) => ids.join(' and '));

describe('broken programs', () => {
  test.each(cases)('%s: the place', (name, { place }) => {
    expect(found(name)).toBe(place);
  });

  test('the cause of at least a few, and hardly ever only a wrong one', () => {
    const diagnosed = cases.filter(([name]) => explanations(name).length > 0);
    const only = diagnosed.filter(([name, planted]) => !explanations(name).some((one) => isOf(planted, one)));
    expect(only.map(([name, { cause }]) => `${name}: ${cause}, not ${named(name)}`).slice(5)).toEqual([]);
    expect(diagnosed.length - only.length).toBeGreaterThan(10);
  });
});

describe('right programs', () => {
  test.each(right.map(({ name }) => name))('%s', (name) => {
    const { first, separate } = checked.get(name)!;
    expect({ first, separate }).toEqual({ first: null, separate: [] });
  });
});

const python = (...args: string[]) => spawnSync('python3', ['-B', ...args], { encoding: 'utf8' });
const withNumPy = python('-c', 'import numpy').status === 0 ? describe : describe.skip;

withNumPy('the programs, run again', () => {
  beforeAll(() => {
    expect(python('data/fixtures/backprop/run.py', rerun)).toMatchObject({ status: 0, stderr: '' });
  });

  test.each(cases)('%s records what is kept', async (name) => {
    const [now, before] = await Promise.all(
      [rerun, kept].map((from) => readRecording(join(from, `${name}.json`))),
    );
    const texts = [now, before].map(({ steps }) =>
      steps.map((step) =>
        step.map((array) => array && [array.shape, [...array.values].map((x) => x.toPrecision(6))]),
      ),
    );
    expect(texts[0]).toEqual(texts[1]);
  });

  test.each(broken.map(({ name, planted }) => [name, planted.length] as const))(
    '%s is right once it is fixed',
    async (name, mistakes) => {
      const { first, separate } = checkRecording(
        await readRecording(join(rerun, `${name}.${mistakes}.json`)),
      );
      expect({ first, separate }).toEqual({ first: null, separate: [] });
    },
  );
});
