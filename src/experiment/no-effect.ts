import { UserError } from '../errors.ts';
import { scheduleNames } from '../nn/schedules.ts';
import type { OptionName, SettingLists, Settings } from './options.ts';

/** An option that other settings leave without effect. */
interface Idle {
  readonly option: OptionName;
  /** Whether these settings do so. */
  readonly holds: (settings: Settings) => boolean;
  /** Why, with settings in braces. */
  readonly why: string;
}

export const idleOptions: readonly Idle[] = [
  {
    option: 'learningRate',
    holds: ({ schedule }) => typeof schedule === 'string' && !readsLearningRate(schedule),
    why: 'the formula of {schedule} does not have eta0',
  },
  {
    option: 'penalize',
    holds: ({ lambda, l1 }) => lambda === 0 && l1 === 0,
    why: '{lambda} and {l1} are 0',
  },
  {
    option: 'coefficients',
    holds: ({ hidden }) => (hidden ?? 'none') !== 'none',
    why: 'the networks have hidden layers; {hidden} none makes them linear models',
  },
];

function readsLearningRate(schedule: string): boolean {
  return (scheduleNames as string[]).includes(schedule) || /\beta0\b/.test(schedule);
}

/**
 * Rejects several learning rates with a schedule that does not read them: their trials would be the same, and the best
 * of them an accident.
 */
export function checkSchedules({ schedule = [], learningRate = [] }: SettingLists): void {
  const text = (schedule as string[]).find((one) => !readsLearningRate(one));
  if (text === undefined || learningRate.length < 2) return;
  throw new UserError({
    what: `{learningRate} has no effect, because ${idleOptions[0].why}`,
    expected: 'one {learningRate}, or eta0 in the formula',
    received: text,
    remedy: `write {learningRate} ${learningRate[0]}, or multiply the formula by eta0`,
  });
}

/** Rejects both a number of rows and a grid, which has its own. */
export function checkGrid({ samples, grid = [] }: SettingLists): void {
  if (samples === undefined || grid.every((one) => one === 'none')) return;
  throw new UserError({
    what: '{samples} and {grid} cannot be given together: a grid says how many rows there are',
    expected: 'one of them',
    received: grid.join(','),
    remedy: 'leave out {samples} or {grid}',
  });
}

/** Rejects both a size and a number of mini-batches: each gives the other. */
export function checkBatches({ batchSize, batchesPerEpoch = [] }: SettingLists): void {
  if (batchSize === undefined || batchesPerEpoch.every((count) => count === 'none')) return;
  throw new UserError({
    what: '{batchSize} and {batchesPerEpoch} cannot be given together: each gives the other',
    expected: 'one of them',
    received: batchesPerEpoch.join(','),
    remedy: 'leave out {batchSize} or {batchesPerEpoch}',
  });
}
