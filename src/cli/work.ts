import { greatest, least } from '../stats/describe.ts';
import { expectedEpochs, trialKind, trialSeconds } from '../trial/size.ts';
import type { Trial, TrialConfig } from '../trial/trial.ts';
import type { Work } from './time-left.ts';

/** The epochs after which the trainings of trials are saved, by id. */
export type SavedEpochs = ReadonlyMap<string, number>;

/**
 * What is known about the time of a trial before it runs, or resumes from its saved epoch. Adjacent trials that differ in
 * their seed alone, as thousands of a grid do, share one object.
 */
export function workOf({ id, config }: Trial, saved: SavedEpochs): Work {
  const own = saved.get(id) ?? 0;
  const isLikeLast =
    last !== null && last.saved === own && parts.every((part) => config[part] === last?.config[part]);
  if (last === null || !isLikeLast) last = { config, saved: own, work: newWork(config, own) };
  return last.work;
}

const parts = ['data', 'split', 'features', 'model', 'bootstrap'] as const;
let last: { readonly config: TrialConfig; readonly saved: number; readonly work: Work } | null = null;

function newWork(config: TrialConfig, saved: number): Work {
  const { epochs, exact } = expectedEpochs(config);
  const from = Math.max(0, Math.min(saved, epochs - 1));
  const left = epochs === 0 ? 1 : 1 - from / epochs;
  return { kind: trialKind(config), seconds: left * trialSeconds(config), epochs, exact, from };
}

/** The epochs from which trials start: of their own checkpoints, or of a finished trial with fewer epochs. */
export function startingEpochs(saved: SavedEpochs, continued: SavedEpochs): SavedEpochs {
  const starting = new Map(saved);
  for (const [id, epoch] of continued) starting.set(id, Math.max(epoch, saved.get(id) ?? 0));
  return starting;
}

/** "3 of 4 trials continue where finished trials ended, after epochs 50 to 100". */
export function continuedText(continued: SavedEpochs, trials: number): string {
  const epochs = [...continued.values()];
  const [first, last] = [least(epochs), greatest(epochs)];
  const from = first === last ? `epoch ${first}` : `epochs ${first} to ${last}`;
  if (trials === 1) return `the training continues where a finished trial ended, after ${from}`;
  const which = continued.size === trials ? `all ${trials} trials` : `${continued.size} of ${trials} trials`;
  return `${which} continue where finished trials ended, after ${from}`;
}
