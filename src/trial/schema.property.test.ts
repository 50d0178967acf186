import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import olsGrid from '../../experiments/grid-search-ols.ts';
import randomnet from '../../experiments/randomnet.ts';
import type { SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { edgeNumber, fixedSeed, hostileJson, mutated, valueOrRefusal } from '../hostile.testing.ts';
import { checkTrialConfig } from './schema.ts';
import { createTrial } from './trial.ts';

const runs = { seed: fixedSeed, numRuns: 1000 };
const choices = (given: SettingLists) => ({ variant: 'code' as const, quick: false, given });
const sources = { dataDir: null };

test('any JSON, any value and any config that is nearly right is a trial or is refused', async () => {
  const plans = [
    await planExperiment(olsGrid, choices({}), sources),
    await planExperiment(randomnet, choices({ net: [3] }), sources),
  ];
  const goods = plans.map(({ cells }) => cells[cells.length - 1].trial.config);
  const config = fc.oneof(
    hostileJson,
    fc.anything({ withBigInt: true, withNullPrototype: true }),
    ...goods.map(mutated),
  );
  await fc.assert(
    fc.asyncProperty(config, async (value) => {
      const outcome = await valueOrRefusal(() => createTrial(checkTrialConfig(value)));
      if ('value' in outcome) expect(outcome.value.id).toMatch(/^t[0-9a-f]{64}$/);
      else expect(outcome.refusal.message).toContain("the trial's config is wrong");
    }),
    runs,
  );
});

test('numbers at the edges of float32 and float64 in every setting: planned or refused', async () => {
  const numeric = [
    'samples',
    'noise',
    'testSize',
    'degree',
    'lambda',
    'learningRate',
    'momentum',
    'batchSize',
  ] as const;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...numeric), edgeNumber, async (name, value) => {
      const given = {
        schedule: ['constant'],
        batchSize: [10],
        learningRate: [0.1],
        solver: ['sgd'],
        [name]: [value],
      };
      const outcome = await valueOrRefusal(() => planExperiment(olsGrid, choices(given), sources));
      if ('value' in outcome) expect(outcome.value.cells.length).toBe(1);
    }),
    runs,
  );
});
