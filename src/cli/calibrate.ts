import { type CalibrationNumber, calibrate } from '../claims/calibrate.ts';
import type { Calibration } from '../claims/calibration-files.ts';
import type { Claim, NumberClaim } from '../claims/claims.ts';
import { looks, looksFor } from '../claims/looks.ts';
import { quantityOf } from '../claims/quantity.ts';
import { codeReading, type PlanOf, planReadings, type Reading, textReading } from '../claims/readings.ts';
import type { Sources } from '../datasets/dataset.ts';
import { datasets } from '../datasets/index.ts';
import { UserError } from '../errors.ts';
import type { Experiment } from '../experiment/define.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Records } from '../output/trials-table.ts';

/** How the records of plans are had: from the store, or computed now. */
export type RecordsOf = (plans: readonly Plan[]) => Promise<{ records: Records; failures: number }>;

export interface CalibrationChoices {
  readonly reading: Reading;
  /** The seeds of what is cheap to run, and of what takes minutes: images, RandomNet. */
  readonly seeds: readonly number[];
  readonly dearSeeds: readonly number[];
  readonly level: number;
  readonly sources: Sources;
  /** The experiments that claims can be about. */
  readonly experiments: readonly Experiment[];
}

/** How many of the seeds also play the program's report with random draws of their own in each cell. */
const ownDraws = 100;

/** The numbers of one kind: named together, run with the same seeds. */
interface Group {
  readonly name: string;
  readonly seeds: readonly number[];
  readonly looks: readonly number[];
}

/**
 * `fys-nn verify --calibrate`: how often honest reports are contradicted and planted errors are found, on real runs under
 * one reading; null if a trial failed.
 *
 * Closed forms, whose errors have long tails, RandomNet and images are counted apart. Without seeds for what takes
 * minutes, that is left out. Errors: UserError for too few seeds.
 */
export async function runCalibration(
  claims: readonly Claim[],
  choices: CalibrationChoices & { readonly onSeed: (done: number, all: number) => void },
  recordsOf: RecordsOf,
): Promise<Calibration | null> {
  const { reading, level, onSeed } = choices;
  const { groups, ...parts } = await partsOf(claims, choices);
  const valuesOf = async (part: readonly Part[]) => {
    const values = new Map<NumberClaim, number[]>();
    for (const { altered, reading, planned } of part) {
      const { planOf, plans } = await planned();
      const { records, failures } = await recordsOf(plans);
      if (failures > 0) return null;
      for (const [claim, own] of altered) values.set(claim, runsOf(own, reading, planOf, records));
    }
    return values;
  };
  const own = await valuesOf(parts.own);
  const other = await valuesOf(parts.other);
  const drawn = await valuesOf(parts.drawn);
  if (own === null || other === null || drawn === null) return null;
  const numbers = [...groups].map(([claim, group]): CalibrationNumber => {
    const others = new Map<string, readonly number[]>();
    if (drawn.has(claim)) {
      others.set('honest: another seed, with random draws of its own in each cell', drawn.get(claim)!);
    }
    if (other.has(claim)) others.set(`${claim.figure} from the other reading`, other.get(claim)!);
    return { claim, group: group.name, looks: group.looks, values: own.get(claim)!, others };
  });
  return { reading: reading.name, numbers, rows: await calibrate(numbers, { level, onSeed }) };
}

/** The plans of everything that a calibration runs. */
export async function planCalibrations(
  claims: readonly Claim[],
  choices: CalibrationChoices,
): Promise<Plan[]> {
  const { own, other, drawn } = await partsOf(claims, choices);
  const plans: Plan[] = [];
  for (const { planned } of [...own, ...other, ...drawn]) plans.push(...(await planned()).plans);
  return plans;
}

/** Claims that are run together, under one reading, with what their plans say. */
interface Part {
  readonly altered: ReadonlyMap<NumberClaim, NumberClaim>;
  readonly reading: Reading;
  readonly planned: () => ReturnType<typeof planReadings>;
}

/** The report's runs, those of the other reading, and those with random draws of their own. */
async function partsOf(claims: readonly Claim[], choices: CalibrationChoices) {
  const { reading, sources, experiments } = choices;
  const groups = await groupsOf(claims, choices);
  if (groups.size === 0) {
    throw new UserError({
      what: 'none of these claims can be calibrated',
      expected: "numbers of experiments with the experiment's own settings",
    });
  }
  const cheap = [...groups].filter(([, { looks: own }]) => own === looks.cheap).map(([claim]) => claim);
  // The figure whose numbers differ most between the readings is taken from the other one.
  const swapped = cheap.filter(({ figure }) => figure?.startsWith('Figure 3') === true);
  const parts = (
    chosen: Iterable<NumberClaim>,
    reading: Reading,
    { most = Number.POSITIVE_INFINITY, given }: { most?: number; given?: NumberClaim['with'] } = {},
  ): Part[] =>
    [...byGroup(chosen, groups)].map(([{ seeds }, members]) => {
      const altered = new Map(members.map((claim) => [claim, { ...claim, with: given }]));
      const seedsOf = () => seeds.slice(0, most);
      const planned = () => planReadings([...altered.values()], [reading], experiments, seedsOf, sources);
      return { altered, reading, planned };
    });
  return {
    groups,
    own: parts(groups.keys(), reading),
    other: parts(swapped, reading === codeReading ? textReading : codeReading),
    drawn: parts(reading === codeReading ? cheap : [], reading, {
      most: ownDraws,
      given: { streams: ['cell'] },
    }),
  };
}

/** The numbers that can be calibrated, each with its group. */
async function groupsOf(
  claims: readonly Claim[],
  { reading, seeds, dearSeeds, sources, experiments }: CalibrationChoices,
): Promise<Map<NumberClaim, Group>> {
  const groups = new Map<NumberClaim, Group>();
  const named = new Map<string, Group>();
  for (const claim of claims) {
    const experiment = experiments.find(({ name }) => claim.kind === 'number' && name === claim.experiment);
    if (claim.kind !== 'number' || experiment === undefined) continue;
    if (claim.with !== undefined || claim.variant !== undefined) continue;
    const { fromFiles, title } = datasets[experiment.dataset];
    const own = await looksFor(experiment, reading, sources);
    const isDear = fromFiles || own !== looks.cheap;
    const isClosed = claim.select?.solver === 'closed-form';
    const name = fromFiles ? title : isDear ? experiment.name : isClosed ? 'Closed forms' : 'Trained models';
    const group = named.get(name) ?? {
      name,
      looks: own,
      // RandomNet takes half a minute a seed and gives two numbers: as few seeds as can judge each other.
      seeds: !isDear ? seeds : fromFiles ? dearSeeds : dearSeeds.slice(0, Math.max(...own) + 1),
    };
    named.set(name, group);
    if (group.seeds.length > 0) groups.set(claim, group);
  }
  for (const group of new Set(groups.values())) checkSeeds(group);
  return groups;
}

function checkSeeds({ name, seeds, looks: own }: Group): void {
  const needed = Math.max(...own) + 1;
  if (seeds.length >= needed) return;
  const flag = own === looks.cheap ? '--seeds' : '--mnist-seeds';
  throw new UserError({
    what: `--calibrate needs more seeds for ${name}: the others judge each of them`,
    expected: `at least ${needed} seeds`,
    received: seeds.length,
    remedy: `leave out ${flag}, or write ${flag} 1..${own === looks.cheap ? 200 : 24}`,
  });
}

function byGroup(claims: Iterable<NumberClaim>, groups: ReadonlyMap<NumberClaim, Group>) {
  const members = new Map<Group, NumberClaim[]>();
  for (const claim of claims) {
    const group = groups.get(claim)!;
    members.set(group, [...(members.get(group) ?? []), claim]);
  }
  return members;
}

function runsOf(claim: NumberClaim, reading: Reading, planOf: PlanOf, records: Records): number[] {
  return [...planOf(reading, claim).bySeed.values()].map((cells) => quantityOf(claim, cells, records)!);
}
