import { join } from 'node:path';
import { packageFolder } from '../files/package-folder.ts';
import { type Positioned, readPositioned } from '../files/positioned.ts';
import { readJsonFile } from '../files/regular-file.ts';

import { readCauses, withCauses } from './causes.ts';
import { checkClaims, checkMetrics, type Runs } from './check-claims.ts';
import type { Claim, NumberClaim, Quantity } from './claim-parts.ts';
import { type ClaimsPlace, claimsPlace } from './claims-place.ts';
import type { Metrics, WrittenClaims } from './claims-schema.ts';
import { metricNamed } from './column-metric.ts';
import { Misfit } from './kinds/kind.ts';
import { withPresentNames } from './present-names.ts';

export type { Runs } from './check-claims.ts';
export type { Cause, Claim, ConclusionClaim, NumberClaim, Quantity } from './claim-parts.ts';
export type { Metrics } from './claims-schema.ts';

/** A claims file: the numbers and conclusions that its claims of all kinds stand for. */
export type ClaimsFile = Omit<WrittenClaims, 'claims'> & { readonly claims: Claim[] };

/** The bundled file of claims: every number and conclusion of the report. */
export const ownClaims = join(packageFolder, 'data/claims.json');

const limits = { largest: 16 * 2 ** 20, largestPlaced: 2 ** 20 };

/**
 * Reads a claims file, JSON or YAML, and checks its form. `runs` says who makes the runs.
 *
 * Errors: UserError naming the file and the place in it.
 */
export async function readClaims(path: string, runs: Runs = 'own'): Promise<ClaimsFile> {
  const isOwn = path === ownClaims;
  const source: Positioned = isOwn
    ? { value: await readJsonFile(path, limits.largest), place: () => path, placeOfKey: () => path }
    : await readPositioned(path, limits);
  const place = claimsPlace(source);
  const { claims, ...file } = await checkedForm(source.value, place);
  checkMetrics(file.metrics ?? {}, place);
  const better = betterOf(file.metrics);
  const { claimKinds } = await import('./kinds/index.ts');
  const expanded = claims.map((written, index) => {
    const variant = written.variant ?? file.variant;
    // Each kind expands claims of its own schema, which the discriminated union has checked.
    const kind = claimKinds[written.kind] as { expand(claim: unknown, side: typeof better): Claim[] };
    try {
      return kind.expand(variant === undefined ? written : { ...written, variant }, better);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      throw place.error(['claims', index, ...error.keys], error.expected, error.received);
    }
  });
  checkClaims(expanded, place, runs);
  // Columns of runs that are given are called what they are called.
  const named = runs === 'own' ? expanded.map((group) => group.map(withPresentNames)) : expanded;
  const all = named.flat();
  if (isOwn) return { ...file, claims: withCauses(all, await readCauses()) };
  for (const [index, group] of named.entries()) {
    for (const claim of group) places.set(claim, place.of(['claims', index]));
  }
  return { ...file, claims: all };
}

/** Where claims are written that were read from a file of the user's. */
const places = new WeakMap<Claim, string>();

/** A claim as messages name it: with its place in the user's file. */
export function nameOf(claim: Claim): string {
  const place = places.get(claim);
  return `${place === undefined ? '' : `${place}: `}claim ${claim.id}`;
}

/** The interval that must contain the unrounded number. */
export function printedInterval({ value, significantDigits, readingError }: NumberClaim): {
  low: number;
  high: number;
} {
  const half = readingError ?? halfUnit(value, significantDigits!);
  return { low: value - half, high: value + half };
}

/** Half a unit in the last printed digit, such as 0.005 for 0.10 with two significant digits. */
function halfUnit(value: number, significantDigits: number): number {
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return 0.5 * 10 ** (exponent + 1 - significantDigits);
}

/** Every quantity that a claim uses. */
export function quantitiesOf(claim: Claim): Quantity[] {
  return claim.kind === 'number' ? [claim] : Object.values(claim.quantities);
}

async function checkedForm(value: unknown, place: ClaimsPlace): Promise<WrittenClaims> {
  const { claimsFile } = await import('./claims-schema.ts');
  const parsed = claimsFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const { formError } = await import('./claims-form.ts');
  throw formError(parsed.error.issues[0], value, place);
}

function betterOf(metrics: Metrics = {}) {
  return (statistic: string) => metrics[statistic]?.better ?? metricNamed(statistic)?.better ?? null;
}
