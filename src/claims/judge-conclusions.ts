import { UserError } from '../errors.ts';
import type { Cell } from '../experiment/cells.ts';
import type { OptionName, Settings } from '../experiment/options.ts';
import { compileCondition } from '../math/expression.ts';
import type { Records } from '../output/trials-table.ts';
import type { Interval } from '../stats/interval.ts';
import { moreSeeds, shareWord } from '../stats/share.ts';
import { wilsonInterval } from '../stats/wilson.ts';
import { type BestCell, bestCellWord, compareBestCell, type Grid } from './best-cell.ts';
import { type ConclusionClaim, nameOf } from './claims.ts';
import { scaleOf } from './domain.ts';
import { type Effect, effectOf } from './effect.ts';
import { cellValues, fits, quantityOf } from './quantity.ts';
import { bind, combinationsOf, isJudged, type PlanOf, type Reading } from './readings.ts';
import type { Verdict } from './words.ts';

/** In which seeds a conclusion holds under one reading, and by how much. */
export interface ConclusionEvidence {
  readonly claim: ConclusionClaim;
  readonly reading: Reading;
  /** [seeds], in the order of the seeds; null where a record is missing. */
  readonly holds: readonly (boolean | null)[];
  /** Share of the seeds in which it holds; null: not run. */
  readonly share: number | null;
  /** Wilson interval of the share; null: not run. */
  readonly interval: Interval | null;
  /** The share if each quantity came from an independent run; null: not run, one quantity, or too few seeds. */
  readonly unpaired: number | null;
  /** By how much it holds; null: not run, or its condition is not made of comparisons. */
  readonly effect: Effect | null;
  /** How many more seeds would decide, if the share stays what it is; null: too many, or not run. */
  readonly moreSeeds: number | null;
  /** How the cell of a claim about the best cell compares with the best on average; null: no such claim, or not run. */
  readonly bestCell: BestCell | null;
  readonly verdict: Verdict;
}

/**
 * Finds the seeds in which each conclusion holds. Errors: UserError for a condition that cannot be parsed, or is undefined
 * in a seed.
 */
export async function judgeConclusions(
  claims: readonly ConclusionClaim[],
  reading: Reading,
  planOf: PlanOf,
  records: Records,
  level: number,
): Promise<ConclusionEvidence[]> {
  const evidence = [];
  for (const claim of claims.filter((candidate) => isJudged(candidate, reading))) {
    const bySeed = valuesBySeed(claim, reading, planOf, records);
    const grids = gridsOf(claim, reading, planOf, records);
    const [first] = Object.values(claim.quantities);
    const names = [...planOf(reading, first).bySeed.keys()].map((seed) => `seed ${seed}`);
    evidence.push({ claim, reading, ...(await judgeConclusion(claim, bySeed, level, grids, names)) });
  }
  return evidence;
}

const notRun = {
  share: null,
  interval: null,
  unpaired: null,
  effect: null,
  moreSeeds: null,
  bestCell: null,
  verdict: 'not run',
} as const;

/**
 * Judges a conclusion by the values of its quantities, [seeds][combinations of `for`]; null: a record is missing. A claim
 * about the best cell needs its grid, for each combination. `names` are those of the seeds, for messages. Errors: UserError
 * for a condition that is undefined for finite values, such as one that compares 0 / 0: it is neither true nor false. With
 * a diverged run, an undefined condition does not hold.
 */
export async function judgeConclusion(
  claim: ConclusionClaim,
  bySeed: readonly (readonly Values[] | null)[],
  level: number,
  grids: readonly Grid[] = [],
  names: readonly string[] = bySeed.map((_, seed) => `run ${seed + 1}`),
): Promise<Omit<ConclusionEvidence, 'claim' | 'reading'>> {
  const condition = await conditionOf(claim);
  const isMissing = (values: Values) => Object.values(values).some(Number.isNaN);
  const holds = bySeed.map((values, seed) => {
    if (values === null || values.some(isMissing)) return null;
    const truths = values.map(condition);
    const undefinedFor = values.find(
      (own, combination) => truths[combination] === null && Object.values(own).every(Number.isFinite),
    );
    if (undefinedFor !== undefined) throw undefinedCondition(claim, names[seed], undefinedFor);
    return truths.every((truth) => truth === true);
  });
  if (holds.length === 0 || holds.includes(null)) return { holds, ...notRun };
  const complete = bySeed as readonly (readonly Values[])[];
  const count = holds.filter((held) => held === true).length;
  const found = await effectOf(claim, complete, level);
  const bestCell = grids.map((grid) => compareBestCell(grid, level)).sort((a, b) => a.p - b.p)[0] ?? null;
  const wordOf = (successes: number, seeds: number) =>
    claim.grid === undefined
      ? shareWord(successes, seeds, level)
      : bestCellWord(bestCell, { wins: successes, seeds, level });
  const word = wordOf(count, holds.length);
  return {
    holds,
    share: count / holds.length,
    interval: wilsonInterval(count, holds.length, level),
    unpaired: unpairedShare(Object.keys(claim.quantities), complete, condition),
    effect: found?.effect ?? null,
    moreSeeds: moreSeeds(count, holds.length, wordOf),
    bestCell,
    verdict: word === 'holds' && found?.negligible === true ? 'holds, but negligible' : word,
  };
}

function undefinedCondition(claim: ConclusionClaim, run: string, values: Values): UserError {
  const named = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
  return new UserError({
    what: `${nameOf(claim)}: its condition is undefined in ${run}, so it is neither true nor false`,
    expected: 'a number on both sides of every comparison',
    received: `${claim.holds} with ${named.join(', ')}`,
    remedy: 'write a condition without 0 / 0, or the logarithm or root of a negative number',
  });
}

/** The values of a conclusion's quantities, by name. */
type Values = Readonly<Record<string, number>>;

/**
 * The share of the cases in which the condition holds if its k-th quantity is taken from seed i + k d (modulo n), over all
 * seeds i and those shifts d = 1 .. n - 1 for which the quantities of a case have different seeds: for two quantities, all
 * pairs of different seeds. Null if there are fewer than two quantities, or no such shift. A case in which the condition is
 * undefined is one in which it does not hold.
 */
function unpairedShare(
  names: readonly string[],
  bySeed: readonly (readonly Values[])[],
  condition: (values: Values) => boolean | null,
): number | null {
  const n = bySeed.length;
  if (names.length < 2) return null;
  // Quantities j and k have the same seed if (k - j) d is a multiple of n.
  const shifts = Array.from({ length: Math.max(0, n - 1) }, (_, index) => index + 1).filter((shift) =>
    names.every((_, k) => k === 0 || (k * shift) % n !== 0),
  );
  if (shifts.length === 0) return null;
  let held = 0;
  for (const shift of shifts) {
    for (let seed = 0; seed < n; seed++) {
      const isTrue = bySeed[0].every(
        (_, combination) =>
          condition(
            Object.fromEntries(
              names.map((name, k) => [name, bySeed[(seed + k * shift) % n][combination][name]]),
            ),
          ) === true,
      );
      if (isTrue) held++;
    }
  }
  return held / (n * shifts.length);
}

/** Parses every conclusion's condition, so that mistakes are found before anything runs. Errors: UserError. */
export async function checkConditions(claims: readonly ConclusionClaim[]): Promise<void> {
  for (const claim of claims) await conditionOf(claim);
}

/** [seeds][combinations of `for`]; null for a seed with a record missing. */
function valuesBySeed(
  claim: ConclusionClaim,
  reading: Reading,
  planOf: PlanOf,
  records: Records,
): (Values[] | null)[] {
  const quantities = Object.entries(claim.quantities).map(([name, quantity]) => ({
    name,
    quantity,
    cells: [...planOf(reading, quantity).bySeed.values()],
  }));
  // Experiments may have different numbers of seeds: use only as many as all of them have.
  const seeds = Math.min(...quantities.map(({ cells }) => cells.length));
  return Array.from({ length: seeds }, (_, seed) => {
    const combinations = combinationsOf(claim.for ?? {}).map((values) =>
      quantities.map(({ name, quantity, cells }): [string, number | null] => [
        name,
        quantityOf(bind(quantity, values), cells[seed], records),
      ]),
    );
    const isComplete = combinations.every((values) => values.every(([, value]) => value !== null));
    return isComplete ? combinations.map((values) => Object.fromEntries(values) as Values) : null;
  });
}

/** The grid of a claim about the best cell, for each combination of `for`; empty for any other, and if a value is missing. */
function gridsOf(claim: ConclusionClaim, reading: Reading, planOf: PlanOf, records: Records): Grid[] {
  const { grid, quantities } = claim;
  if (grid === undefined) return [];
  const seeds = [...planOf(reading, grid).bySeed.values()];
  return combinationsOf(claim.for ?? {}).flatMap((values) => {
    const bySeed = seeds.map((cells) => cellValues(bind(grid, values), cells, records));
    const first = bySeed[0].map(({ cell }) => cell);
    const found = first.map((_, cell) => bySeed.map((one) => one[cell]?.value ?? null));
    if (bySeed.some(({ length }) => length !== first.length) || found.flat().includes(null)) return [];
    return {
      cells: distinguishing(first),
      values: found as number[][],
      claimed: first.findIndex((cell) => fits(cell, bind(quantities.cell, values))),
      better: grid.take === 'max' ? 'higher' : 'lower',
      scale: scaleOf(grid),
    };
  });
}

/** The settings of each cell that are not the same in all of them. */
function distinguishing(cells: readonly Cell[]): Settings[] {
  const names = Object.keys(cells[0]?.settings ?? {}) as OptionName[];
  const differing = names.filter((name) =>
    cells.some(({ settings }) => settings[name] !== cells[0].settings[name]),
  );
  return cells.map(({ settings }) => Object.fromEntries(differing.map((name) => [name, settings[name]])));
}

function conditionOf(claim: ConclusionClaim) {
  return compileCondition(claim.holds, Object.keys(claim.quantities), `${nameOf(claim)}: holds`);
}
