import { losses } from '../nn/losses.ts';
import type { AttachmentKind } from './attachments.ts';
import { numerics, type TrialRecord } from './trial.ts';

/**
 * What a run keeps next to a record: of a classifier its test outputs, and of a network with an output for each class its weights
 * too. Nothing of a trial that diverged, and of one that another version computed.
 */
export function expectedAttachments({ status, config, metrics }: TrialRecord): AttachmentKind[] {
  if (status !== 'done' || config.numerics !== numerics || !('test_accuracy' in metrics)) return [];
  const { model } = config;
  const isNetwork =
    model?.solver === 'sgd' && Object.hasOwn(losses, model.loss) && losses[model.loss].classes === null;
  return isNetwork ? ['weights', 'outputs'] : ['outputs'];
}
