import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { allExperiments } from '../../experiments/index.ts';
import { modelFormats } from '../model/formats.ts';
import { createModel, plainParts } from '../model/models.testing.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { initialWeights } from '../nn/network.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { SettingLists } from './options.ts';
import { type Plan, planExperiment } from './plan.ts';
import { settingNotes } from './setting-notes.ts';

const folder = await mkdtemp(join(tmpdir(), 'fys-nn-initial-weights-'));
afterAll(() => rm(folder, { recursive: true }));

const small: SettingLists = { hidden: ['5'], samples: [60], epochs: [3], bootstrap: [2], lambda: [0] };

const images: SettingLists = { samples: [60], testSize: [10], epochs: [2], seed: [1], batchSize: [10] };

function plan(given: SettingLists, name = 'ffnn'): Promise<Plan> {
  const experiment = allExperiments.find((one) => one.name === name)!;
  const own = name === 'ffnn' ? small : {};
  return planExperiment(
    experiment,
    { variant: 'code', quick: false, given: { ...own, ...given } },
    { dataDir: null },
  );
}

/** A model file with the weights that the only trial of a plan draws. */
async function drawnBy(
  { cells }: Plan,
  inputs: number,
  format: keyof typeof modelFormats,
  name = 'drawn',
): Promise<string> {
  const { model, seed } = cells[0].trial.config;
  if (!('layers' in model)) throw new Error('no network');
  const weights = initialWeights(model.layers, inputs, seed);
  const saved: SavedModel = {
    ...createModel({ ...plainParts, columns: inputs }),
    layers: weights.map((layer, index) => {
      const { units, activation } = model.layers[index];
      return { units, activation, ...layer };
    }),
  };
  const path = join(folder, `${name}.${modelFormats[format].extension}`);
  await writeFile(path, await modelFormats[format].write(saved));
  return path;
}

async function resultOf({ cells: [{ trial }], initialWeights: weights }: Plan) {
  const { metrics, curves } = await runTrial(trial, {
    dataDir: null,
    ...(weights && { initialWeights: weights }),
  });
  return { metrics, curves };
}

describe('training from the weights that would be drawn gives the same bits', () => {
  test.each([
    ['by SGD in float64', {}, 2, 'npz'],
    ['by SGD in float32', { dtype: ['float32'] }, 2, 'npz'],
    ['from safetensors', {}, 2, 'safetensors'],
    ['from a saved model', {}, 2, 'json'],
    ['without biases', { biasInit: ['none'], outputBiasInit: ['none'] }, 2, 'npz'],
    ['with folds', { folds: [3] }, 2, 'npz'],
    ['with refitted resamples', { bootstrapMethod: ['refit'] }, 2, 'npz'],
    ['of polynomials', { basis: ['total'], degree: [3] }, 10, 'npz'],
  ] as [string, SettingLists, number, 'npz' | 'json' | 'safetensors'][])(
    '%s',
    async (_, given, inputs, format) => {
      const drawn = await plan(given);
      const path = await drawnBy(drawn, inputs, format);
      const started = await plan({ ...given, initWeights: [path] });
      expect(started.cells[0].trial.id).not.toBe(drawn.cells[0].trial.id);
      expect(await resultOf(started)).toEqual(await resultOf(drawn));
    },
  );
});

test.each([
  ['logistic', { solver: ['sgd'] }],
  ['logistic', { solver: ['lbfgs'] }],
  ['mnist', {}],
  ['study penalty-mnist', { penalize: ['all'] }],
  ['grid-search ols', { solver: ['sgd'] }],
] as [string, SettingLists][])('%s %j takes them', async (name, given) => {
  const ofFranke: SettingLists = {
    samples: [60],
    bootstrap: [2],
    epochs: [3],
    learningRate: [0.1],
    batchSize: [10],
  };
  const own = name.startsWith('grid') ? ofFranke : images;
  const drawn = await plan({ ...given, ...own, lambda: [0] }, name);
  const inputs = name.startsWith('grid') ? 120 : 784;
  const started = await plan(
    { ...given, ...own, lambda: [0], initWeights: [await drawnBy(drawn, inputs, 'npz')] },
    name,
  );
  expect(started.cells.length).toBe(drawn.cells.length);
  expect(started.cells[0].trial.id).not.toBe(drawn.cells[0].trial.id);
  expect(await resultOf(started)).toEqual(await resultOf(drawn));
});

test('other weights are another result', async () => {
  const path = await drawnBy(await plan({ seed: [7] }), 2, 'npz', 'others');
  expect(await resultOf(await plan({ initWeights: [path] }))).not.toEqual(await resultOf(await plan({})));
});

describe('the id of a trial', () => {
  test('has the weights, and nothing of where they are from', async () => {
    const drawn = await plan({});
    await mkdir(join(folder, 'elsewhere, ø'), { recursive: true });
    const ids = new Set<string>();
    for (const [format, name] of [
      ['npz', 'a'],
      ['safetensors', 'a'],
      ['json', 'elsewhere, ø/b'],
    ] as const) {
      const { cells } = await plan({ initWeights: [await drawnBy(drawn, 2, format, name)] });
      ids.add(cells[0].trial.id);
      expect(JSON.stringify([cells[0].trial.config, cells[0].settings])).not.toContain(folder);
    }
    expect(ids.size).toBe(1);
    expect((await plan({ initWeights: ['none'] })).cells[0].trial.id).toBe(drawn.cells[0].trial.id);
  });
  test('has nothing of how weights would be drawn, of which a note tells', async () => {
    const initWeights = [await drawnBy(await plan({}), 2, 'npz')];
    const first = await plan({ initWeights });
    const given: SettingLists = {
      initWeights,
      kernelInit: ['he_normal'],
      biasInit: ['random_normal'],
      initSeed: [9],
    };
    const second = await plan(given);
    expect(second.cells[0].trial.id).toBe(first.cells[0].trial.id);
    for (const name of ['kernelInit', 'biasInit', 'initSeed'])
      expect(settingNotes(second, given)).toContain(`{${name}} has no effect with these settings`);
  });
  test('is that of each file of a list', async () => {
    const paths = [
      await drawnBy(await plan({ seed: [1] }), 2, 'npz', 'one'),
      await drawnBy(await plan({ seed: [2] }), 2, 'npz', 'two'),
    ];
    const { cells, lists, notes } = await plan({ initWeights: [...paths, 'none'] });
    expect(new Set(cells.map(({ trial }) => trial.id)).size).toBe(3);
    expect(lists.initWeights).toEqual([
      expect.stringMatching(/^sha256:[0-9a-f]{12}$/),
      expect.stringMatching(/^sha256:[0-9a-f]{12}$/),
      'none',
    ]);
    expect(notes[0]).toContain('one.npz" is sha256:');
    expect(notes[0]).toContain('kernels [2][5], [5][1], stored [inputs][units] (from their shapes)');
  });
});

describe('weights that do not fit are refused', () => {
  test.each([
    [{ hidden: ['6'] }, '"kernel_0" has another shape\n  expected: [2][6]\n  received: "[2][5]"'],
    [{ hidden: ['5-5'] }, 'they have another number of layers\n  expected: 3 with the output layer'],
    [{ hidden: ['none'] }, 'another number of layers'],
    [{ basis: ['total'], degree: [2] }, '"kernel_0" has another shape\n  expected: [6][5]'],
  ] as [SettingLists, string][])('%j', async (given, sentence) => {
    const path = await drawnBy(await plan({}), 2, 'npz');
    await expect(plan({ ...given, initWeights: [path] })).rejects.toThrow(sentence);
  });
  test('a digest, as a run that is to be repeated has it', async () => {
    await expect(plan({ initWeights: ['sha256:0123456789ab'] })).rejects.toThrow('give their file again');
  });
  test('a file that is not there', async () => {
    await expect(plan({ initWeights: ['nowhere.npz'] })).rejects.toThrow('"nowhere.npz" cannot be read');
  });
  test('a trial whose weights nobody gives', async () => {
    const { cells } = await plan({ initWeights: [await drawnBy(await plan({}), 2, 'npz')] });
    await expect(runTrial(cells[0].trial, { dataDir: null })).rejects.toThrow(
      'the initial weights of a trial are missing',
    );
  });
});
