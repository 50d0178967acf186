import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { modelToText } from '../model/model-file.ts';
import { createModel, plainParts } from '../model/models.testing.ts';
import { callProgram } from './called.testing.ts';

const model = createModel({ ...plainParts, loss: 'cross_entropy', steps: ['fill', 'scale'] });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-model-'));
  await writeFile(join(folder, 'my model.json'), modelToText(model));
  await writeFile(join(folder, 'notes.txt'), 'mine');
});
afterAll(() => rm(folder, { recursive: true }));

const call = (...args: string[]) => callProgram(['model', ...args], folder);

test('export writes next to the model, and says where', async () => {
  for (const format of ['onnx', 'safetensors', 'npz'])
    expect(await call('export', 'my model.json', '--format', format)).toMatchObject({
      status: 0,
      stdout: '',
    });
  const { stderr } = await call('export', 'my model.json', '--format', 'onnx');
  expect(stderr).toMatch(/^wrote 'my model\.onnx': all of the model/);
});

test('the format follows from the name of the file, in a folder that may be new', async () => {
  expect(await call('export', 'my model.json', '--out', 'new/x.npz', '--quiet')).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
  expect((await readFile(join(folder, 'new/x.npz'))).subarray(0, 2).toString()).toBe('PK');
});

test('describe prints what a model takes, does and gives', async () => {
  const { status, stdout } = await call('describe', 'my model.json', '--store', 'none');
  expect(status).toBe(0);
  for (const text of [
    'a network\n',
    'data:    Franke function (licence: CC BY 4.0)',
    'inputs:  2: "column \\"0\\", ø"',
    'steps:   fill missing values',
    'output:  probabilities of 3 classes: "class 0", "class 1", "class 2"',
    'trained: 33 weights in float64, loss cross_entropy',
    '    2       5      3  softmax     18\n',
  ])
    expect(stdout).toContain(text);
  const { stdout: json } = await call('describe', 'my model.json', '--store', 'none', '--json');
  expect(JSON.parse(json)).toMatchObject({
    weights: 33,
    metrics: null,
    layers: [{ inputs: 2, units: 5 }, { units: 3 }],
  });
});

test('import shows the layers of a file, and writes them so that they are read in one way', async () => {
  const first = await call('import', 'my model.json', '--out', 'weights.npz');
  expect(first.stdout).toContain('    1  [2][5]  [5]   "layers.0.kernel", "layers.0.bias"\n');
  expect(first.stdout).toContain('to begin with them: --hidden 5 --init-weights weights.npz\n');
  const json = JSON.parse((await call('import', 'my model.json', '--json')).stdout);
  const npz = JSON.parse((await call('import', 'weights.npz', '--json')).stdout);
  expect(npz.sha256).toBe(json.sha256);
});

describe('refused, with nothing written', () => {
  test.each([
    [['export', 'my model.json'], '--format is missing'],
    [['export', 'my model.json', '--format', 'pt'], '--format'],
    [['export', 'my model.json', '--out', 'x.pt'], '--out has no extension of a known format'],
    [['export', 'my model.json', '--out', 'my model.json'], '--out: it is the file that is read'],
    [
      ['export', 'my model.json', '--format', 'npz', '--out', 'notes.txt'],
      '--out: there is a file of another kind',
    ],
    [['export', 'my model.json', '--format', 'npz', '--out', '.'], '--out: it is a folder'],
    [['export', 'my model.json', '--format', 'npz', '--out', 'notes.txt/x'], '--out: '],
    [['export', 'notes.txt', '--format', 'onnx'], 'cannot be read as a model'],
    [['export', 'nowhere.json', '--format', 'onnx'], 'there is no such file'],
    [['import', 'notes.txt'], 'has no weights that can be read'],
    [['import', 'my model.json', '--kernels', 'out-in'], 'with --kernels out-in'],
    [['import', 'my model.json', '--out', 'w.onnx'], '--out has no extension of a known format'],
  ] as [string[], string][])('%j', async (args, sentence) => {
    const { status, stdout, stderr } = await call(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });
});
