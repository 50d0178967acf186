import type { Classified } from '../stats/classified.ts';
import { outputsFromBytes } from '../trial/test-outputs.ts';
import type { Trial } from '../trial/trial.ts';
import { readAttachment, readAttachmentAtOnce } from './attachments.ts';

/** Reads what a classifier says of its test rows; null if the store has no such file or if it is damaged. */
export async function readOutputs(directory: string, trial: Pick<Trial, 'id'>): Promise<Classified | null> {
  const bytes = await readAttachment(directory, trial, 'outputs');
  return bytes === null ? null : outputsFromBytes(bytes);
}

/** The same, synchronously. */
export function readOutputsAtOnce(directory: string, trial: Pick<Trial, 'id'>): Classified | null {
  const bytes = readAttachmentAtOnce(directory, trial, 'outputs');
  return bytes === null ? null : outputsFromBytes(bytes);
}
