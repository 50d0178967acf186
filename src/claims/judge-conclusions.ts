import { compileCondition } from '../math/expression.ts';
import type { Records } from '../output/trials-table.ts';
import { wilsonInterval } from '../stats/wilson.ts';
import type { ConclusionClaim } from './claims.ts';
import { quantityOf } from './quantity.ts';
import { bind, combinationsOf, isJudged, type PlanOf, type Reading } from './readings.ts';

/** In which seeds a conclusion holds under one reading. */
export interface ConclusionEvidence {
  readonly claim: ConclusionClaim;
  readonly reading: Reading;
  /** [seeds], in the order of the seeds; null where a record is missing. */
  readonly holds: readonly (boolean | null)[];
  /** Share of the seeds in which it holds; null: not run. */
  readonly share: number | null;
  /** Wilson interval of the share; null: not run. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** Finds the seeds in which each conclusion holds. Errors: UserError for a condition that cannot be parsed. */
export async function judgeConclusions(
  claims: readonly ConclusionClaim[],
  reading: Reading,
  planOf: PlanOf,
  records: Records,
  level: number,
): Promise<ConclusionEvidence[]> {
  const evidence = [];
  for (const claim of claims.filter((candidate) => isJudged(candidate, reading))) {
    const holds = await holdsBySeed(claim, reading, planOf, records);
    const complete = holds.length > 0 && !holds.includes(null);
    const count = holds.filter((held) => held === true).length;
    evidence.push({
      claim,
      reading,
      holds,
      share: complete ? count / holds.length : null,
      interval: complete ? wilsonInterval(count, holds.length, level) : null,
    });
  }
  return evidence;
}

/** Parses every conclusion's condition, so that mistakes are found before anything runs. Errors: UserError. */
export async function checkConditions(claims: readonly ConclusionClaim[]): Promise<void> {
  for (const claim of claims) await conditionOf(claim);
}

async function holdsBySeed(
  claim: ConclusionClaim,
  reading: Reading,
  planOf: PlanOf,
  records: Records,
): Promise<(boolean | null)[]> {
  const condition = await conditionOf(claim);
  const quantities = Object.entries(claim.quantities).map(([name, quantity]) => ({
    name,
    quantity,
    cells: [...planOf(reading, quantity).bySeed.values()],
  }));
  // Datasets may have different numbers of seeds: use only as many as all of the experiments have.
  const seeds = Math.min(...quantities.map(({ cells }) => cells.length));
  return Array.from({ length: seeds }, (_, seed) => {
    const held = combinationsOf(claim.for ?? {}).map((values) => {
      const numbers = quantities.map(({ name, quantity, cells }): [string, number | null] => [
        name,
        quantityOf(bind(quantity, values), cells[seed], records),
      ]);
      if (numbers.some(([, value]) => value === null)) return null;
      return condition(Object.fromEntries(numbers as [string, number][]));
    });
    return held.includes(null) ? null : held.every((one) => one === true);
  });
}

function conditionOf({ id, holds, quantities }: ConclusionClaim) {
  return compileCondition(holds, Object.keys(quantities), `claim ${id}: holds`);
}
