import { describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { describePlan, describeTrials } from './describe.ts';
import type { SettingLists } from './options.ts';
import { planExperiment } from './plan.ts';
import { differInSeeds, representatives, withoutSeeds } from './seeds.ts';

const planOf = (name: string, given: SettingLists) =>
  planExperiment(
    experiments.find((one) => one.name === name)!,
    { variant: 'code', quick: false, given },
    { dataDir: null },
  );

const grids: [string, SettingLists][] = [
  ['ffnn', { seed: [1, 2, 3], learningRate: [0.001, 0.01], epochs: [2] }],
  ['ffnn', { seed: [1, 2], initSeed: ['seed', 7], optimizer: ['sgd', 'adam'] }],
  ['grid-search ols', { seed: [4, 5], learningRate: [0.001, 0.01], batchSize: [10] }],
  ['randomnet', { seed: [1, 2, 3] }],
];

describe.each(grids)('a grid of many seeds: %s %j', (name, given) => {
  test('has the same description as all its cells, and as any of its shards', async () => {
    const plan = await planOf(name, given);
    for (const part of [() => true, (index: number) => index % 3 === 1, (index: number) => index > 2]) {
      const own = { ...plan, cells: plan.cells.filter((_, index) => part(index)) };
      const settings = own.cells.map((cell) => cell.settings);
      expect(describePlan(own)).toEqual(describeTrials({ ...own, settings }));
      expect(representatives(own.cells).length).toBeLessThanOrEqual(settings.length);
    }
  });

  test('cells differ in their seeds alone as their settings say, whatever row they are in', async () => {
    const { cells } = await planOf(name, given);
    const textOf = (index: number) => JSON.stringify(withoutSeeds(cells[index].settings));
    for (const i of cells.keys()) {
      for (const k of cells.keys()) {
        const same = textOf(i) === textOf(k);
        expect(differInSeeds(cells[i], cells[k])).toBe(same);
        expect(differInSeeds({ settings: cells[i].settings }, { settings: cells[k].settings })).toBe(same);
      }
    }
  });
});

test('rows of other plans are others', async () => {
  const [one, other] = [await planOf('ffnn', { epochs: [1] }), await planOf('ffnn', { epochs: [2] })];
  expect(differInSeeds(one.cells[0], other.cells[0])).toBe(false);
});
