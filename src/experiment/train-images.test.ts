import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import logistic from '../../experiments/logistic.ts';
import mnist from '../../experiments/mnist.ts';
import { writeImages } from '../datasets/image-files.testing.ts';
import { mnistSha256 } from '../datasets/known-images.ts';
import { runTrial } from '../trial/run-trial.ts';
import { planExperiment } from './plan.ts';
import { trainExperiment } from './train.ts';

const asIs = { variant: 'code', quick: false } as const;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-train-images-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The plan of `fys-nn train` for data, with settings. */
async function planned(data: string, given = {}, labelNames: readonly string[] | null = null) {
  const { experiment, sources, dataNotes } = await trainExperiment({ data, labelNames }, given);
  return { plan: await planExperiment(experiment, { ...asIs, given }, sources), sources, dataNotes };
}

const letters = (row: number) => 1 + (row % 26);

test('labels from 1 to 26 are 26 classes, which their labels name', async () => {
  const data = await writeImages(join(folder, 'letters'), { label: letters });
  const { plan, sources } = await planned(data, { hidden: ['none'], epochs: [2] });
  const [{ trial }] = plan.cells;
  expect(trial.config).toMatchObject({ data: { labels: 'occurring' }, model: { layers: [{ units: 26 }] } });
  expect(plan.data[0]).toMatchObject({ classes: 26, classNames: expect.arrayContaining(['1', '26']) });
  expect(await runTrial(trial, sources)).toMatchObject({ status: 'done' });
});

test('two labels are one output, whatever they are', async () => {
  const data = await writeImages(join(folder, 'two'), { label: (row) => [3, 250][row % 2] });
  const { plan, sources } = await planned(data, { hidden: ['none'], epochs: [5] }, ['no', 'yes']);
  const [{ trial }] = plan.cells;
  expect(trial.config.model).toMatchObject({ loss: 'binary_cross_entropy', layers: [{ units: 1 }] });
  expect(plan.data[0].classNames).toEqual(['no', 'yes']);
  expect(await runTrial(trial, sources)).toMatchObject({ status: 'done' });
});

test('MNIST is the same data by any choice of classes: trials keep the ids of the experiment of the report', async () => {
  const [{ trial }] = (await planned('mnist')).plan.cells;
  const mnistData = { dataset: 'images', sha256: mnistSha256, transpose: false };
  expect(trial.config.data).toEqual(mnistData);
  const idWith = async (given: object) =>
    (await planExperiment(mnist, { ...asIs, given }, { dataDir: null })).cells[0].trial.id;
  expect(await idWith({ classes: ['occurring'], transpose: ['auto'] })).toBe(await idWith({}));
});

test('one label is refused', async () => {
  const data = await writeImages(join(folder, 'one'), { label: () => 4 });
  await expect(planned(data)).rejects.toThrow(/all images have the label 4/);
});

test('a file of images stands for the images that it belongs to', async () => {
  const data = await writeImages(join(folder, 'by file'));
  const [whole, byFile] = [await planned(data), await planned(join(data, 't10k-labels-idx1-ubyte'))];
  expect(byFile.plan.cells[0].trial.id).toBe(whole.plan.cells[0].trial.id);
  const archive = await planned('data/fixtures/images/images.npz');
  expect(archive.plan.cells[0].trial.id).toBe(whole.plan.cells[0].trial.id);
});

describe('images without a test part', () => {
  test('have a fifth of their rows for testing, and it is said', async () => {
    const dataDir = await writeImages(join(folder, 'no test'), {}, { testImages: null, testLabels: null });
    const { notes, cells } = await planExperiment(
      logistic,
      { ...asIs, given: { batchSize: [5] } },
      { dataDir },
    );
    expect(cells[0].trial.config.split).toMatchObject({ trainRows: 48, testRows: 12 });
    expect(notes.join('\n')).toMatch(
      /no test part of their own[\s\S]*test rows: 12 of 60 in place of 10000$/m,
    );
    const { dataNotes } = await planned(dataDir);
    expect(dataNotes).toEqual([expect.stringContaining('no test part of their own')]);
    const canonical = planExperiment(logistic, { ...asIs, given: { split: ['canonical'] } }, { dataDir });
    await expect(canonical).rejects.toThrow(/published with a training and a test set/);
  });
});

test('names for numbers are refused; of a table they are the classes in their order', async () => {
  await expect(planned('franke', {}, ['a', 'b'])).rejects.toThrow(
    /names classes, and the target of franke is a number/,
  );
  const { plan } = await planned('breast-cancer', {}, ['gutartig', 'bösartig']);
  expect(plan.data[0].classNames).toEqual(['gutartig', 'bösartig']);
  await expect(planned('iris', {}, ['a'])).rejects.toThrow(/too few names\n.*setosa, versicolor, virginica/);
  await expect(planned('digits', {}, ['a', 'b'])).rejects.toThrow(/too few names\n.*10 names/);
});
