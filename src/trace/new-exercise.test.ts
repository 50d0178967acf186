import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Settings } from '../experiment/options.ts';
import { fixedSeed } from '../hostile.testing.ts';
import { activationNames } from '../nn/activations.ts';
import { hyperparametersOf, optimizerNames } from '../nn/optimizers.ts';
import { scheduleNames } from '../nn/schedules.ts';
import { clarity, clear } from './clarity.ts';
import { coreWeights } from './core-training.ts';
import type { Exercise } from './exercise.ts';
import { exerciseContent } from './exercise-content.ts';
import { type GivenSizes, ownDraft } from './exercise-drafts.ts';
import { type ExerciseModel, exerciseModels } from './exercise-settings.ts';
import { differentSizes } from './exercise-sizes.ts';
import { makeExercise } from './new-exercise.ts';
import { placesOf } from './quantities.ts';
import { readableJson } from './readable-json.ts';
import { answersTo } from './recording-content.ts';
import { relativeDifference } from './replay-trace.ts';

const about = { name: 'made', source: 'a test', layout: { kernel: 'in-out', batch: 'first' } } as const;
const made = (given: Settings = {}, sizes: GivenSizes = {}): Promise<Exercise> =>
  makeExercise(ownDraft(given, sizes), about);

/** The largest difference of the weights after each step from those of the training core. */
async function differenceFromCore(exercise: Exercise): Promise<number> {
  const { steps } = answersTo(exercise);
  const places = placesOf(exercise);
  let largest = 0;
  for (const [step, arrays] of steps.entries()) {
    const core = await coreWeights(exercise, step + 1);
    for (const [index, { layer, quantity }] of places.entries()) {
      if (quantity !== 'kernel' && quantity !== 'bias') continue;
      largest = Math.max(largest, relativeDifference(arrays[index]!.values, core[layer!][quantity]!));
    }
  }
  return largest;
}

/** Settings of any kind that exercises can have. */
const anySettings = fc
  .record({
    seed: fc.nat(),
    hidden: fc.constantFrom('none', '1', '5', '7-4', '3-6-5'),
    activation: fc.constantFrom(...activationNames),
    loss: fc.constantFrom(
      'mse',
      'mae',
      'huber',
      'cross_entropy',
      'binary_cross_entropy',
      'sigmoid_cross_entropy',
    ),
    optimizer: fc.constantFrom(...optimizerNames),
    momentum: fc.constantFrom(0, 0.7),
    nesterov: fc.constantFrom('no', 'yes'),
    clipNorm: fc.constantFrom('none', 0.2),
    schedule: fc.constantFrom(...scheduleNames, 'eta0/(1+0.1*t)', 'eta0*0.5^epoch'),
    lambda: fc.constantFrom(0, 0.03),
    l1: fc.constantFrom(0, 0.02),
    penalize: fc.constantFrom('all', 'kernels'),
    biasInit: fc.constantFrom(undefined, 'zeros', 'none'),
    batches: fc.constantFrom('permutation', 'with-replacement', 'full'),
    batchSize: fc.constantFrom(undefined, 1, 4),
  })
  .map(({ biasInit, batchSize, ...all }): Settings => {
    const { hidden, optimizer, momentum, loss } = all;
    const unread = new Set([
      ...Object.keys({ momentum, nesterov: 1 }).filter((name) => !(name in hyperparametersOf(optimizer))),
      ...(momentum === 0 ? ['nesterov'] : []),
      ...(hidden === 'none' ? ['activation'] : []),
    ]);
    const read = Object.entries(all).filter(([name]) => !unread.has(name));
    return {
      ...Object.fromEntries(read),
      ...(loss === 'huber' ? { delta: 0.4 } : {}),
      ...(biasInit === undefined ? {} : { outputBiasInit: biasInit }),
      ...(batchSize === undefined || all.batches === 'full' ? {} : { batchSize }),
    };
  });

test('the answers are what the training core computes, after each step, for all settings', async () => {
  await fc.assert(
    fc.asyncProperty(anySettings, async (given) => {
      expect(await differenceFromCore(await made(given))).toBeLessThan(1e-13);
    }),
    { seed: fixedSeed, numRuns: 60 },
  );
});

const models: [string, ExerciseModel][] = Object.entries(exerciseModels);
test.each(models)('%s is an exercise whose answers are those of the core', async (_, { task, settings }) => {
  expect(await differenceFromCore(await made(settings, { task }))).toBeLessThan(1e-13);
});

test('the usual exercise has sizes that are all different, a smaller last batch and biases that are not small', async () => {
  const exercise = await made();
  const { x, y, layers, batches } = exercise;
  const sizes = [...new Set(batches[0].map(({ length }) => length)), ...layers.map(({ units }) => units)];
  const all = [...x.shape, ...sizes];
  expect(new Set(all).size).toBe(all.length);
  expect(y.shape).toEqual([x.shape[0], layers.at(-1)!.units]);
  expect(batches).toHaveLength(2);
  expect(batches[0].map(({ length }) => length)).toEqual([6, 6, 5]);
  for (const epoch of batches) {
    expect(epoch.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: x.shape[0] }, (_, n) => n));
    expect(epoch.flat()).not.toEqual(epoch.flat().toSorted((a, b) => a - b));
  }
  for (const { bias } of layers) expect(Math.max(...bias!.values.map(Math.abs))).toBeGreaterThan(0.1);
});

test('inputs are not standardised', async () => {
  const { x } = await made({}, { inputs: 5 });
  const [N, D] = x.shape;
  for (let d = 0; d < D; d++) {
    const column = x.values.filter((_, i) => i % D === d);
    const mean = column.reduce((sum, value) => sum + value, 0) / N;
    expect(Math.abs(mean)).toBeGreaterThan(0.1);
  }
});

test('the same settings give the same bytes; another seed changes data, weights and batches', async () => {
  const text = async (given: Settings) => readableJson(exerciseContent(await made(given)));
  expect(await text({})).toBe(await text({}));
  const [one, other] = [await made({ seed: 1 }), await made({ seed: 2 })];
  expect(one.x.values).not.toEqual(other.x.values);
  expect(one.layers[0].kernel.values).not.toEqual(other.layers[0].kernel.values);
  expect(one.layers[0].bias!.values).not.toEqual(other.layers[0].bias!.values);
  expect(one.batches).not.toEqual(other.batches);
  expect(one.id).not.toBe(other.id);
  const weights = await made({ seed: 1, initSeed: 2 });
  expect(weights.x.values).toEqual(one.x.values);
  expect(weights.batches).toEqual(one.batches);
  expect(weights.layers[0].kernel.values).not.toEqual(one.layers[0].kernel.values);
});

test.each(activationNames)('%s is neither saturated nor at a kink, whatever the seed', async (activation) => {
  for (let seed = 1; seed <= 5; seed++) {
    for (const loss of ['mse', 'mae', 'huber', 'cross_entropy']) {
      const exercise = await made({ seed, activation, loss });
      expect(clarity(exercise, answersTo(exercise))).toBeGreaterThan(clear);
      if (seed === 1) expect(await differenceFromCore(exercise)).toBeLessThan(1e-13);
    }
  }
});

test('classes are about equally frequent, and targets are what the loss is for', async () => {
  const counts = (values: Float64Array, P: number) =>
    Array.from({ length: P }, (_, p) => values.filter((_, i) => i % P === p).reduce((sum, y) => sum + y, 0));
  const { y } = await made({ loss: 'cross_entropy' });
  expect(counts(y.values, 3).toSorted()).toEqual([5, 6, 6]);
  const binary = await made({ loss: 'binary_cross_entropy' });
  expect(counts(binary.y.values, 1)).toEqual([8]);
  const shares = (await made({ loss: 'sigmoid_cross_entropy' })).y.values;
  expect(shares.every((share) => share > 0 && share < 1)).toBe(true);
});

describe('sizes', () => {
  test.each([
    [{ batch: 4 }, { batch: 4, rows: 11 }],
    [{ batch: 1 }, { batch: 1 }],
    [{ hidden: [6, 5, 17] }, { hidden: [6, 5, 17], batch: 8, rows: 23 }],
    [
      { hidden: [], inputs: 6, outputs: 17 },
      { hidden: [], inputs: 6, outputs: 17, batch: 5, rows: 13 },
    ],
    [{ rows: 20 }, { rows: 20 }],
  ])('%j are filled in', (given, expected) => {
    const sizes = differentSizes(given);
    expect(sizes).toMatchObject(expected);
    const { inputs, hidden, outputs, batch, rows } = sizes;
    const all = [inputs, ...hidden, outputs, batch, rows];
    expect(new Set(all).size).toBe(all.length);
    if (batch > 1) expect(rows % batch).toBeGreaterThan(0);
  });

  test('any that are given are kept, and there is always a batch', () => {
    const size = fc.integer({ min: 1, max: 60 });
    const given = fc.record(
      {
        inputs: size,
        outputs: size,
        batch: size,
        rows: fc.integer({ min: 60, max: 90 }),
        hidden: fc.array(size, { maxLength: 4 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(given, (sizes) => {
        const filled = differentSizes(sizes);
        expect(filled).toMatchObject(sizes);
        expect(filled.batch).toBeLessThanOrEqual(filled.rows);
      }),
      { seed: fixedSeed, numRuns: 300 },
    );
  });
});

describe('refused', () => {
  test.each<[string, Settings, GivenSizes]>([
    ['diverges', { learningRate: 1e200 }, {}],
    ['has too many numbers', { hidden: '99999-99999' }, {}],
    ['has too many layers', { hidden: '1-'.repeat(100).concat('1') }, {}],
    ['has too many numbers', { epochs: 5e6 }, {}],
    ['for each class', { loss: 'cross_entropy' }, { outputs: 1 }],
    ['one output', { loss: 'binary_cross_entropy' }, { outputs: 3 }],
    ['is not a loss for regression', { loss: 'cross_entropy' }, { task: 'regression' }],
    ['larger than the training set', { batchSize: 30, samples: 20 }, {}],
    ['no effect with {optimizer} adam', { optimizer: 'adam', momentum: 0.9 }, {}],
    ['{activation} has no effect', { hidden: 'none', activation: 'relu' }, {}],
    ['out of range for rmsprop', { optimizer: 'rmsprop', epsilon: 0 }, {}],
    ['has 2 parts for 3 hidden layers', { hidden: '3-4-5', activation: 'relu-tanh' }, {}],
    ['{samples} all', { samples: 'all' }, {}],
  ])('%s', async (words, given, sizes) => {
    await expect((async () => await made(given, sizes))()).rejects.toThrow(words);
  });
});
