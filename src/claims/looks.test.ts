import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { choices } from './choices.ts';
import type { NumberClaim } from './claims.ts';
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
  expect(third.seeds.franke).toHaveLength(50);
  expect(third.next(verificationOf('ffnn', 'undecided'))).toBeNull();
  expect(third.seedsOf(ffnn, codeReading).slice(0, 11)).toEqual(first.seedsOf(ffnn, codeReading));
});

test('what takes long has fewer seeds, and fewest under the wording', async () => {
  const look = (await adaptiveLooks(experiments, [codeReading, textReading], sources)).last();
  const mnist = experiments.find(({ name }) => name === 'mnist')!;
  expect([countOf(look, mnist), countOf(look, mnist, textReading), countOf(look)]).toEqual([11, 5, 50]);
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
