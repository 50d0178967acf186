import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { options } from '../experiment/options.ts';
import { activationNames } from '../nn/activations.ts';
import type { Settings } from '../parsing/option.ts';
import { describeHiddenLayers, layersFromSettings, randomLayers } from './architecture.ts';

const output = { units: 10, activation: 'softmax' };
const classifier = ['cross_entropy', 10] as const;
const random: Settings = {
  seed: 1,
  net: 1,
  minHiddenLayers: 1,
  maxHiddenLayers: 4,
  minNodes: 1,
  maxNodes: 30,
  activationPool: activationNames.join('+'),
};
const nets = Array.from({ length: 400 }, (_, i) => i + 1);
const layersOf = (changes: Settings = {}) => randomLayers({ ...random, ...changes }, ...classifier);
const hiddenOf = (changes: Settings = {}) => layersOf(changes).slice(0, -1);

describe('random layers', () => {
  test('are within their ranges, and every value of each range comes up', () => {
    const depths = new Set<number>();
    const units = new Set<number>();
    const choices = new Set<string | null>();
    for (const net of nets) {
      const hidden = hiddenOf({ net });
      depths.add(hidden.length);
      for (const layer of hidden) {
        units.add(layer.units);
        choices.add(layer.activation).add(layer.kernelInit).add(`bias ${layer.biasInit}`);
      }
    }
    expect([...depths].sort()).toEqual([1, 2, 3, 4]);
    expect([...units].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(choices).toEqual(
      // The initialisers of the report, not all of the tables.
      new Set([
        ...activationNames,
        ...['random_normal', 'glorot_uniform'],
        ...['bias zeros', 'bias random_normal'],
      ]),
    );
  });

  test('never have a width of 0: the least that --min-nodes takes is 1', () => {
    for (const net of nets) {
      for (const { units } of layersOf({ net, maxNodes: 2 })) expect(units).toBeGreaterThanOrEqual(1);
    }
    expect(() => options.minNodes.parse('0', '--min-nodes')).toThrow(UserError);
  });

  test('end with the output that the data decide', () => {
    const last = { ...output, kernelInit: 'glorot_uniform', biasInit: 'zeros' };
    for (const net of nets.slice(0, 20)) expect(layersOf({ net }).at(-1)).toEqual(last);
    expect(layersOf({ minHiddenLayers: 0, maxHiddenLayers: 0 })).toEqual([last]);
  });

  test('of a range of one value have that value', () => {
    const hidden = hiddenOf({ minHiddenLayers: 3, maxHiddenLayers: 3, minNodes: 7, maxNodes: 7 });
    expect(hidden.map(({ units }) => units)).toEqual([7, 7, 7]);
  });

  test('are the same for the same seed and net, and differ between nets and seeds', () => {
    expect(layersOf({ net: 5 })).toEqual(layersOf({ net: 5 }));
    expect(layersOf({ seed: 2 })).not.toEqual(layersOf());
    const distinct = new Set(nets.map((net) => JSON.stringify(layersOf({ net }))));
    expect(distinct.size).toBeGreaterThan(0.8 * nets.length);
  });

  test('do not depend on other settings', () => {
    expect(layersOf({ learningRate: 7, epochs: 3, lambda: 1, samples: 9 })).toEqual(layersOf());
  });
});

describe('changing one range leaves the other choices alone', () => {
  test('another range of nodes: the widths only', () => {
    for (const net of nets) {
      const [before, after] = [hiddenOf({ net }), hiddenOf({ net, minNodes: 100, maxNodes: 1000 })];
      for (const { units } of after) expect(units).toBeGreaterThanOrEqual(100);
      expect(after.map((layer) => ({ ...layer, units: 0 }))).toEqual(
        before.map((layer) => ({ ...layer, units: 0 })),
      );
    }
  });

  test('another pool of activations: the activations only', () => {
    for (const net of nets) {
      const [before, after] = [hiddenOf({ net }), hiddenOf({ net, activationPool: 'relu' })];
      expect(after).toEqual(before.map((layer) => ({ ...layer, activation: 'relu' })));
    }
  });

  test('another number of layers: layers more or fewer at the end', () => {
    for (const net of nets) {
      const [before, after] = [hiddenOf({ net }), hiddenOf({ net, maxHiddenLayers: 9 })];
      const common = Math.min(before.length, after.length);
      expect(after.slice(0, common)).toEqual(before.slice(0, common));
    }
  });
});

test.each<[string, Settings]>([
  ['{minNodes}', { minNodes: 31 }],
  ['{maxNodes}', { maxNodes: 0 }],
  ['{minHiddenLayers}', { minHiddenLayers: 5 }],
  ['{maxHiddenLayers}', { maxHiddenLayers: 0 }],
])('a range that runs backwards names %s', (option, changes) => {
  expect(() => layersOf(changes)).toThrow(UserError);
  expect(() => layersOf(changes)).toThrow(option);
});

describe('given layers', () => {
  const given: Settings = {
    hidden: '64-3',
    activation: 'relu',
    kernelInit: 'glorot_uniform',
    biasInit: 'random_normal',
    outputBiasInit: 'as_kernel',
  };
  const hidden = { activation: 'relu', kernelInit: 'glorot_uniform', biasInit: 'random_normal' };

  test('are the hidden ones, alike but for their width, and the output', () => {
    expect(layersFromSettings(given, ...classifier)).toEqual([
      { units: 64, ...hidden },
      { units: 3, ...hidden },
      { ...output, kernelInit: 'glorot_uniform', biasInit: 'zeros' },
    ]);
  });

  test.each<Settings>([{ hidden: 'none' }, {}])('without hidden ones are the output: %j', (none) => {
    const settings = { ...none, kernelInit: 'random_normal', outputBiasInit: 'none' } as const;
    expect(layersFromSettings(settings, 'mse', 1)).toEqual([
      { units: 1, activation: 'linear', kernelInit: 'random_normal', biasInit: null },
    ]);
  });

  test.each([
    ['glorot_uniform', 'as_kernel', 'zeros'],
    ['random_normal', 'as_kernel', 'random_normal'],
    ['random_normal', 'zeros', 'zeros'],
    ['glorot_uniform', 'random_normal', 'random_normal'],
    ['glorot_uniform', 'none', null],
  ])('kernel %s and output bias %s: %s', (kernelInit, outputBiasInit, expected) => {
    const layers = layersFromSettings(
      { ...given, kernelInit, outputBiasInit, biasInit: 'none' },
      ...classifier,
    );
    expect(layers.map(({ biasInit }) => biasInit)).toEqual([null, null, expected]);
    expect(layers.map((layer) => layer.kernelInit)).toEqual([kernelInit, kernelInit, kernelInit]);
  });

  test('are described without the output', () => {
    expect(describeHiddenLayers(layersFromSettings({ ...given, biasInit: 'none' }, ...classifier))).toBe(
      '64 relu glorot_uniform none | 3 relu glorot_uniform none',
    );
    expect(describeHiddenLayers(layersFromSettings({ ...given, hidden: 'none' }, ...classifier))).toBe('');
  });
});
