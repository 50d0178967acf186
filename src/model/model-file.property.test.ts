import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileJson, mutated, valueOrRefusal } from '../hostile.testing.ts';
import { modelFromJson, modelToText, readModel } from './model-file.ts';
import { createModelPredictor } from './predict.ts';
import type { SavedModel } from './saved-model.ts';

const common = {
  format: 'fys-nn-model/1',
  trial: 't00',
  config: { seed: 1, data: { dataset: 'franke' } },
  about: {
    program: '0.0.0',
    title: 'a network',
    data: { title: 'two numbers', source: null, license: null },
  },
} as const;

const regression: SavedModel = {
  ...common,
  inputs: { columns: 2, names: ['x', 'y'] },
  preprocessing: [
    { step: 'divide', by: 2 },
    { step: 'subtract', means: Float64Array.of(0.1, -0.2) },
    {
      step: 'polynomial',
      exponents: [
        [0, 0],
        [1, 0],
        [0, 2],
      ],
    },
    { step: 'scale', offsets: Float64Array.of(0, 1, 2), factors: Float64Array.of(1, 0, 0.3) },
  ],
  layers: [
    {
      units: 2,
      activation: 'tanh',
      kernel: Float64Array.of(1, 2, 3, 4, 5, 6),
      bias: Float64Array.of(1, 0.5),
    },
    { units: 1, activation: 'linear', kernel: Float64Array.of(1 / 3, -0), bias: null },
  ],
  loss: 'mse',
  target: { name: 'z', offset: 0.25, factor: 3, classes: 1, classNames: null },
  dtype: 'float64',
  sums: 'network',
};

const classifier: SavedModel = {
  ...common,
  inputs: { columns: 2, names: null },
  preprocessing: [],
  layers: [{ units: 3, activation: 'softmax', kernel: Float64Array.of(1, 2, 3, 4, 5, 6), bias: null }],
  loss: 'cross_entropy',
  target: { name: null, offset: 0, factor: 1, classes: 3, classNames: ['a', 'b', 'ø "c"'] },
  dtype: 'float32',
  sums: 'network',
};

let file: string;
beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'fys-nn-model-')), 'model.json');
});
afterAll(() => rm(join(file, '..'), { recursive: true }));

const read = async (text: string | Uint8Array) => {
  await writeFile(file, text);
  return valueOrRefusal(() => readModel(file));
};

test.each([regression, classifier])('what was written is read again, every bit of it', async (model) => {
  expect(await read(modelToText(model))).toEqual({ value: model });
});

test.each([regression, classifier])('a file that was cut off anywhere is refused', async (model) => {
  const text = modelToText(model);
  for (let end = 0; end < text.trimEnd().length; end += 13)
    expect(await read(text.slice(0, end))).toHaveProperty('refusal');
});

test('a model that is nearly right predicts, or is refused; with its digest it is refused', async () => {
  const texts = [regression, classifier].map(modelToText);
  const nearly = fc.oneof(...texts.map((text) => mutated(JSON.parse(text))));
  await fc.assert(
    fc.asyncProperty(nearly, async (content) => {
      const withDigest = await valueOrRefusal(() => modelFromJson(content, file));
      const { sha256, ...rest } = Object(content);
      if (typeof sha256 === 'string' && 'value' in withDigest)
        expect([regression, classifier]).toContainEqual(withDigest.value);
      const outcome = await valueOrRefusal(() => modelFromJson(rest, file));
      if (!('value' in outcome)) return;
      const { value } = outcome;
      const predictor = await createModelPredictor(value);
      const predictions = predictor.predict(new Float64Array(3 * value.inputs.columns).fill(0.5));
      expect(predictions.length % 3).toBe(0);
      predictor.release();
    }),
    { seed: fixedSeed, numRuns: 250 },
  );
});

test('any other JSON and any bytes are refused', async () => {
  const content = fc.oneof(
    hostileJson.map((value) => JSON.stringify(value)),
    fc.uint8Array({ maxLength: 60 }),
  );
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => expect(await read(bytes)).toHaveProperty('refusal')),
    { seed: fixedSeed, numRuns: 150 },
  );
});

test('a million brackets, also in the config, a device, a folder: refused', async () => {
  const deep = '['.repeat(1e6) + ']'.repeat(1e6);
  expect(await read(deep)).toHaveProperty('refusal');
  const text = modelToText(regression);
  expect(await read(text.replace('"seed":1', `"seed":${deep}`))).toHaveProperty('refusal');
  for (const path of ['/dev/zero', '/', join(file, 'x')])
    expect(await valueOrRefusal(() => readModel(path))).toHaveProperty('refusal');
});
