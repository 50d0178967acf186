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

interface Choices {
  readonly reading: Reading;
  /** The seeds of what is cheap to run, and of what takes minutes: images, RandomNet. */
  readonly seeds: readonly number[];
  readonly dearSeeds: readonly number[];
  readonly level: number;
  readonly sources: Sources;
  /** The experiments that claims can be about. */
  readonly experiments: readonly Experiment[];
  readonly onSeed: (done: number, all: number) => void;
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
  choices: Choices,
  recordsOf: RecordsOf,
): Promise<Calibration | null> {
  const { reading, level, sources, experiments, onSeed } = choices;
  const groups = await groupsOf(claims, choices);
  if (groups.size === 0) {
    throw new UserError({
      what: 'none of these claims can be calibrated',
      expected: "numbers of experiments with the experiment's own settings",
    });
  }
  const valuesOf = async (
    chosen: Iterable<NumberClaim>,
    reading: Reading,
    { most = Number.POSITIVE_INFINITY, given }: { most?: number; given?: NumberClaim['with'] } = {},
  ) => {
    const values = new Map<NumberClaim, number[]>();
    for (const [{ seeds }, members] of byGroup(chosen, groups)) {
      const altered = new Map(members.map((claim) => [claim, { ...claim, with: given }]));
      const seedsOf = () => seeds.slice(0, most);
      const { planOf, plans } = await planReadings(
        [...altered.values()],
        [reading],
        experiments,
        seedsOf,
        sources,
      );
      const { records, failures } = await recordsOf(plans);
      if (failures > 0) return null;
      for (const [claim, own] of altered) values.set(claim, runsOf(own, reading, planOf, records));
    }
    return values;
  };
  const cheap = [...groups].filter(([, { looks: own }]) => own === looks.cheap).map(([claim]) => claim);
  // The figure whose numbers differ most between the readings is taken from the other one.
  const swapped = cheap.filter(({ figure }) => figure?.startsWith('Figure 3') === true);
  const own = await valuesOf(groups.keys(), reading);
  const other = await valuesOf(swapped, reading === codeReading ? textReading : codeReading);
  const playing = reading === codeReading ? cheap : [];
  const drawn = await valuesOf(playing, reading, { most: ownDraws, given: { streams: ['cell'] } });
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

/** The numbers that can be calibrated, each with its group. */
async function groupsOf(
  claims: readonly Claim[],
  { reading, seeds, dearSeeds, sources, experiments }: Choices,
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
