import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { type SmallImages, writeImages } from '../datasets/image-files.testing.ts';
import { readImages } from '../datasets/image-folder.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { SettingLists } from './options.ts';
import { planExperiment } from './plan.ts';

const mnist = experiments.find(({ name }) => name === 'mnist')!;
let folder: string;
let digits: Pick<SmallImages, 'height' | 'width' | 'trainRows' | 'testRows' | 'label'>;
/** From 0 to 1: the mean of 4 x 4 pixels of MNIST's images. */
let ink: SmallImages['pixel'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-scaling-'));
  const { inputs, targets } = await readImages(null);
  digits = { height: 7, width: 7, trainRows: 1000, testRows: 200, label: (row) => targets[row] };
  ink = (row, y, x) => {
    let sum = 0;
    for (let i = 0; i < 16; i++) sum += inputs[row * 784 + (4 * y + (i >> 2)) * 28 + 4 * x + (i & 3)];
    return sum / (16 * 255);
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const given = { split: ['canonical'], samples: [1200], testSize: [200], epochs: [40], lambda: [0] };

async function planned(name: string, full: number, extra: SettingLists = {}) {
  const dataDir = await writeImages(join(folder, name), {
    ...digits,
    pixel: (row, y, x) => Math.round(ink(row, y, x) * full),
  });
  const sources = { dataDir };
  const plan = await planExperiment(
    mnist,
    { variant: 'code', quick: false, given: { ...given, ...extra } },
    sources,
  );
  const accuracy = async () => (await runTrial(plan.cells[0].trial, sources)).metrics.test_accuracy!;
  return { plan, accuracy };
}

describe('digits are learned as well whatever the scale of their pixels, and the choice is said', () => {
  test.each([
    [1, 'max'],
    [16, 'max'],
    [100, 'max'],
    [127, 'max'],
  ])('from 0 to %d: %s', async (full, scale) => {
    const bytes = await planned('bytes', 255);
    const { plan, accuracy } = await planned(`dark-${full}`, full);
    expect(plan.lists.scale).toEqual([scale]);
    expect(plan.cells[0].settings.scale).toBe(scale);
    expect(plan.cells[0].trial.config.features.scale).toBe(scale);
    const done = full === 1 ? 'used as they are' : `divided by ${full}`;
    expect(plan.notes).toEqual([`the pixels go up to ${full}, so they are ${done}: {scale} max`]);
    expect(await accuracy()).toBeGreaterThan((await bytes.accuracy()) - 0.06);
  });

  test('a scaling that the user chose is taken without a word', async () => {
    const { plan, accuracy } = await planned('chosen', 16, { scale: ['pixels'] });
    expect(plan.notes).toEqual([]);
    expect(plan.cells[0].trial.config.features.scale).toBe('pixels');
    expect(await accuracy()).toBeLessThan(0.7);
  });

  test('MNIST is divided by 255, of which nobody needs to be told', async () => {
    const plan = await planExperiment(mnist, { variant: 'code', quick: false, given: {} }, { dataDir: null });
    expect(plan.notes).toEqual([]);
    expect(plan.cells[0].trial.config.features.scale).toBe('pixels');
  });

  test('every scaling is a trial of its own', async () => {
    const { plan } = await planned('all', 16, { scale: ['none', 'pixels', 'max'] });
    expect(new Set(plan.cells.map(({ trial }) => trial.id)).size).toBe(3);
  });
});

test('the name of a folder decides no id; the bytes do', async () => {
  const [one, same, other] = [
    await planned('letters', 255),
    await planned('other name', 255),
    await planned('letters too', 254),
  ].map(({ plan }) => plan);
  expect(one.cells[0].trial.id).toBe(same.cells[0].trial.id);
  expect(one.cells[0].trial.id).not.toBe(other.cells[0].trial.id);
  expect([one, same].map(({ data }) => data[0].label)).toEqual(['letters', 'other name']);
  expect(one.data[0].title).toMatch(/^images "letters" \(sha256:[0-9a-f]{12}\)$/);
});
