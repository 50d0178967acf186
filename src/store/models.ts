import { modelFromJson } from '../model/model-file.ts';
import type { SavedModel } from '../model/saved-model.ts';
import type { Trial } from '../trial/trial.ts';
import { readAttachment } from './attachments.ts';

/** Reads the model of a trial; null if the store has none, if the file is damaged, or if another version wrote it. */
export async function readStoredModel(
  directory: string,
  trial: Pick<Trial, 'id'>,
): Promise<SavedModel | null> {
  const bytes = await readAttachment(directory, trial, 'model');
  if (bytes === null) return null;
  return modelFromJson(JSON.parse(new TextDecoder().decode(bytes)), trial.id).catch(() => null);
}
