import { experiments } from '../../experiments/index.ts';
import { calibrate } from '../claims/calibrate.ts';
import { type Calibration, calibrationFiles, calibrationMarkdown } from '../claims/calibration-files.ts';
import type { Claim, NumberClaim } from '../claims/claims.ts';
import { isCheap, looks } from '../claims/looks.ts';
import { quantityOf } from '../claims/quantity.ts';
import { codeReading, type PlanOf, planReadings, type Reading, textReading } from '../claims/readings.ts';
import type { Sources } from '../datasets/dataset.ts';
import { datasets } from '../datasets/index.ts';
import { exitCodes, UserError } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Records } from '../output/trials-table.ts';

/** How the records of plans are had: from the store, or computed now. */
export type RecordsOf = (plans: readonly Plan[]) => Promise<{ records: Records; failures: number }>;

interface Choices {
  readonly reading: Reading;
  readonly seeds: readonly number[];
  readonly level: number;
  readonly sources: Sources;
}

/**
 * `fys-nn verify --calibrate`: how often honest reports are contradicted and planted errors are found, on real runs.
 *
 * The numbers are those of generated data that are cheap to run many times: RandomNet and images are left out. Closed
 * forms, whose errors have long tails, are judged apart. Errors: UserError for too few seeds.
 */
export async function runCalibration(
  claims: readonly Claim[],
  { reading, seeds, level, sources }: Choices,
  recordsOf: RecordsOf,
): Promise<{ files: ReturnType<typeof calibrationFiles>; text: string; status: number }> {
  const needed = Math.max(...looks.cheap) + 1;
  if (seeds.length < needed) {
    throw new UserError({
      what: '--calibrate needs more seeds: the others judge each of them',
      expected: `at least ${needed} seeds`,
      received: seeds.length,
      remedy: 'leave out --seeds, or write --seeds 1..200',
    });
  }
  const chosen = await calibrationClaims(claims, reading, sources);
  if (chosen.length === 0) {
    throw new UserError({
      what: 'none of these claims can be calibrated',
      expected: "numbers of experiments on generated data with the experiment's own settings",
    });
  }
  const other = reading === codeReading ? textReading : codeReading;
  const bothSeeds = () => seeds;
  const own = await planReadings(chosen, [reading], experiments, bothSeeds, sources);
  const first = await recordsOf(own.plans);
  // A figure whose numbers differ most between the readings is taken from the other one.
  const swapped = chosen.filter(({ figure }) => figure?.startsWith('Figure 3') === true);
  const theirs = await planReadings(swapped, [other], experiments, bothSeeds, sources);
  const second = await recordsOf(theirs.plans);
  if (first.failures + second.failures > 0) return { files: new Map(), text: '', status: exitCodes.failed };
  const numbers = chosen.map((claim) => ({
    claim,
    values: valuesOf(claim, reading, own.planOf, first.records),
    other: swapped.includes(claim) ? valuesOf(claim, other, theirs.planOf, second.records) : null,
  }));
  const isClosed = ({ select }: NumberClaim) => select?.solver === 'closed-form';
  const groups = new Map(
    [
      { name: 'Numbers of trained models', members: numbers.filter(({ claim }) => !isClosed(claim)) },
      { name: 'Closed forms', members: numbers.filter(({ claim }) => isClosed(claim)) },
    ]
      .filter(({ members }) => members.length > 0)
      .map(({ name, members }) => [name, { numbers: members.length, rows: calibrate(members, level) }]),
  );
  const calibration: Calibration = { reading: reading.name, seeds: seeds.length, level, groups };
  return {
    files: calibrationFiles(calibration),
    text: calibrationMarkdown(calibration),
    status: exitCodes.done,
  };
}

async function calibrationClaims(
  claims: readonly Claim[],
  reading: Reading,
  sources: Sources,
): Promise<NumberClaim[]> {
  const cheap = new Set<string>();
  for (const experiment of experiments) {
    const isGenerated = !datasets[experiment.dataset].fromFiles;
    if (isGenerated && (await isCheap(experiment, reading, sources))) cheap.add(experiment.name);
  }
  return claims.filter(
    (claim) =>
      claim.kind === 'number' &&
      claim.with === undefined &&
      claim.variant === undefined &&
      cheap.has(claim.experiment),
  ) as NumberClaim[];
}

function valuesOf(claim: NumberClaim, reading: Reading, planOf: PlanOf, records: Records): number[] {
  return [...planOf(reading, claim).bySeed.values()].map((cells) => quantityOf(claim, cells, records)!);
}
