import type { Sources } from '../datasets/dataset.ts';
import { datasetEntry, loadData } from '../datasets/index.ts';
import { divisorOf } from '../datasets/scale.ts';
import type { Cell } from '../experiment/cells.ts';
import { optionTitle } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { drawLabel, isSeed } from '../experiment/seeds.ts';
import { variedOptions } from '../output/settings.ts';
import type { Records } from '../output/trials-table.ts';
import { readAttachment } from '../store/attachments.ts';
import { readWeights } from '../store/weights.ts';
import { areAsStored, sharedSeed } from '../trial/config.ts';
import { shortId } from '../trial/id.ts';
import type { ClassifierData, NetworkData } from './browser/data.ts';
import { kernelBytes } from './scripts.ts';
import { testImages } from './test-images.ts';

/** Inputs of a network that can classify drawings: one per pixel. */
const pixels = 28 * 28;

/**
 * Collects one trained classifier per experiment on images, the kernels it needs and some test images; null if the store
 * has no weights. Calls `note` for each record whose weights cannot be read.
 */
export async function classifierData(
  plans: readonly Plan[],
  records: Records,
  storeDirectory: string,
  sources: Sources,
  note: (text: string) => void,
): Promise<ClassifierData | null> {
  const found: { cell: Cell; network: NetworkData }[] = [];
  for (const plan of plans.filter(({ data }) => data.some(({ isDigits }) => isDigits))) {
    const first = await firstNetwork(plan, records, storeDirectory, sources, note);
    if (first !== null) found.push(first);
  }
  if (found.length === 0) return null;
  const networks = found.map(({ network }) => network);
  const dtypes = [...new Set(networks.map(({ dtype }) => dtype))];
  const kernels = await Promise.all(dtypes.map(async (dtype) => [dtype, base64(await kernelBytes(dtype))]));
  const images = await testImages(found[0].cell.trial.config, sources);
  return {
    networks,
    images: images.map((image) => ({ label: image.label, pixels: base64(image.pixels) })),
    kernels: Object.fromEntries(kernels),
  };
}

/** The first trial of a plan whose weights are in the store and whose network accepts drawings from the pad. */
async function firstNetwork(
  plan: Plan,
  records: Records,
  storeDirectory: string,
  sources: Sources,
  note: (text: string) => void,
) {
  for (const cell of plan.cells) {
    const { trial, settings } = cell;
    const { model, data, features } = trial.config;
    const record = records.get(trial.id);
    // The page draws pixels; it has nothing of the training rows, such as means to subtract.
    if (record === undefined || model.solver !== 'sgd' || !areAsStored(features)) continue;
    if (!datasetEntry(data.dataset).describe(data, null).isDigits) continue;
    const weights = await readWeights(storeDirectory, trial);
    if (weights === null && record.status === 'done') {
      note(
        `the weights of trial ${shortId(trial.id)} are missing or damaged, so the page cannot use its network; ` +
          `fys-nn ${plan.experiment.command} --force computes them again`,
      );
    }
    if (weights?.[0].kernel.length !== pixels * model.layers[0].units) continue;
    const accuracy = record.metrics.test_accuracy;
    const shape = [pixels, ...model.layers.map(({ units }) => units)].join('-');
    const varied = variedOptions(plan);
    const seeds = variedOptions(plan, { seed: true }).filter(isSeed);
    const choices = [
      ...varied.map((name) => `${optionTitle(name)} ${settings[name]}`),
      drawLabel(settings, seeds),
    ];
    const { layers, loss, dtype } = model;
    const network: NetworkData = {
      title: [`${plan.experiment.name}: ${shape}`, ...choices, `test accuracy ${accuracy}`].join(', '),
      layers,
      loss,
      dtype,
      divisor: divisorOf(
        features.scale,
        (await loadData(data, sharedSeed(trial.config, 'data'), sources)).largest,
      ),
      weights: base64((await readAttachment(storeDirectory, trial, 'weights'))!),
    };
    return { cell, network };
  }
  return null;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
