import { basename } from 'node:path';
import type { Claim, ConclusionClaim, Metrics, NumberClaim } from './claims.ts';
import { quantitiesOf } from './claims.ts';
import type { Measure } from './domain.ts';
import { judgeConclusion } from './judge-conclusions.ts';
import { type Gathered, judgeValues } from './judge-numbers.ts';
import { bind, combinationsOf, runsReading } from './readings.ts';
import { strayText } from './runs-common.ts';
import type { RunsFile } from './runs-file.ts';
import { runsGrids } from './runs-grid.ts';
import { columnMeasure } from './runs-measures.ts';
import { planRuns, type RunsPlan, type Selection } from './runs-plan.ts';
import { type RunsTable, readRuns } from './runs-table.ts';
import { type ValuesBySeed, valuesOf } from './runs-values.ts';
import { type Verification, verificationOf } from './verdicts.ts';

/** The verdicts from a file of runs, and what its reader should know. */
export interface JudgedRuns {
  readonly verification: Verification;
  readonly notes: readonly string[];
}

/**
 * Judges claims by runs that any program made, each claim by all runs that have a value for it.
 *
 * Errors: UserError for a file that cannot be used, and for claims about columns that it does not have.
 */
export async function judgeRuns(
  { claims, metrics }: { readonly claims: readonly Claim[]; readonly metrics?: Metrics | undefined },
  file: RunsFile,
  level: number,
  command: string,
): Promise<JudgedRuns> {
  const plan = planRuns(claims, file, metrics);
  const table = await readRuns(file, plan);
  const measures = plan.statistics.map((statistic, place) =>
    columnMeasure(statistic, table.ranges[place], leastPublished(claims, plan, place)),
  );
  const values = new Map<Selection, ValuesBySeed>();
  const strays = new Set<string>();
  for (const claim of claims) {
    for (const selection of selectionsOf(claim, plan).flat()) {
      const { values: own, common } = await valuesOf(claim, selection, table, plan, file);
      values.set(selection, own);
      for (const stray of common.strays) {
        strays.add(`left out: ${await strayText(stray, common.runs, table, plan, file)}`);
      }
    }
  }
  const numbers = judgeValues(
    claims
      .filter((claim) => claim.kind === 'number')
      .map((claim) => gatheredFor(claim, plan.of(claim, claim), values, measures)),
    level,
  );
  const conclusions = [];
  for (const claim of claims.filter((claim) => claim.kind === 'conclusion')) {
    const bound = boundValues(claim, plan, table, values);
    const bySeed = bound.map((one) => one.values);
    const names = bound.map(({ seed }) => `run ${seed}`);
    const grids = await runsGrids(claim, plan, table, measures, file);
    conclusions.push({
      claim,
      reading: runsReading,
      ...(await judgeConclusion(claim, bySeed, level, grids, names)),
    });
  }
  const seeds = { [basename(file.path)]: table.seeds.map(asNumber) };
  const runs = { file: basename(file.path), sha256: file.sha256, rows: table.rows, command };
  return {
    verification: verificationOf(claims, [runsReading], { ...numbers, conclusions }, { level, seeds, runs }),
    notes: [
      ...plan.statistics.flatMap((statistic, place) => scaleNote(statistic, measures[place])),
      ...listed([...strays]),
      ...shortNotes(claims, plan, table, values),
    ],
  };
}

/** The selections of a claim: one for each combination of its `for` and each of its quantities. */
function selectionsOf(claim: Claim, plan: RunsPlan): Selection[][] {
  const combinations = claim.kind === 'conclusion' ? combinationsOf(claim.for ?? {}) : [{}];
  return combinations.map((bound) =>
    quantitiesOf(claim).map((quantity) => plan.of(claim, bind(quantity, bound))),
  );
}

function gatheredFor(
  claim: NumberClaim,
  selection: Selection,
  values: ReadonlyMap<Selection, ValuesBySeed>,
  measures: readonly Measure[],
): Gathered {
  const own = values.get(selection)!;
  return {
    ...{ claim, reading: runsReading, values: [...own.values()] },
    ...{ measure: measures[selection.statistic], seeds: [...own.keys()].join() },
  };
}

/** The seeds that have all quantities, each with its values for every combination of `for`. */
function boundValues(
  claim: ConclusionClaim,
  plan: RunsPlan,
  { seeds }: RunsTable,
  values: ReadonlyMap<Selection, ValuesBySeed>,
): { seed: string; values: Record<string, number>[] }[] {
  const names = Object.keys(claim.quantities);
  const bound = selectionsOf(claim, plan).map((selections) => selections.map((one) => values.get(one)!));
  return seeds.flatMap((name, seed) => {
    if (!bound.every((all) => all.every((own) => own.has(seed)))) return [];
    const own = bound.map((all) => Object.fromEntries(all.map((one, i) => [names[i], one.get(seed)!])));
    return [{ seed: name, values: own }];
  });
}

/** The lowest published number of a statistic: one that is not positive rules out its logarithm. */
function leastPublished(claims: readonly Claim[], plan: RunsPlan, place: number): number {
  return claims
    .filter((claim) => claim.kind === 'number')
    .filter((claim) => plan.of(claim, claim).statistic === place)
    .reduce((least, claim) => Math.min(least, claim.value), Number.POSITIVE_INFINITY);
}

function scaleNote({ name, measure }: RunsPlan['statistics'][number], used: Measure): string[] {
  if (measure === used) return [];
  const compared = used.scale === 'log' ? 'by its logarithm, because it is always positive' : 'as it is';
  const why =
    measure === null ? 'is no metric that fys-nn knows' : 'has values that a metric of its name cannot have';
  return [`${name} ${why}: it is compared ${compared}; "metrics" in the file of claims can say otherwise`];
}

/** What is missing: claims without runs and why, and claims with fewer runs than the file has. */
function shortNotes(
  claims: readonly Claim[],
  plan: RunsPlan,
  table: RunsTable,
  values: ReadonlyMap<Selection, ValuesBySeed>,
): string[] {
  const all = table.seeds.length;
  const absent: string[] = [];
  const short: string[] = [];
  for (const claim of claims) {
    const selections = selectionsOf(claim, plan).flat();
    const empty = selections.find((selection) => values.get(selection)!.size === 0);
    if (empty !== undefined) absent.push(`${claim.id}: ${whyEmpty(empty, plan, table)}`);
    else {
      const shared = table.seeds.filter((_, seed) =>
        selections.every((selection) => values.get(selection)!.has(seed)),
      ).length;
      if (shared === 0) absent.push(`${claim.id}: no run has all of its quantities`);
      else if (shared < all) short.push(`${claim.id} ${shared}`);
    }
  }
  return [
    ...listed(absent).map((text) => `not run: ${text}`),
    ...(short.length === 0 ? [] : [`of ${all} runs, fewer have a value for ${listed(short).join(', ')}`]),
  ];
}

/** The most claims that a note lists. */
const mostListed = 5;

function listed(texts: readonly string[]): string[] {
  const more = texts.length - mostListed;
  return more > 0 ? [...texts.slice(0, mostListed), `and ${more} more`] : [...texts];
}

function whyEmpty({ wanted, except, quantity }: Selection, plan: RunsPlan, table: RunsTable): string {
  for (const { setting, values } of wanted) {
    const found = table.valuesOf(setting);
    if (found.some((value) => values.has(value))) continue;
    const { name } = plan.settings[setting];
    return `no row has ${name} ${[...values].join(' or ')}; there are ${listed(found).join(', ')}`;
  }
  if (except.length > 0) {
    const own = except.map(
      ({ setting, values }) => `${plan.settings[setting].name} ${[...values].join(' or ')}`,
    );
    return `no row with a ${quantity.statistic} is of another cell than ${own.join(', ')}`;
  }
  return `no row with its settings has a ${quantity.statistic}`;
}

/** Seeds that are numbers, as numbers. */
function asNumber(seed: string): number | string {
  const value = Number(seed);
  return String(value) === seed ? value : seed;
}
