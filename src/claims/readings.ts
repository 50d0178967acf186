import { setImmediate } from 'node:timers/promises';
import type { Sources } from '../datasets/dataset.ts';
import { UserError } from '../errors.ts';
import type { Experiment } from '../experiment/define.ts';
import type { OptionName, SettingLists } from '../experiment/options.ts';
import { type Plan, planExperiment, type Variant } from '../experiment/plan.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { type Claim, type Quantity, quantitiesOf } from './claims.ts';
import { type CellsBySeed, cellsBySeed, checkQuantity } from './quantity.ts';

/** One way to read what the report leaves open: its program, its wording, or its program with one choice changed. */
export interface Reading {
  /** code, text, or the changed choice: "batches permutation". */
  readonly name: string;
  readonly variant: Variant;
  readonly changed: SettingLists;
  /** The experiments that it is about; null: all. */
  readonly experiments: ReadonlySet<string> | null;
}

export const codeReading: Reading = { name: 'code', variant: 'code', changed: {}, experiments: null };
export const textReading: Reading = { name: 'text', variant: 'text', changed: {}, experiments: null };

/** What is run for one experiment under one reading, its cells by seed. */
export interface PlannedReading {
  readonly plan: Plan;
  readonly bySeed: CellsBySeed;
}

/** Finds the plan of a quantity under a reading. */
export type PlanOf = (reading: Reading, quantity: Quantity) => PlannedReading;

/** The seeds for each dataset: generated data are cheap, images are not. */
export type Seeds = Readonly<Record<Experiment['dataset'], readonly number[]>>;

/**
 * Plans every trial that the claims ask for under every reading; claims that share an experiment share its plan.
 *
 * Errors: claims that name unknown experiments, options, cells or statistics.
 */
export async function planReadings(
  claims: readonly Claim[],
  readings: readonly Reading[],
  experiments: readonly Experiment[],
  seeds: Seeds,
  sources: Sources,
): Promise<{ planOf: PlanOf; plans: Plan[] }> {
  const planned = new Map<string, PlannedReading>();
  for (const reading of readings) {
    for (const claim of claims) {
      if (!isJudged(claim, reading)) continue;
      await setImmediate(); // long files of claims stay open to Ctrl-C
      for (const quantity of quantitiesOf(claim)) {
        const key = keyOf(reading, quantity);
        if (!planned.has(key)) {
          const experiment = experimentOf(claim.id, quantity, experiments);
          const changed = concerns(reading, experiment.name) ? reading.changed : {};
          const given = { ...changed, seed: seeds[experiment.dataset], ...quantity.with };
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

/** Whether a claim is judged under a reading at all; what another library computes is not asked of every changed choice. */
export function isJudged(claim: Claim, reading: Reading): boolean {
  if (claim.variant !== undefined && claim.variant !== reading.variant) return false;
  const quantities = quantitiesOf(claim);
  if (reading.experiments !== null && quantities.some((quantity) => quantity.with?.reference !== undefined)) {
    return false;
  }
  return quantities.some(({ experiment }) => concerns(reading, experiment));
}

/** Whether any of the readings says anything of a claim; of what is the program's alone its wording does not. */
export function isAsked(claim: Claim, readings: readonly Reading[]): boolean {
  return readings.some((reading) => isJudged(claim, reading));
}

/** A conclusion's `for` laid over one of its quantities: one quantity for each combination of its values. */
export function boundQuantities(claim: Claim, quantity: Quantity): Quantity[] {
  if (claim.kind === 'number' || claim.for === undefined) return [quantity];
  return combinationsOf(claim.for).map((values) => bind(quantity, values));
}

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

/** The choices that an experiment leaves open, one at a time: its program with one of them changed. */
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

/** A change is made only where the experiment leaves that choice open; elsewhere the program stays as it is. */
function concerns({ experiments }: Reading, experiment: string): boolean {
  return experiments === null || experiments.has(experiment);
}

function keyOf(reading: Reading, { experiment, with: given = {} }: Quantity): string {
  return JSON.stringify([concerns(reading, experiment) ? reading.name : codeReading.name, experiment, given]);
}

function experimentOf(claimId: string, quantity: Quantity, experiments: readonly Experiment[]): Experiment {
  const names = experiments.map(({ name }) => name);
  const name = parseChoice(quantity.experiment, names, `claim ${claimId}: experiment`);
  return experiments.find((experiment) => experiment.name === name)!;
}

function checkWith(claimId: string, quantity: Quantity, { name, settings }: Experiment): void {
  for (const option of Object.keys(quantity.with ?? {})) {
    if (option in settings) continue;
    throw new UserError({
      what: `claim ${claimId}: ${name} has no option ${option}`,
      expected: Object.keys(settings).join(', '),
      received: option,
    });
  }
}
