import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { planExperiment } from '../experiment/plan.ts';
import { trialSeconds } from '../trial/size.ts';
import { choices } from './choices.ts';
import type { ConclusionClaim, NumberClaim } from './claims.ts';
import { adaptiveLooks, fixedLook, type Looks } from './looks.ts';
import { codeReading, type Reading, readingWith, textReading } from './readings.ts';
import type { Verification } from './verdicts.ts';
import type { Verdict } from './words.ts';

const sources = { dataDir: null };
const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
const ridge = experiments.find(({ name }) => name === 'grid-search ridge')!;

/** A verification of one number of an experiment, with this verdict under the program. */
function verificationOf(experiment: string, verdict: Verdict): Verification {
  const subject = { kind: 'number', id: 'n', experiment, statistic: 'test_mse' } as NumberClaim;
  const evidence = [{ claim: subject, reading: codeReading, values: [], found: null, verdict }];
  const judged = { subject, evidence, verdict, byReading: {}, holdsUnder: [] };
  const nothing = { figures: [], conclusions: [], readings: [], level: 0.95 };
  return { ...nothing, seeds: {} as Verification['seeds'], numbers: [judged] };
}

const countOf = (look: Looks, experiment = ffnn, reading: Reading = codeReading) =>
  look.seedsOf(experiment, reading).length;

test('an experiment is looked at with more seeds while a claim about it is not settled, the others are not', async () => {
  const first = await adaptiveLooks([ffnn, ridge], [codeReading, textReading], sources);
  expect([countOf(first), countOf(first, ridge)]).toEqual([11, 11]);
  expect(first.next(verificationOf('ffnn', 'typical'))).toBeNull();
  const second = first.next(verificationOf('ffnn', 'unusual'))!;
  expect([countOf(second), countOf(second, ridge), countOf(second, ffnn, textReading)]).toEqual([20, 11, 11]);
  const third = second.next(verificationOf('ffnn', 'contradicted'))!;
  expect(countOf(third)).toBe(50);
  expect(third.next(verificationOf('ffnn', 'undecided'))).toBeNull();
  expect(third.seedsOf(ffnn, codeReading).slice(0, 11)).toEqual(first.seedsOf(ffnn, codeReading));
});

/** A verification of one conclusion about an experiment that is true in this share of the seeds. */
function conclusionOf(experiment: string, share: number, verdict: Verdict): Verification {
  const quantities = { a: { experiment, statistic: 'test_mse' } };
  const subject = { kind: 'conclusion', id: 'c', quantities, holds: 'a < 1' } as unknown as ConclusionClaim;
  const evidence = [{ claim: subject, reading: codeReading, share, verdict }];
  const judged = { subject, evidence, verdict, byReading: {}, holdsUnder: [] };
  const nothing = { numbers: [], figures: [], readings: [], level: 0.95, seeds: {} };
  return { ...nothing, conclusions: [judged] } as unknown as Verification;
}

test('an early look settles a conclusion that is true in all seeds; one that is true in none is looked at further', async () => {
  const first = await adaptiveLooks([ffnn], [codeReading], sources);
  expect(first.next(conclusionOf('ffnn', 1, 'holds'))).toBeNull();
  expect(first.next(conclusionOf('ffnn', 0, 'contradicted'))).not.toBeNull();
  expect(first.next(conclusionOf('ffnn', 0.9, 'holds'))).not.toBeNull();
});

test('early looks with few seeds end nothing, and lead to the usual ones', async () => {
  let look = await adaptiveLooks([ffnn, ridge], [codeReading], sources, true);
  const counts = [];
  for (let next: Looks | null = look; next !== null; next = look.next(verificationOf('ffnn', 'typical'))) {
    look = next;
    counts.push([countOf(look), countOf(look, ridge)]);
  }
  expect(counts).toEqual([
    [3, 3],
    [5, 5],
    [8, 8],
    [11, 11],
  ]);
});

test('everything that is looked at by default takes less than 20 minutes on two cores', async () => {
  const look = (await adaptiveLooks(experiments, [codeReading, textReading], sources)).last();
  let seconds = 0;
  for (const experiment of experiments) {
    for (const reading of [codeReading, textReading]) {
      const given = { seed: [1, 2, 3] };
      const { cells } = await planExperiment(
        experiment,
        { variant: reading.variant, quick: false, given },
        sources,
      );
      const three = cells.reduce((sum, { trial }) => sum + trialSeconds(trial.config), 0);
      seconds += (three / 3) * countOf(look, experiment, reading);
    }
  }
  expect(seconds / 2 / 60).toBeLessThan(20);
});

test('what takes long has fewer seeds, and fewest under the wording', async () => {
  const look = (await adaptiveLooks(experiments, [codeReading, textReading], sources)).last();
  const mnist = experiments.find(({ name }) => name === 'mnist')!;
  const randomnet = experiments.find(({ name }) => name === 'randomnet')!;
  const counts = [ffnn, mnist, randomnet].map((one) =>
    [codeReading, textReading].map((reading) => countOf(look, one, reading)),
  );
  expect(counts).toEqual([
    [50, 50],
    [20, 5],
    [11, 11],
  ]);
});

test('a changed choice has as many seeds as the program that it changes', async () => {
  const change = readingWith(choices.filter(({ name }) => name === 'batches permutation'));
  const first = await adaptiveLooks([ffnn], [codeReading], sources);
  expect(countOf(first.next(verificationOf('ffnn', 'unusual'))!, ffnn, change)).toBe(20);
});

test('given seeds are looked at once', () => {
  const look = fixedLook({ franke: [3, 4], images: [5] });
  expect(look.seedsOf(ffnn, codeReading)).toEqual([3, 4]);
  expect(look.next(verificationOf('ffnn', 'unusual'))).toBeNull();
});
