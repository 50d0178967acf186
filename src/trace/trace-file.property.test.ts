import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileJson, mutated, valueOrRefusal } from '../hostile.testing.ts';
import { replayTrace } from './replay-trace.ts';
import { readTrace } from './trace-file.ts';

let file: string;
beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'fys-nn-trace-')), 'trace.json');
});
afterAll(() => rm(join(file, '..'), { recursive: true }));

const traceOf = async (text: string | Uint8Array) => {
  await writeFile(file, text);
  return valueOrRefusal(() => readTrace(file));
};

test('a trace that is nearly right is replayed to numbers, or refused', async () => {
  const names = ['ols-sgd', 'ffnn-relu', 'ridge-closed-form', 'adam-tanh', 'sgd-l1'];
  const texts = await Promise.all(names.map((name) => readFile(`data/fixtures/traces/${name}.json`, 'utf8')));
  const nearly = fc.oneof(...texts.map((text) => mutated(JSON.parse(text))));
  await fc.assert(
    fc.asyncProperty(nearly, async (content) => {
      const outcome = await traceOf(JSON.stringify(content) ?? '');
      if (!('value' in outcome)) return;
      for (const { difference } of await replayTrace(outcome.value)) expect(typeof difference).toBe('number');
    }),
    { seed: fixedSeed, numRuns: 150 },
  );
});

test('any other JSON and any bytes are refused', async () => {
  const content = fc.oneof(
    hostileJson.map((value) => JSON.stringify(value)),
    fc.uint8Array({ maxLength: 60 }),
  );
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => expect(await traceOf(bytes)).toHaveProperty('refusal')),
    { seed: fixedSeed, numRuns: 200 },
  );
});

test('a million brackets, a device, a folder: refused', async () => {
  expect(await traceOf('['.repeat(1e6) + ']'.repeat(1e6))).toHaveProperty('refusal');
  for (const path of ['/dev/zero', '/', join(file, 'x')]) {
    expect(await valueOrRefusal(() => readTrace(path))).toHaveProperty('refusal');
  }
});

const closedForm = async (rows: number, terms: number) => {
  const trace = JSON.parse(await readFile('data/fixtures/traces/ols-closed-form.json', 'utf8'));
  trace.data.x_train = Array.from({ length: rows }, () => [0.5, 0.5]);
  trace.data.y_train = Array.from({ length: rows }, () => [1]);
  trace.model.terms = Array.from({ length: terms }, () => [0, 1]);
  return trace;
};

/** One batch that takes its row N times. */
const network = (units: readonly number[], batch: number) => {
  const layers = [...units, 1].map((width, index) => ({
    units: width,
    activation: 'linear',
    l2: 0,
    kernel: Array.from({ length: width }, () => Array(units[index - 1] ?? 1).fill(1)),
    bias: Array(width).fill(0),
  }));
  const rows = [[1]];
  return {
    format: 'fys-nn-trace/1',
    name: 'network',
    source: 'a test',
    data: { x_train: rows, y_train: rows, x_test: rows, y_test: rows },
    model: { kind: 'ffnn', loss: 'mse', layers },
    sgd: { learning_rate: 0.1, momentum: 0, decay: false },
    batches: [[Array(batch).fill(0)]],
    expect: { test_loss: [1], test_output: rows, final_layers: layers },
  };
};

test.each<[string, string, () => unknown]>([
  ['more polynomial features than fit into memory', 'memory', () => closedForm(1000, 40_000)],
  ['a closed form of 2000 rows and 2000 terms', 'too long', () => closedForm(2000, 2000)],
  ['a row taken a hundred thousand times by a wide layer', 'memory', () => network([20_000], 100_000)],
  ['a row taken twenty thousand times by two wide layers', 'too long', () => network([400, 400], 20_000)],
  ['a thousand layers', 'too many layers', () => network(Array(1000).fill(1), 1)],
])('%s: refused before anything is trained', async (_, word, trace) => {
  expect(await traceOf(JSON.stringify(await trace()))).toMatchObject({
    refusal: { message: expect.stringContaining(word) },
  });
});

test('what is large and within the limits is taken', async () => {
  expect(await traceOf(JSON.stringify(await closedForm(600, 600)))).toHaveProperty('value');
  expect(await traceOf(JSON.stringify(network([300, 300], 2000)))).toHaveProperty('value');
  expect(await traceOf(JSON.stringify(network(Array(100).fill(1), 1)))).toHaveProperty('value');
});
