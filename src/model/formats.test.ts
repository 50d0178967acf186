import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, valueOrRefusal } from '../hostile.testing.ts';
import { type ModelFormatName, modelFormatNames, modelFormats, readTensors } from './formats.ts';
import { importedWeights } from './imported-weights.ts';
import { anyModel, createModel, plainParts } from './models.testing.ts';
import { readNpz } from './npz.ts';
import type { SavedModel } from './saved-model.ts';

const folder = await mkdtemp(join(tmpdir(), 'fys-nn-formats-'));

async function written(model: SavedModel, name: ModelFormatName): Promise<string> {
  const path = join(folder, `model of ø.${modelFormats[name].extension}`);
  await writeFile(path, await modelFormats[name].write(model));
  return path;
}

const readable = modelFormatNames.filter((name) => modelFormats[name].readArrays !== null);

describe('weights come back bit for bit', () => {
  for (const name of readable) {
    test(`from ${name}, for any model`, async () => {
      await fc.assert(
        fc.asyncProperty(anyModel, async (model) => {
          const path = await written(model, name);
          const { layers } = importedWeights(await readTensors(path), 'in-out', path);
          expect(layers.map(({ units, kernel, bias }) => ({ units, kernel, bias }))).toEqual(
            model.layers.map(({ units, kernel, bias }) => ({ units, kernel, bias })),
          );
        }),
        { seed: fixedSeed, numRuns: 30 },
      );
    });
  }
});

test('the same model gives the same bytes', async () => {
  for (const name of modelFormatNames) {
    const [first, second] = [
      await modelFormats[name].write(createModel(plainParts)),
      await modelFormats[name].write(createModel(plainParts)),
    ];
    expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true);
  }
});

test('an npz has the arrays under plain names', async () => {
  const model = createModel({ ...plainParts, steps: ['divide', 'scale'] });
  const arrays = readNpz(Buffer.from(await modelFormats.npz.write(model)), 'm');
  expect(arrays.map(({ name, shape }) => [name, shape])).toEqual([
    ['kernel_0', [2, 5]],
    ['bias_0', [5]],
    ['kernel_1', [5, 1]],
    ['bias_1', [1]],
    ['preprocessing_0_divide_by', []],
    ['preprocessing_1_scale_offsets', [2]],
    ['preprocessing_1_scale_factors', [2]],
    ['target_offset', []],
    ['target_factor', []],
  ]);
});

describe('refused', () => {
  const refusalOf = async (content: string | Uint8Array) => {
    const path = join(folder, 'weights');
    await writeFile(path, content);
    const outcome = await valueOrRefusal(() => readTensors(path));
    return 'refusal' in outcome ? outcome.refusal.message : 'nothing';
  };
  test.each([
    ['', 'has no weights that can be read'],
    ['1,2,3\n', 'has no weights that can be read'],
    ['{', 'is not JSON'],
    ['{}', 'cannot be read as a model'],
    ['PK\u0003\u0004', 'no list of files at its end'],
  ])('%j', async (content, sentence) => {
    expect(await refusalOf(content)).toContain(sentence);
  });
  test('a path that is no file', async () => {
    await expect(readTensors(join(folder, 'none'))).rejects.toThrow('there is no such file');
    await expect(readTensors(folder)).rejects.toThrow('it is a folder');
  });
  test('an ONNX file', async () => {
    expect(await refusalOf(await modelFormats.onnx.write(createModel(plainParts)))).toContain(
      'has no weights that can be read',
    );
  });
  test('an npz that is cut off or has another byte', async () => {
    const bytes = Buffer.from(await modelFormats.npz.write(createModel(plainParts)));
    for (let at = 0; at < bytes.length; at += 13) {
      expect(await valueOrRefusal(() => readNpz(bytes.subarray(0, at), 'm'))).toHaveProperty('refusal');
      const other = Buffer.from(bytes);
      other[at] ^= 1 << (at % 8);
      await valueOrRefusal(() => readNpz(other, 'm'));
    }
  });
});
