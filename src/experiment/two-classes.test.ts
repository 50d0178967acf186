import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import logistic from '../../experiments/logistic.ts';
import { writeImages } from '../datasets/image-files.testing.ts';
import { runTrial } from '../trial/run-trial.ts';
import { planExperiment } from './plan.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-two-classes-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function planned(classes: number) {
  const dataDir = await writeImages(join(folder, `${classes}`), { label: (row) => row % classes });
  const given = {
    loss: ['binary_cross_entropy'],
    lambda: [0],
    epochs: [2],
    batchSize: [4],
    testSize: [0.25],
  };
  const plan = await planExperiment(logistic, { variant: 'code', quick: false, given }, { dataDir });
  return { plan, dataDir };
}

test('images with two labels can be trained with binary cross-entropy and one output', async () => {
  const { plan, dataDir } = await planned(2);
  const [{ trial }] = plan.cells;
  expect(trial.config.model).toMatchObject({ loss: 'binary_cross_entropy', layers: [{ units: 1 }] });
  const { metrics, status } = await runTrial(trial, { dataDir });
  expect(status).toBe('done');
  expect(metrics.test_accuracy).toBeGreaterThanOrEqual(0);
  expect(metrics.test_cross_entropy).toBeGreaterThan(0);
});

test('images with three labels cannot', async () => {
  await expect(planned(3)).rejects.toMatchObject({
    parts: { what: '{loss} binary_cross_entropy is for 2 classes', received: '3 classes' },
  });
});
