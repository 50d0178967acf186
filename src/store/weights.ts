import type { LayerWeights } from '../nn/network.ts';
import { weightsFromBytes } from '../nn/weights-bytes.ts';
import type { Trial } from '../trial/trial.ts';
import { readAttachment } from './attachments.ts';

/** Reads the final weights of a trial; null if the store has none or if the file is damaged. */
export async function readWeights(directory: string, trial: Trial): Promise<LayerWeights[] | null> {
  const bytes = await readAttachment(directory, trial, 'weights');
  const { model } = trial.config;
  if (bytes === null || model.solver !== 'sgd') return null;
  return weightsFromBytes(bytes, model.layers, model.dtype);
}
