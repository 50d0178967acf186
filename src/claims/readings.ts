import { setImmediate } from 'node:timers/promises';
import type { Sources } from '../datasets/dataset.ts';
import { UserError } from '../errors.ts';
import { type Experiment, optionsOf } from '../experiment/define.ts';
import type { OptionName, SettingLists } from '../experiment/options.ts';
import { type Plan, planExperiment, type Variant } from '../experiment/plan.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { type Claim, type Quantity, quantitiesOf } from './claims.ts';
import { type CellsBySeed, cellsBySeed, checkQuantity } from './quantity.ts';

/** One way to interpret the report: as its program, as its wording, or as its program with one choice changed. */
export interface Reading {
  /** code, text, or the changed choice: "batches permutation". */
  readonly name: string;
  readonly variant: Variant;
  readonly changed: SettingLists;
  /** The experiments that the changed choice affects; null: the reading covers the whole report. */
  readonly experiments: ReadonlySet<string> | null;
}

export const codeReading: Reading = { name: 'code', variant: 'code', changed: {}, experiments: null };
export const textReading: Reading = { name: 'text', variant: 'text', changed: {}, experiments: null };

/** The plan of one experiment under one reading, with its cells by seed. */
export interface PlannedReading {
  readonly plan: Plan;
  readonly bySeed: CellsBySeed;
}

/** Returns the plan of a quantity under a reading. */
export type PlanOf = (reading: Reading, quantity: Quantity) => PlannedReading;

/** The seeds for each dataset: fewer for images, which take longer to train on. */
export type Seeds = Readonly<Record<Experiment['dataset'], readonly number[]>>;

/** The seeds of an experiment under a reading. */
export type SeedsOf = (experiment: Experiment, reading: Reading) => readonly number[];

/**
 * Plans every trial that the claims need under every reading. Claims that use the same experiment share its plan.
 *
 * Errors: UserError if a claim names an unknown experiment, option, cell or statistic.
 */
export async function planReadings(
  claims: readonly Claim[],
  readings: readonly Reading[],
  experiments: readonly Experiment[],
  seeds: Seeds | SeedsOf,
  sources: Sources,
): Promise<{ planOf: PlanOf; plans: Plan[] }> {
  const planned = new Map<string, PlannedReading>();
  const seedsOf = typeof seeds === 'function' ? seeds : ({ dataset }: Experiment) => seeds[dataset];
  for (const reading of readings) {
    for (const claim of claims) {
      if (!isJudged(claim, reading)) continue;
      await setImmediate(); // lets Ctrl-C interrupt long files of claims
      for (const quantity of quantitiesOf(claim)) {
        const key = keyOf(reading, quantity);
        if (!planned.has(key)) {
          const experiment = experimentOf(claim.id, quantity, experiments);
          const changed = appliesTo(reading, experiment.name) ? reading.changed : {};
          const given = { ...changed, seed: seedsOf(experiment, reading), ...quantity.with };
          checkWith(claim.id, quantity, experiment);
          const choices = { variant: reading.variant, quick: false, given: given as SettingLists };
          const plan = await planExperiment(experiment, choices, sources);
          planned.set(key, { plan, bySeed: cellsBySeed(plan) });
        }
        for (const bound of boundQuantities(claim, quantity)) {
          checkQuantity(claim.id, bound, planned.get(key)!);
        }
      }
    }
  }
  return {
    planOf: (reading, quantity) => planned.get(keyOf(reading, quantity))!,
    plans: [...planned.values()].map(({ plan }) => plan),
  };
}

/** Whether a claim is judged under a reading. Claims about other libraries are not judged for each changed choice. */
export function isJudged(claim: Claim, reading: Reading): boolean {
  if (claim.variant !== undefined && claim.variant !== reading.variant) return false;
  const quantities = quantitiesOf(claim);
  if (reading.experiments !== null && quantities.some((quantity) => quantity.with?.reference !== undefined)) {
    return false;
  }
  return quantities.some(({ experiment }) => appliesTo(reading, experiment));
}

/** Whether a claim is judged under at least one of the readings. */
export function isJudgedByAny(claim: Claim, readings: readonly Reading[]): boolean {
  return readings.some((reading) => isJudged(claim, reading));
}

/** Returns a quantity once for each combination of the values in the claim's `for`, with those values selected. */
export function boundQuantities(claim: Claim, quantity: Quantity): Quantity[] {
  if (claim.kind === 'number' || claim.for === undefined) return [quantity];
  return combinationsOf(claim.for).map((values) => bind(quantity, values));
}

/** Adds values to the settings that a quantity selects; the quantity's own settings win. */
export function bind(quantity: Quantity, values: Quantity['select']): Quantity {
  return { ...quantity, select: { ...values, ...quantity.select } };
}

/** Every combination of the listed values. */
export function combinationsOf(
  lists: Readonly<Partial<Record<OptionName, readonly (string | number)[]>>>,
): NonNullable<Quantity['select']>[] {
  return Object.entries(lists).reduce<NonNullable<Quantity['select']>[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}

/** Returns one reading for each choice that the experiments leave open: the program with that choice changed. */
export function singleChanges(experiments: readonly Experiment[]): Reading[] {
  const readings = new Map<string, { changed: SettingLists; experiments: Set<string> }>();
  for (const { name: experiment, settings, text, open } of experiments) {
    for (const [option, values] of [...Object.entries(text), ...Object.entries(open)]) {
      for (const value of values) {
        if (settings[option as OptionName]?.includes(value) === true) continue;
        const name = `${option} ${value}`;
        const known = readings.get(name);
        if (known === undefined) {
          readings.set(name, { changed: { [option]: [value] }, experiments: new Set([experiment]) });
        } else known.experiments.add(experiment);
      }
    }
  }
  return [...readings].map(([name, reading]) => ({ name, variant: 'code', ...reading }));
}

/** Whether a reading's change applies to an experiment, which it does only if the experiment leaves that choice open. */
function appliesTo({ experiments }: Reading, experiment: string): boolean {
  return experiments === null || experiments.has(experiment);
}

function keyOf(reading: Reading, { experiment, with: given = {} }: Quantity): string {
  return JSON.stringify([
    appliesTo(reading, experiment) ? reading.name : codeReading.name,
    experiment,
    given,
  ]);
}

function experimentOf(claimId: string, quantity: Quantity, experiments: readonly Experiment[]): Experiment {
  const names = experiments.map(({ name }) => name);
  const name = parseChoice(quantity.experiment, names, `claim ${claimId}: experiment`);
  return experiments.find((experiment) => experiment.name === name)!;
}

function checkWith(claimId: string, quantity: Quantity, experiment: Experiment): void {
  const { name } = experiment;
  const names = optionsOf(experiment);
  for (const option of Object.keys(quantity.with ?? {})) {
    if (names.includes(option as OptionName)) continue;
    throw new UserError({
      what: `claim ${claimId}: ${name} has no option ${option}`,
      expected: names.join(', '),
      received: option,
    });
  }
}
