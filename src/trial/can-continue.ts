import type { TrialConfig } from './trial.ts';

/** Whether a training can continue one with fewer epochs: not with streams of its own, nor if it is made of several, as in cross-validation. */
export function canContinue({ model, streams, split }: TrialConfig): boolean {
  return model.solver === 'sgd' && streams !== 'cell' && (split.folds ?? 0) === 0;
}
