import { adaptiveLooks, fixedLook, type Looks } from '../claims/looks.ts';
import type { Reading, Seeds } from '../claims/readings.ts';
import { datasetNames, datasets } from '../datasets/index.ts';
import type { Experiment } from '../experiment/define.ts';
import type { VerifyRequest } from './verify-flags.ts';

/** Looks as often as needed, unless the user says with which seeds or wants a quick look. */
export async function looksOf(
  { generated, fromFiles, quick, running }: VerifyRequest,
  readings: readonly Reading[],
  experiments: readonly Experiment[],
): Promise<Looks> {
  if (generated === null && fromFiles === null && !quick) {
    return await adaptiveLooks(experiments, readings, running.sources, running.enough !== null);
  }
  const usual = quick ? quickSeeds : fullSeeds;
  const forGenerated = generated ?? usual.generated;
  const forFiles = fromFiles ?? forGenerated.slice(0, usual.fromFiles);
  const entries = datasetNames.map((name) => [name, datasets[name].hasPixels ? forFiles : forGenerated]);
  return fixedLook(Object.fromEntries(entries) as Seeds);
}

/** Seeds of --quick, and those of the kind of data for which only the other kind's seeds are given. */
const quickSeeds = { generated: [1, 2, 3, 4, 5], fromFiles: 1 };
const fullSeeds = { generated: Array.from({ length: 50 }, (_, index) => index + 1), fromFiles: 11 };
