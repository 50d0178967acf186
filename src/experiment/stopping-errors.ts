import { counted, UserError } from '../errors.ts';
import { racingLooks } from '../stats/racing.ts';
import type { HalvingChoices } from './halving.ts';
import { racingAlpha } from './stopping.ts';

// What successive halving and racing refuse.

/** The comparison of all pairs of more settings takes minutes. */
export const mostRacing = 2000;

export function withReference(name: string): UserError {
  return new UserError({
    what: 'other libraries train for comparison: they are neither chosen nor stopped',
    expected: 'settings of this program alone',
    received: name,
    remedy: 'leave out {reference}, and compare the best setting with it afterwards',
  });
}

export function otherDraws(one: number, another: number): UserError {
  return new UserError({
    what: '{racing} compares settings seed by seed, and some of them do not read all seeds that vary',
    expected: 'the same seeds for all settings',
    received: `${counted(one, 'draw')} of one setting, ${another} of another`,
    remedy: 'vary {seed} alone, or run these settings apart',
  });
}

export function nothingToRace(settings: number, draws: number): UserError {
  if (settings < 2) {
    return new UserError({
      what: '{racing} has nothing to compare: there is only one setting',
      expected: 'at least 2 settings',
      received: settings,
      remedy: 'give lists of values, or leave out {racing}',
    });
  }
  return new UserError({
    what: '{racing} has too few seeds for a look before the last one',
    expected: `at least ${firstRace()} seeds: with fewer, no difference is significant`,
    received: counted(draws, 'seed'),
    remedy: 'give more seeds, such as {seed} 1..20, or leave out {racing}',
  });
}

function firstRace(): number {
  let seeds = 2;
  while (racingLooks(seeds, racingAlpha).length === 0) seeds++;
  return seeds;
}

export function tooManyToRace(settings: number): UserError {
  return new UserError({
    what: '{racing} compares every setting with every other, and there are too many',
    expected: `at most ${mostRacing} settings`,
    received: settings,
    remedy: 'use {halving}, or race the best settings of a first run',
  });
}

export function noEpochs(solver: string): UserError {
  return new UserError({
    what: '{halving} compares trainings after some of their epochs, and these models have none',
    expected: 'models that are trained by {solver} sgd',
    received: solver,
    remedy: 'use {racing}, which stops settings after some of their seeds',
  });
}

export function severalEpochs(lengths: readonly number[]): UserError {
  return new UserError({
    what: '{halving} chooses after how many epochs settings are compared, so {epochs} is no list',
    expected: 'one number of epochs, the most that a setting may have',
    received: [...lengths].sort((a, b) => a - b).join(','),
    remedy: `write {epochs} ${Math.max(...lengths)}, once: an option that is given twice has both values`,
  });
}

export function nothingToHalve(
  settings: number,
  epochs: number,
  { eta, minEpochs }: HalvingChoices,
): UserError {
  if (settings < eta) {
    return new UserError({
      what: `{halving} ${eta} keeps 1 setting in ${eta}, and there are fewer`,
      expected: `at least ${counted(eta, 'setting')}`,
      received: settings,
      remedy: settings < 2 ? 'give lists of values, or leave out {halving}' : `use {halving} ${settings}`,
    });
  }
  return new UserError({
    what: '{halving} has no room for a round before the last one',
    expected:
      minEpochs === null
        ? `at least ${epochs + 1} epochs`
        : `{minEpochs} of at most ${Math.ceil(epochs / eta)}`,
    received: minEpochs === null ? epochs : minEpochs,
    remedy: minEpochs === null ? 'give more {epochs}, or leave out {halving}' : 'lower {minEpochs}',
  });
}
