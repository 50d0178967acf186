import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { experiments } from '../../experiments/index.ts';
import { planExperiment } from '../experiment/plan.ts';
import { costOf, cutByCost, shardOf } from './cut.ts';

const costs = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1e9 }));
const trials = fc.uniqueArray(fc.record({ id: fc.stringMatching(/^[0-9a-f]{1,8}$/), cost: costs }), {
  selector: ({ id }) => id,
  maxLength: 200,
});
const shards = fc.integer({ min: 1, max: 300 });

test('every trial is in one shard, and two loads differ by at most the dearest trial', () => {
  fc.assert(
    fc.property(trials, shards, (all, n) => {
      const loads = new Array<number>(n).fill(0);
      const numbers = cutByCost(all, n);
      expect(numbers).toHaveLength(all.length);
      for (const [index, { cost }] of all.entries()) loads[numbers[index]] += cost;
      expect(loads).toHaveLength(n);
      const dearest = Math.max(0, ...all.map(({ cost }) => cost));
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(dearest);
    }),
  );
});

test('the order of the trials does not matter', () => {
  fc.assert(
    fc.property(trials, shards, fc.infiniteStream(fc.nat()), (all, n, keys) => {
      const shuffled = all
        .map((trial) => ({ trial, key: keys.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ trial }) => trial);
      const byId = (list: typeof all) => {
        const numbers = cutByCost(list, n);
        return new Map(list.map(({ id }, index) => [id, numbers[index]]));
      };
      expect(byId(shuffled)).toEqual(byId([...all]));
    }),
  );
});

test('it is what always taking the shard with the least load gives', () => {
  fc.assert(
    fc.property(trials, shards, (all, n) => {
      const loads = new Array<number>(n).fill(0);
      const expected = new Map<string, number>();
      for (const { id, cost } of [...all].sort((a, b) => b.cost - a.cost || (a.id < b.id ? -1 : 1))) {
        const least = loads.indexOf(Math.min(...loads));
        loads[least] += cost;
        expected.set(id, least);
      }
      const numbers = cutByCost(all, n);
      expect(new Map(all.map(({ id }, index) => [id, numbers[index]]))).toEqual(expected);
    }),
  );
});

test('the shards of a plan have its trials once each, in its order', async () => {
  const experiment = experiments.find(({ name }) => name === 'ffnn')!;
  const choices = { variant: 'code', quick: true, given: { seed: [1, 2, 3] } } as const;
  const { cells } = await planExperiment(experiment, choices, { dataDir: null });
  const all = cells.map(({ trial }) => trial);
  const ids = all.map(({ id }) => id);
  const n = 4;
  const parts = Array.from({ length: n }, (_, k) => shardOf(all, k + 1, n));
  for (const part of parts) {
    const places = part.map(({ id }) => ids.indexOf(id));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  }
  expect(parts.flatMap((part) => part.map(({ id }) => id)).sort()).toEqual([...ids].sort());
  const loads = parts.map((part) => part.reduce((sum, { config }) => sum + costOf(config), 0));
  expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(
    Math.max(...all.map(({ config }) => costOf(config))),
  );
});
