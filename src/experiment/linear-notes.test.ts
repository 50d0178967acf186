import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { linearNotes } from './linear-notes.ts';
import { planExperiment } from './plan.ts';
import { trainExperiment } from './train.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'linear-notes-'));
  const rows = Array.from({ length: 30 }, (_, i) => `${'abc'[i % 3]},${'mf'[i % 2]},${i % 7},${i % 11}`);
  await writeFile(join(folder, 'houses.csv'), `port,sex,age,y\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

async function notesOf(given: Parameters<typeof trainExperiment>[1], features?: string[]): Promise<string[]> {
  const table = { target: 'y', ...(features && { features }) };
  const choice = { data: join(folder, 'houses.csv'), table };
  const { experiment, sources } = await trainExperiment(
    choice as unknown as Parameters<typeof trainExperiment>[0],
    given,
  );
  return linearNotes(await planExperiment(experiment, { variant: 'code', quick: false, given }, sources));
}

const linear = { hidden: ['none'] };
const trap = expect.stringContaining('the categories of port are inputs that add up to 1');

describe('coefficients of categories', () => {
  test.each([
    { solver: ['lbfgs'] },
    { solver: ['sgd'] },
    { solver: ['coordinate-descent'] },
    { solver: ['closed-form'], scale: ['none'], basis: ['total'], degree: [1] },
  ])('are said to be arbitrary: %j', async (given) => {
    expect(await notesOf({ ...linear, ...given, coefficients: ['yes'] })).toEqual([trap]);
  });

  test('under standard scaling the shift is that of coefficients over standard deviations', async () => {
    const given = { ...linear, solver: ['lbfgs'], coefficients: ['yes'] };
    expect((await notesOf(given))[0]).toContain('divided by the standard deviation');
    expect((await notesOf({ ...given, scale: ['none'] }))[0]).not.toContain('standard deviation');
  });

  test.each([
    { solver: ['lbfgs'] },
    { solver: ['lbfgs'], coefficients: ['yes'], lambda: [0.1] },
    { solver: ['coordinate-descent'], coefficients: ['yes'], l1: [0.1] },
    // The only constant is that of the categories themselves.
    { solver: ['closed-form'], coefficients: ['yes'], scale: ['none'], scaleTargets: ['none'] },
  ])('need no note: %j', async (given) => {
    expect(await notesOf({ ...linear, ...given })).toEqual([]);
  });

  test('two categories are one input', async () => {
    expect(await notesOf({ ...linear, solver: ['lbfgs'], coefficients: ['yes'] }, ['sex', 'age'])).toEqual(
      [],
    );
  });
});

describe('a model without an intercept', () => {
  const bare = { scale: ['none'], scaleTargets: ['none'], center: ['columns'] };
  const missing = expect.stringContaining('the model has no intercept');

  test.each(['closed-form', 'coordinate-descent'])('by %s is said', async (solver) => {
    expect(await notesOf({ ...bare, solver: [solver] })).toEqual([missing]);
    expect(await notesOf({ ...bare, center: ['none'], solver: [solver] }, ['age'])).toEqual([missing]);
  });

  test.each([
    { centerTargets: ['yes'] },
    { scaleTargets: ['standard'] },
    { basis: ['total'], degree: [1] },
    { solver: ['lbfgs'], hidden: ['none'] },
  ])('is not with %j', async (given) => {
    expect(await notesOf({ ...bare, solver: ['closed-form'], ...given })).toEqual([]);
  });

  test('nor where the categories of a column add up to a constant', async () => {
    expect(await notesOf({ ...bare, center: ['none'], solver: ['closed-form'] })).toEqual([]);
  });
});
