import { counted } from '../errors.ts';
import type { Experiment } from '../experiment/define.ts';
import type { Records } from '../output/trials-table.ts';
import { type Claim, quantitiesOf } from './claims.ts';
import { isJudged, type PlannedReading, type PlanOf, type Reading, type SeedsOf } from './readings.ts';

/** An experiment that is judged by fewer seeds than it would have been, because the time was over. */
export interface Unfinished {
  readonly experiment: string;
  readonly reading: string;
  readonly seeds: number;
  readonly wanted: number;
}

/** Why a verification has fewer seeds than its claims call for. */
export interface Ended {
  /** The longest time that was given. */
  readonly minutes: number;
  readonly unfinished: readonly Unfinished[];
}

/** "Not finished: after 5 minutes the seeds were grid-search ols (text) 3 of up to 50, …." */
export function endedText({ minutes, unfinished }: Ended): string {
  const each = unfinished.map(
    ({ experiment, reading, seeds, wanted }) => `${experiment} (${reading}) ${seeds} of up to ${wanted}`,
  );
  return `Not finished: after ${counted(minutes, 'minute')} the seeds were ${each.join(', ')}.`;
}

/** The seeds of each experiment, from its first on, all of whose trials have a record; maybe none. */
export function finishedSeeds(
  claims: readonly Claim[],
  planOf: PlanOf,
  seedsOf: SeedsOf,
  records: Records,
): SeedsOf {
  return (experiment, reading) => {
    const seeds = seedsOf(experiment, reading);
    const planned = plansAbout(claims, experiment, reading, planOf);
    const isDone = (seed: number) =>
      planned.every(({ bySeed }) =>
        (bySeed.get(seed) ?? []).every(({ trial }) => records.get(trial.id) !== undefined),
      );
    const first = seeds.findIndex((seed) => !isDone(seed));
    return first === -1 ? seeds : seeds.slice(0, first);
  };
}

/** The experiments with claims that have fewer seeds than wanted. */
export function unfinishedOf(
  claims: readonly Claim[],
  experiments: readonly Experiment[],
  readings: readonly Reading[],
  finished: SeedsOf,
  wanted: SeedsOf,
): Unfinished[] {
  return readings.flatMap((reading) =>
    experiments.flatMap((experiment) => {
      const isAbout = (claim: Claim) =>
        isJudged(claim, reading) && ownQuantities(claim, experiment).length > 0;
      const [seeds, all] = [finished, wanted].map((seedsOf) => seedsOf(experiment, reading).length);
      if (seeds >= all || !claims.some(isAbout)) return [];
      return { experiment: experiment.name, reading: reading.name, seeds, wanted: all };
    }),
  );
}

function plansAbout(
  claims: readonly Claim[],
  experiment: Experiment,
  reading: Reading,
  planOf: PlanOf,
): PlannedReading[] {
  const judged = claims.filter((claim) => isJudged(claim, reading));
  const quantities = judged.flatMap((claim) => ownQuantities(claim, experiment));
  return [...new Set(quantities.map((quantity) => planOf(reading, quantity)))];
}

/** What a claim takes from an experiment, without what has seeds of its own. */
function ownQuantities(claim: Claim, { name }: Experiment) {
  return quantitiesOf(claim).filter(
    ({ experiment, with: given }) => experiment === name && given?.seed === undefined,
  );
}
