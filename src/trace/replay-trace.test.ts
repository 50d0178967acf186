import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { relativeDifference, replayTrace } from './replay-trace.ts';
import { readTrace } from './trace-file.ts';
import type { Trace } from './trace-schema.ts';

const folder = 'data/fixtures/traces';
const files = readdirSync(folder).map((name) => join(folder, name));

test('there are recorded runs of every kind', () => {
  expect(files).toHaveLength(24);
  const recorded = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const optimizers = recorded.flatMap(({ optimizer }) => optimizer?.name ?? []);
  expect(new Set(optimizers)).toEqual(new Set(['sgd', 'adagrad', 'rmsprop', 'adam']));
});

test.each(files)('%s is reproduced', async (file) => {
  const differences = await replayTrace(await readTrace(file));
  const tolerance = file.includes('closed-form') ? 1e-6 : 1e-10;
  expect(differences.length).toBeGreaterThanOrEqual(3);
  for (const { difference } of differences) expect(difference).toBeLessThan(tolerance);
});

test('a recording that is off by a millionth is noticed', async () => {
  const trace = await readTrace(join(folder, 'ffnn-relu.json'));
  trace.expect.train_loss![3] *= 1 + 1e-6;
  const differences = await replayTrace(trace);
  expect(differences.find(({ quantity }) => quantity === 'train_loss')!.difference).toBeGreaterThan(1e-7);
  expect(differences.find(({ quantity }) => quantity === 'test_loss')!.difference).toBeLessThan(1e-10);
});

test.each([
  ['first_gradients.0.kernel', ({ expect }: Trace) => expect.first_gradients![0].kernel[1]],
  ['first_gradients.1.bias', ({ expect }: Trace) => expect.first_gradients![1].bias],
  ['final_layers.1.kernel', ({ expect }: Trace) => expect.final_layers![1].kernel[0]],
] as const)('a recorded %s that is off by a millionth is noticed', async (quantity, numbersOf) => {
  const trace = await readTrace(join(folder, 'adam-tanh.json'));
  const numbers: number[] = numbersOf(trace);
  const largest = numbers.reduce((best, x, i) => (Math.abs(x) > Math.abs(numbers[best]) ? i : best), 0);
  numbers[largest] *= 1 + 1e-6;
  for (const { quantity: one, difference } of await replayTrace(trace)) {
    if (one === quantity) expect(difference).toBeGreaterThan(1e-8);
    else expect(difference).toBeLessThan(1e-10);
  }
});

test('Nesterov, clipping and weight decay are replayed from a recording that this program makes', async () => {
  const text = JSON.stringify(await readTrace(join(folder, 'adam-tanh.json')));
  for (const optimizer of [
    { name: 'sgd', learning_rate: 0.01, schedule: 'decay', momentum: 0.9, nesterov: true },
    { name: 'sgd', learning_rate: 0.01, schedule: 'constant', nesterov: false, clip_norm: null },
    { name: 'adamw', learning_rate: 0.01, schedule: 'constant', weight_decay: 0.1, clip_norm: 0.5 },
  ]) {
    const file = join(await mkdtemp(join(tmpdir(), 'fys-nn-')), 'trace.json');
    await writeFile(file, JSON.stringify({ ...JSON.parse(text), optimizer }));
    const differences = await replayTrace(await readTrace(file));
    const { difference } = differences.find(({ quantity }) => quantity === 'test_loss')!;
    expect(difference).toBeGreaterThan(1e-6); // it is not Adam that is replayed
    expect(difference).toBeLessThan(1e3);
  }
});

test.each([
  ['beta3', 0.9],
  ['beta1', 1],
  ['epsilon', 0],
  ['schedule', 'cosine'],
  ['name', 'lion'],
])('an optimiser with %s %p is refused', async (field, value) => {
  const trace = await readTrace(join(folder, 'adam-tanh.json'));
  const file = join(await mkdtemp(join(tmpdir(), 'fys-nn-')), 'trace.json');
  const optimizer = { ...(trace as { optimizer?: object }).optimizer, [field]: value };
  await writeFile(file, JSON.stringify({ ...trace, optimizer }));
  await expect(readTrace(file)).rejects.toThrow(UserError);
});

describe('relativeDifference', () => {
  test('is the largest difference over the largest recorded number', () => {
    expect(relativeDifference([1, -7.5, 3], [1, -8, 2.75])).toBe(0.5 / 8);
    expect(relativeDifference([0, 0], [0, 0])).toBe(0);
    expect(relativeDifference([0, 1e-300], [0, 0])).toBe(Infinity);
    expect(relativeDifference([], [])).toBe(0);
  });

  const bad = [Number.NaN, Infinity, -Infinity];
  const places = [0, 1, 2];
  test.each(bad.flatMap((value) => places.map((place): [number, number] => [value, place])))(
    '%p at place %i is never within a tolerance, in ours, in the recording and in both',
    (value, place) => {
      const finite = [1, 2, 3];
      const broken = finite.with(place, value);
      expect(relativeDifference(broken, finite)).toBe(Infinity);
      expect(relativeDifference(finite, broken)).toBe(Infinity);
      expect(relativeDifference(broken, broken)).toBe(Infinity);
    },
  );

  test('lengths that differ, and a difference that is too large for a number', () => {
    expect(relativeDifference([1], [1, 2])).toBe(Infinity);
    expect(relativeDifference([1e308, 0], [-1e308, 0])).toBe(Infinity);
  });
});

test.each([
  ['mae', 0.5],
  ['huber', 0],
])('a width for the loss %s of %d is refused', async (loss, delta) => {
  const trace = await readTrace(join(folder, 'huber-relu.json'));
  const file = join(await mkdtemp(join(tmpdir(), 'fys-nn-')), 'trace.json');
  await writeFile(file, JSON.stringify({ ...trace, model: { ...trace.model, loss, delta } }));
  await expect(readTrace(file)).rejects.toThrow('model.delta');
});

test('a replay that diverges differs without limit in what is not finite', async () => {
  const trace = await readTrace(join(folder, 'ols-sgd.json'));
  Object.assign((trace as Trace & { format: 'fys-nn-trace/1' }).sgd!, { learning_rate: 1e200 });
  for (const { difference } of await replayTrace(trace)) expect(difference).toBe(Infinity);
});

describe('damaged files', () => {
  let directory: string;
  let good: Trace;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fys-nn-'));
    good = JSON.parse(await readFile(join(folder, 'ffnn-relu.json'), 'utf8'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const damages: [string, (trace: Trace) => unknown][] = [
    ['not an object', () => 7],
    ['another format', (trace) => ({ ...trace, format: 'fys-nn-trace/3' })],
    ['the format of other fields', (trace) => ({ ...trace, format: 'fys-nn-trace/2' })],
    ['a row index beyond the data', (trace) => ({ ...trace, batches: [[[90]]] })],
    ['batches of different sizes', (trace) => ({ ...trace, batches: [[[1, 2], [3]]] })],
    ['no batches', (trace) => ({ ...trace, batches: null })],
    [
      'a kernel of another shape',
      (trace) => {
        const layers = structuredClone(trace.model) as { layers: { kernel: number[][] }[] };
        layers.layers[0].kernel[0].push(1);
        return { ...trace, model: layers };
      },
    ],
    [
      'fewer targets than inputs',
      (trace) => ({
        ...trace,
        data: { ...trace.data, y_train: trace.data.y_train.slice(1) },
      }),
    ],
  ];

  damages.push(
    [
      'a final layer too many',
      (trace) => {
        const layers = trace.expect.final_layers!;
        return { ...trace, expect: { ...trace.expect, final_layers: [...layers, layers[0]] } };
      },
    ],
    [
      'a final layer too few',
      (trace) => {
        const layers = trace.expect.final_layers!.slice(1);
        return { ...trace, expect: { ...trace.expect, final_layers: layers } };
      },
    ],
    ['a loss for fewer epochs', (trace) => ({ ...trace, expect: { ...trace.expect, train_loss: [1] } })],
    ['outputs of other rows', (trace) => ({ ...trace, expect: { ...trace.expect, test_output: [[1]] } })],
  );

  test.each(damages)('%s is a clear error', async (name, damage) => {
    const file = join(directory, `${name.replaceAll(' ', '-')}.json`);
    await writeFile(file, JSON.stringify(damage(good)));
    await expect(readTrace(file)).rejects.toThrow(UserError);
    await expect(readTrace(file)).rejects.toThrow(file);
  });

  test.each(['null', 'NaN', '1e999', '"NaN"'])(
    'a recorded %s is refused: JSON has no such number',
    async (written) => {
      const file = join(directory, 'not-finite.json');
      const text = JSON.stringify({ ...good, expect: { ...good.expect, test_loss: 'here' } });
      await writeFile(file, text.replace('"here"', `[${written}]`));
      await expect(readTrace(file)).rejects.toThrow(UserError);
    },
  );

  test('a file that is not there, and one that is not JSON', async () => {
    await expect(readTrace(join(directory, 'none.json'))).rejects.toThrow(UserError);
    await writeFile(join(directory, 'half.json'), '{"format": "fys-nn');
    await expect(readTrace(join(directory, 'half.json'))).rejects.toThrow(UserError);
  });
});
