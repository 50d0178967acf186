import { reasonOf } from '../files/errno.ts';
import { type CheckpointOptions, openCheckpoints, type TrialCheckpoints } from '../store/checkpoints.ts';
import type { Trial } from '../trial/trial.ts';

/** Opens the checkpoints of a trial. What is damaged is noted for the user, and once that something cannot be written. */
export function openTrialCheckpoints(
  storeDirectory: string,
  trial: Trial,
  note: (text: string) => void,
  options: CheckpointOptions,
): Promise<TrialCheckpoints> {
  let warned = false;
  return openCheckpoints(storeDirectory, trial, {
    ...options,
    onDamaged: (path) =>
      note(`${path} is damaged, so no training continues from it; fys-nn store gc removes it`),
    onFailure: (error) => {
      if (!warned) note(`no checkpoint could be written: ${reasonOf(error)}`);
      warned = true;
    },
  });
}
