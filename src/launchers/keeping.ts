import { modelToText } from '../model/model-file.ts';
import { modelOf } from '../model/saved-model.ts';
import type { Attach } from '../trial/attachments.ts';
import type { TrialHooks } from '../trial/run-trial.ts';
import type { Trial } from '../trial/trial.ts';
import type { Kept } from './launcher.ts';

/** The hooks that put next to a trial's record what is to be kept of it. */
export function keeping(trial: Trial, keep: Kept, attach: Attach): Pick<TrialHooks, 'attach' | 'keepModel'> {
  if (keep === 'records') return { attach };
  const keepModel: TrialHooks['keepModel'] = (fitted) =>
    attach('model', new TextEncoder().encode(modelToText(modelOf(trial, fitted))));
  return keep === 'models' ? { keepModel } : { attach, keepModel };
}
