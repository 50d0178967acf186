import type { Attach } from '../trial/attachments.ts';
import type { TrialHooks } from '../trial/run-trial.ts';
import type { Trial } from '../trial/trial.ts';
import type { Kept } from './launcher.ts';

/** The hooks that put next to a trial's record what is to be kept of it. */
export function keeping(trial: Trial, keep: Kept, attach: Attach): Pick<TrialHooks, 'attach' | 'keepModel'> {
  if (keep === 'records') return { attach };
  const keepModel: TrialHooks['keepModel'] = async (fitted) => {
    // Few runs keep models, so workers start without this.
    const { modelToText } = await import('../model/model-file.ts');
    const { modelOf } = await import('../model/saved-model.ts');
    await attach('model', new TextEncoder().encode(modelToText(modelOf(trial, fitted))));
  };
  return keep === 'models' ? { keepModel } : { attach, keepModel };
}
