import { setImmediate } from 'node:timers/promises';
import type { Sources } from '../datasets/dataset.ts';
import { UserError } from '../errors.ts';
import { type Experiment, optionsOf } from '../experiment/define.ts';
import type { OptionName, Setting, SettingLists } from '../experiment/options.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import type { Variant } from '../experiment/variants.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { type Choice, choices } from './choices.ts';
import { type Claim, nameOf, type Quantity, quantitiesOf } from './claims.ts';
import { type CellsBySeed, cellsBySeed, checkQuantity } from './quantity.ts';

/** One way to interpret the report: as its program, as its wording, or as its program with some choices changed. */
export interface Reading {
  /** code, text, or the changed choices: "batches permutation". */
  readonly name: string;
  readonly variant: Variant;
  /** Empty: the reading covers the whole report. */
  readonly changed: readonly Choice[];
}

export const codeReading: Reading = { name: 'code', variant: 'code', changed: [] };
export const textReading: Reading = { name: 'text', variant: 'text', changed: [] };

/** The runs of another program: the only reading of the report there is. */
export const runsReading: Reading = { name: 'runs', variant: 'code', changed: [] };

/** The program with these choices changed. */
export function readingWith(changed: readonly Choice[]): Reading {
  if (changed.length === 0) return codeReading;
  return { name: changed.map(({ name }) => name).join(', '), variant: 'code', changed };
}

/** The plan of one experiment under one reading, with its cells by seed. */
export interface PlannedReading {
  readonly plan: Plan;
  readonly bySeed: CellsBySeed;
}

/** Returns the plan of a quantity under a reading. */
export type PlanOf = (reading: Reading, quantity: Quantity) => PlannedReading;

/** The seeds for each dataset: fewer for images, which take longer to train on. */
export type Seeds = Readonly<Partial<Record<Experiment['dataset'], readonly number[]>>>;

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
  const seedsOf = typeof seeds === 'function' ? seeds : ({ dataset }: Experiment) => seeds[dataset] ?? [];
  for (const reading of readings) {
    for (const claim of claims) {
      if (!isJudged(claim, reading)) continue;
      await setImmediate(); // lets Ctrl-C interrupt long files of claims
      for (const quantity of quantitiesOf(claim)) {
        const key = keyOf(reading, quantity);
        if (!planned.has(key)) {
          const experiment = experimentOf(nameOf(claim), quantity, experiments);
          const changed = changesOf(reading, experiment.name);
          const lists = changedLists(changed, experiment);
          const given = { ...lists, seed: seedsOf(experiment, reading), ...quantity.with };
          checkWith(nameOf(claim), quantity, experiment);
          const choices = { variant: reading.variant, quick: false, given: given as SettingLists };
          const plan = await planExperiment(experiment, choices, sources);
          planned.set(key, { plan, bySeed: cellsBySeed(plan, changed) });
        }
        for (const bound of boundQuantities(claim, quantity)) {
          checkQuantity(nameOf(claim), bound, planned.get(key)!);
        }
      }
    }
  }
  return {
    planOf: (reading, quantity) => planned.get(keyOf(reading, quantity))!,
    plans: [...planned.values()].map(({ plan }) => plan),
  };
}

/**
 * Whether a claim is judged under a reading. Under changed choices, only claims that these can affect are judged, and none
 * about other libraries.
 */
export function isJudged(claim: Claim, reading: Reading): boolean {
  if (claim.variant !== undefined && claim.variant !== reading.variant) return false;
  if (reading.changed.length === 0) return true;
  if (isAboutLibrary(claim)) return false;
  return quantitiesOf(claim).some(({ experiment }) => changesOf(reading, experiment).length > 0);
}

/** Whether a claim is about another library, for which the choices mean nothing or cannot be made. */
export function isAboutLibrary(claim: Claim): boolean {
  return quantitiesOf(claim).some((quantity) => quantity.with?.reference !== undefined);
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

/** Returns one reading for each choice that can affect one of the experiments: the program with that choice changed. */
export function singleChanges(experiments: readonly Experiment[]): Reading[] {
  return choices
    .filter((choice) => experiments.some(({ name }) => choice.experiments.includes(name)))
    .map((choice) => readingWith([choice]));
}

/** The changed choices that affect an experiment. */
function changesOf({ changed }: Reading, experiment: string): readonly Choice[] {
  return changed.filter(({ experiments }) => experiments.includes(experiment));
}

/** The lists of an experiment's options with the other values of the choices in place of the program's. */
function changedLists(changed: readonly Choice[], { settings }: Experiment): SettingLists {
  const lists: Partial<Record<OptionName, readonly Setting[]>> = {};
  for (const { option, program, other } of changed) {
    lists[option] = (lists[option] ?? settings[option] ?? []).map((value) =>
      value === program ? other : value,
    );
  }
  return lists;
}

function keyOf(reading: Reading, { experiment, with: given = {} }: Quantity): string {
  return JSON.stringify([
    reading.variant,
    changesOf(reading, experiment).map(({ name }) => name),
    experiment,
    given,
  ]);
}

function experimentOf(claim: string, quantity: Quantity, experiments: readonly Experiment[]): Experiment {
  const names = experiments.map(({ name }) => name);
  // The only experiment, such as that of a file, is what is meant: a claim without one is refused.
  if (names.length === 1 && quantity.experiment !== names[0]) {
    throw new UserError({
      what: `${claim}: experiment has an unknown value`,
      expected: names[0],
      received: quantity.experiment,
      remedy: `write experiment: ${names[0]}`,
    });
  }
  const name = parseChoice(quantity.experiment, names, `${claim}: experiment`);
  return experiments.find((experiment) => experiment.name === name)!;
}

function checkWith(claim: string, quantity: Quantity, experiment: Experiment): void {
  const { name } = experiment;
  const names = optionsOf(experiment);
  for (const option of Object.keys(quantity.with ?? {})) {
    if (names.includes(option as OptionName)) continue;
    throw new UserError({
      what: `${claim}: ${name} has no option ${option}`,
      expected: names.join(', '),
      received: option,
    });
  }
}
