import { expectedEpochs, trialKind, trialSeconds } from '../trial/size.ts';
import type { Trial } from '../trial/trial.ts';
import type { Work } from './time-left.ts';

/** The epochs after which the trainings of trials are saved, by id. */
export type SavedEpochs = ReadonlyMap<string, number>;

/** What is known about the time of a trial before it runs, or resumes from its saved epoch. */
export function workOf({ id, config }: Trial, saved: SavedEpochs): Work {
  const { epochs, exact } = expectedEpochs(config);
  const from = Math.max(0, Math.min(saved.get(id) ?? 0, epochs - 1));
  const left = epochs === 0 ? 1 : 1 - from / epochs;
  return { kind: trialKind(config), seconds: left * trialSeconds(config), epochs, exact, from };
}
