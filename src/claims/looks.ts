import type { Sources } from '../datasets/dataset.ts';
import type { Experiment } from '../experiment/define.ts';
import { planExperiment } from '../experiment/plan.ts';
import { trialSeconds } from '../trial/size.ts';
import { quantitiesOf } from './claims.ts';
import { codeReading, type Reading, type Seeds, type SeedsOf } from './readings.ts';
import type { Verification } from './verdicts.ts';
import type { Verdict } from './words.ts';

/**
 * How many seeds are looked at, by what one seed of an experiment costs. The last number decides; at the earlier ones an
 * experiment ends whose claims are all settled.
 *
 * Eleven seeds are the fewest that settle a conclusion which holds in all of them, and fifty have nearly all the power
 * against single numbers that a hundred have (docs/judging.md). Together the looks take less than 20 minutes on two cores
 * (looks.test.ts).
 */
export const looks = {
  /** Everything on the Franke function but RandomNet. */
  cheap: [11, 20, 50],
  /** MNIST under the report's program. */
  dear: [11, 20],
  /** RandomNet. */
  dearest: [11],
  /** MNIST under any other reading. */
  dearOther: [5],
} as const;

/** Seconds of one seed, as estimated from its settings, above which an experiment is dear, … */
const dearFrom = 5;
const dearestFrom = 30;
const dearOtherFrom = 10;

/** Seeds of a first few looks at everything, for runs that may end at any time. */
const earlyLooks = [3, 5, 8];

/** The seeds of every experiment under every reading, and whether more are to be looked at. */
export interface Looks {
  readonly seedsOf: SeedsOf;
  /** The next look, with more seeds where claims are not settled; null if there is none. */
  next(verification: Verification): Looks | null;
  /** The look with the most seeds. */
  last(): Looks;
}

/** One look with the given seeds. */
export function fixedLook(seeds: Seeds): Looks {
  const look: Looks = {
    seedsOf: ({ dataset }) => seeds[dataset] ?? [],
    next: () => null,
    last: () => look,
  };
  return look;
}

/**
 * The first of several looks. What is run follows from records alone, never from the clock: an experiment gets more seeds
 * while one of its claims is not settled.
 *
 * Looking early makes no false contradiction: an early look can only find that a claim is typical, or true in all seeds.
 * Everything else is looked at until the last number of seeds, and only that can contradict. It makes false confirmations:
 * of conclusions that are true in 80 % of all seeds, up to 11.8 % are said to hold, instead of the 4.8 % with 50 seeds at
 * once (exact, share.test.ts), nearly all at the first look.
 *
 * `early` puts looks with fewer seeds before them, which end nothing: so a run that is stopped has some seeds of all.
 */
export async function adaptiveLooks(
  experiments: readonly Experiment[],
  readings: readonly Reading[],
  sources: Sources,
  early = false,
): Promise<Looks> {
  const steps = new Map<string, readonly number[]>();
  for (const experiment of experiments) {
    for (const reading of readings) {
      const usual = await looksFor(experiment, reading, sources);
      const first = early ? earlyLooks.filter((count) => count < usual[0]) : [];
      steps.set(keyOf(experiment.name, reading), [...first, ...usual]);
    }
  }
  return lookAt(steps, new Map());
}

async function priceOf(
  experiment: Experiment,
  reading: Reading,
  sources: Sources,
): Promise<keyof typeof looks> {
  const seconds = await seedSeconds(experiment, reading, sources);
  if (seconds <= dearFrom) return 'cheap';
  if (reading === codeReading) return seconds <= dearestFrom ? 'dear' : 'dearest';
  return seconds <= dearOtherFrom ? 'dearest' : 'dearOther';
}

/** How many seeds of an experiment are looked at, one number for each look. */
export async function looksFor(
  experiment: Experiment,
  reading: Reading,
  sources: Sources,
): Promise<readonly number[]> {
  return looks[await priceOf(experiment, reading, sources)];
}

/** Whether one seed of an experiment takes so little time that many are looked at. */
export async function isCheap(experiment: Experiment, reading: Reading, sources: Sources): Promise<boolean> {
  return (await priceOf(experiment, reading, sources)) === 'cheap';
}

/** Seconds that one seed takes on one core, estimated from its settings. */
async function seedSeconds(experiment: Experiment, { variant }: Reading, sources: Sources): Promise<number> {
  const choices = { variant, quick: false, given: { seed: [1] } };
  const { cells } = await planExperiment(experiment, choices, sources);
  return cells.reduce((sum, { trial }) => sum + trialSeconds(trial.config), 0);
}

function lookAt(steps: ReadonlyMap<string, readonly number[]>, taken: ReadonlyMap<string, number>): Looks {
  const countOf = (key: string) => {
    const counts = steps.get(key)!;
    return counts[Math.min(taken.get(key) ?? 0, counts.length - 1)];
  };
  const firstSeeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  return {
    seedsOf: ({ name }, reading) => {
      const key = keyOf(name, reading);
      // A changed choice is looked at as often as the program that it changes.
      return firstSeeds(countOf(steps.has(key) ? key : keyOf(name, codeReading)));
    },
    next: (verification) => {
      const unsettled = unsettledOf(verification);
      const further = [...steps].flatMap(([key, counts]) => {
        const isEarly = earlyLooks.includes(countOf(key));
        return (isEarly || unsettled.has(key)) && (taken.get(key) ?? 0) < counts.length - 1 ? key : [];
      });
      if (further.length === 0) return null;
      const after = new Map(taken);
      for (const key of further) after.set(key, (taken.get(key) ?? 0) + 1);
      return lookAt(steps, after);
    },
    last: () => lookAt(steps, new Map([...steps].map(([key, { length }]) => [key, length - 1]))),
  };
}

/** Verdicts on numbers that more seeds could not change, or not for the better. */
export const settledNumbers: readonly Verdict[] = ['typical', 'not run'];

/** The experiments under each reading that have a claim which more seeds could settle. */
function unsettledOf({ numbers, conclusions }: Verification): Set<string> {
  const unsettled = new Set<string>();
  for (const { subject, evidence } of numbers) {
    for (const { reading, verdict } of evidence) {
      if (!settledNumbers.includes(verdict)) unsettled.add(keyOf(subject.experiment, reading));
    }
  }
  for (const { subject, evidence } of conclusions) {
    for (const { reading, share, verdict } of evidence) {
      if (verdict === 'not run' || (verdict !== 'undecided' && share === 1)) continue;
      for (const { experiment } of quantitiesOf(subject)) unsettled.add(keyOf(experiment, reading));
    }
  }
  return unsettled;
}

function keyOf(experiment: string, reading: Reading): string {
  return `${experiment}\n${reading.name}`;
}
