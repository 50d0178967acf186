import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dtypes } from '../math/dtype.ts';
import { activationNames } from '../nn/activations.ts';
import type { LossName } from '../nn/losses.ts';
import { pythonWith } from '../references/python.testing.ts';
import { modelFormats, readTensors } from './formats.ts';
import { importedWeights } from './imported-weights.ts';
import { createModel, numbersFrom, plainParts } from './models.testing.ts';
import { createModelPredictor } from './predict.ts';
import type { SavedModel } from './saved-model.ts';

// The scripts of docs/models.md, with the Python packages that are installed.

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-python-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(`../../examples/python/${name}`, import.meta.url));

const [withNumpy, withTorch, withOnnx] = await Promise.all(['numpy', 'torch', 'onnx, torch'].map(pythonWith));
const testWith = (interpreter: string | null) => (interpreter === null ? test.skip : test);

/** Every activation, one after another, and every step. */
function deepModel(loss: LossName, dtype: SavedModel['dtype']): SavedModel {
  const hidden = activationNames.map((activation) => ({ units: 4, activation }));
  const steps = ['fill', 'subtract', 'polynomial', 'scale'] as const;
  return createModel({ ...plainParts, columns: 3, loss, dtype, hidden, steps, scaledTarget: true });
}

const rows = numbersFrom(11)(12).fill(Number.NaN, 4, 5);

async function writtenRows(): Promise<string> {
  const lines = Array.from({ length: 4 }, (_, n) => rows.slice(3 * n, 3 * n + 3).join(','));
  const path = join(folder, 'rows.csv');
  await writeFile(path, `a,b,c\n${lines.join('\n').replaceAll('NaN', 'nan')}\n`);
  return path;
}

async function exported(model: SavedModel, format: keyof typeof modelFormats): Promise<string> {
  const path = join(folder, `model.${format}`);
  await writeFile(path, await modelFormats[format].write(model));
  return path;
}

async function expectOwn(model: SavedModel, numbers: readonly number[]): Promise<void> {
  const predictor = await createModelPredictor(model);
  const own = [...predictor.predict(rows)];
  predictor.release();
  expect(numbers.length).toBe(own.length);
  for (const [at, value] of own.entries())
    expect(numbers[at]).toBeCloseTo(value, model.dtype === 'float32' ? 5 : 12);
}

describe.each([
  ['mse', 'float32'],
  ['cross_entropy', 'float64'],
] as [LossName, SavedModel['dtype']][])('%s in %s', (loss, dtype) => {
  const model = deepModel(loss, dtype);
  testWith(withNumpy)('NumPy predicts the same from an npz', async () => {
    const { stdout } = await run(withNumpy!, [
      script('numpy_predict.py'),
      await exported(model, 'npz'),
      await writtenRows(),
    ]);
    await expectOwn(model, stdout.trim().split(/[\n,]/).map(Number));
  });
  testWith(withOnnx)('an ONNX file passes the checker of onnx, and PyTorch runs its operators', async () => {
    const args = [script('onnx_in_torch.py'), await exported(model, 'onnx'), await writtenRows()];
    const { stdout } = await run(withOnnx!, args);
    const given = stdout.replace(/^(prediction|probabilities)\n/, '').split('\nlabel')[0];
    await expectOwn(model, given.trim().replaceAll(/[[\]]/g, '').split(/[\n,]/).map(Number));
  });
});

testWith(withTorch)('PyTorch has the kernels of a safetensors file', async () => {
  const model = createModel({ ...plainParts, dtype: dtypes[0] });
  const { stdout } = await run(withTorch!, [
    script('safetensors_in_torch.py'),
    await exported(model, 'safetensors'),
  ]);
  const [{ kernel }] = model.layers;
  const [first] = stdout.split('\n');
  expect(first).toMatch(/^Linear\(in_features=2, out_features=5, bias=True\) /);
  const shown = first.split(') ')[1].split(' ').map(Number);
  // The weights of the first unit.
  expect(shown).toEqual([expect.closeTo(kernel[0], 6), expect.closeTo(kernel[5], 6)]);
});

testWith(withTorch)('weights that PyTorch draws can be imported', async () => {
  const path = join(folder, 'init.npz');
  await run(withTorch!, [script('torch_weights.py'), path]);
  const { layers, order } = importedWeights(await readTensors(path), null, path);
  expect(order).toBe('out-in');
  expect(layers.map(({ inputs, units }) => [inputs, units])).toEqual([
    [2, 8],
    [8, 1],
  ]);
});
