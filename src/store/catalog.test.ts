import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allExperiments } from '../../experiments/index.ts';
import { configWords } from '../experiment/config-words.ts';
import { planExperiment } from '../experiment/plan.ts';
import { fixedSeed, hostileJson, mutated } from '../hostile.testing.ts';
import { createIdSet } from '../trial/id-set.ts';
import { canonicalConfig, createTrial, type TrialConfig } from '../trial/trial.ts';
import { catalogOf, mostValues } from './catalog.ts';
import { encodeLine } from './journal.ts';

let directory: string;
let configs: TrialConfig[];
const everything = { since: null, tagged: [], onlyTagged: false };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-catalog-'));
  const ffnn = allExperiments.find(({ name }) => name === 'ffnn')!;
  const given = { learningRate: [0.1, 0.2], hidden: ['8', '4-4'], seed: [1, 2], epochs: [3], samples: [40] };
  const { cells } = await planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
  configs = cells.map(({ trial }) => trial.config);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const lineOf = (config: TrialConfig, mse: number | null, at: string): string =>
  encodeLine({
    ...createTrial(config),
    ...{ status: mse === null ? 'diverged' : 'done', divergedAt: mse === null ? 1 : null },
    ...{ metrics: { test_mse: mse }, curves: {}, bootstrap: null, seconds: 2, at },
  });

async function storeOf(name: string, ...journals: readonly string[]): Promise<string> {
  const path = join(directory, name);
  await mkdir(path, { recursive: true });
  for (const [index, text] of journals.entries()) await writeFile(join(path, `journal-${index}.jsonl`), text);
  return path;
}

const timeOf = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;

describe('the trials of a store by what they are of', () => {
  test('are counted, with their settings, times and best value; each once', async () => {
    const lines = configs.map((config, index) =>
      lineOf(config, index === 0 ? null : 1 / index, timeOf(index)),
    );
    const store = await storeOf(
      'plain',
      lines.slice(0, 5).join(''),
      `${lines.slice(3).join('')}{"store":2,"id":"to`,
    );
    const { kinds, trials, unread } = await catalogOf(store, everything);
    expect({ trials, unread }).toEqual({ trials: 8, unread: 0 });
    expect(kinds).toHaveLength(1);
    expect(kinds[0]).toMatchObject({
      ...{ task: 'regression', data: 'Franke function', trials: 8, diverged: 1, seconds: 16 },
      ...{ first: timeOf(0), last: timeOf(7), tags: [] },
      best: { metric: 'test_mse', title: 'test MSE', value: 1 / 7, id: createTrial(configs[7]).id },
    });
    const values = Object.fromEntries([...kinds[0].values].map(([name, found]) => [name, [...found]]));
    expect(values).toMatchObject({
      ...{
        learningRate: [0.1, 0.2],
        hidden: ['8', '4-4'],
        seed: [1, 2],
        samples: [40],
        activation: ['relu'],
      },
      ...{ optimizer: ['sgd'], solver: ['sgd'], loss: ['mse'], epochs: [3], lambda: [0] },
    });
  });

  test('since a time, and with a tag', async () => {
    const lines = configs.map((config, index) => lineOf(config, 1, timeOf(index)));
    const store = await storeOf('filtered', lines.join(''));
    const later = await catalogOf(store, { ...everything, since: timeOf(6) });
    expect(later.trials).toBe(2);
    const tagged = [{ tags: ['base'], ids: createIdSet([createTrial(configs[2]).id]) }];
    const all = await catalogOf(store, { ...everything, tagged });
    expect([all.trials, all.kinds[0].tags]).toEqual([8, ['base']]);
    expect((await catalogOf(store, { since: null, tagged, onlyTagged: true })).trials).toBe(1);
  });

  test('a store that is not there is empty; lines that are no records are counted', async () => {
    expect(await catalogOf(join(directory, 'none'), everything)).toEqual({ kinds: [], trials: 0, unread: 0 });
    const store = await storeOf('damaged', `what\n${lineOf(configs[0], 1, timeOf(0))}{}\n`);
    expect(await catalogOf(store, everything)).toMatchObject({ trials: 1, unread: 2 });
  });

  test('many values of a setting are not all kept', async () => {
    const lines = Array.from({ length: mostValues + 50 }, (_, seed) =>
      lineOf({ ...configs[0], seed: seed + 10 }, 1, timeOf(0)),
    );
    const { kinds } = await catalogOf(await storeOf('many', lines.join('')), everything);
    expect(kinds[0].trials).toBe(mostValues + 50);
    expect(kinds[0].values.get('seed')!.size).toBe(mostValues + 1);
  });
});

test('what is told of a config is the same with and without its defaults', () => {
  for (const config of configs) {
    const canonical = JSON.parse(JSON.stringify(canonicalConfig(config)));
    expect(configWords(canonical).kind).toBe(configWords(config).kind);
    expect(configWords(canonical).data).toBe(configWords(config).data);
  }
});

test('any config of a record is told something of', () => {
  const property = fc.property(fc.oneof(mutated(configs[0]), hostileJson), (config) => {
    const { data, kind, task } = configWords(
      (typeof config === 'object' && config !== null ? config : {}) as TrialConfig,
    );
    expect([typeof data, typeof kind]).toEqual(['string', 'string']);
    expect(['regression', 'classification']).toContain(task);
  });
  fc.assert(property, { seed: fixedSeed, numRuns: 500 });
});
