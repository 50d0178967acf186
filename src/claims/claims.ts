import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { flagOf, type OptionName, options } from '../experiment/options.ts';
import { reasonOf } from '../files/errno.ts';
import { readJsonFile } from '../files/regular-file.ts';
import { groupBy } from '../output/group-by.ts';
import { packageFolder } from '../output/version.ts';
import type { Claim, ClaimsFile, ConclusionClaim, NumberClaim, Quantity } from './claims-schema.ts';

export type { Claim, ClaimsFile, ConclusionClaim, NumberClaim, Quantity } from './claims-schema.ts';

/** The claims that come with the program: every number and conclusion of the report. */
export const ownClaims = join(packageFolder, 'data/claims.json');

/** In bytes. */
const largest = 16 * 2 ** 20;
/** Of the values of one conclusion's `for`. */
const mostCombinations = 1000;
/** Numbers that are judged together: the time goes with the cube. */
const mostOfFigure = 500;

/** Reads a file of claims and checks its form. Errors: UserError naming the file and the place in it. */
export async function readClaims(path: string): Promise<ClaimsFile> {
  let json: unknown;
  try {
    json = await readJsonFile(path, largest);
  } catch (error) {
    throw badClaims(path, `a JSON file of at most ${largest} bytes`, reasonOf(error));
  }
  const { claimsFile } = await import('./claims-schema.ts');
  const parsed = claimsFile.safeParse(json);
  if (!parsed.success) {
    const [{ path: keys, message }] = parsed.error.issues;
    throw badClaims(`${path} at ${keys.length === 0 ? 'the top' : keys.join('.')}`, message, at(json, keys));
  }
  checkClaims(path, parsed.data.claims);
  return parsed.data;
}

/** The interval in which the unrounded number lay. */
export function printedInterval({ value, significantDigits, readingError }: NumberClaim): {
  low: number;
  high: number;
} {
  const half = readingError ?? halfUnit(value, significantDigits!);
  return { low: value - half, high: value + half };
}

/** Half a unit of the last printed digit: 0.005 for 0.10 printed with two significant digits. */
function halfUnit(value: number, significantDigits: number): number {
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  return 0.5 * 10 ** (exponent + 1 - significantDigits);
}

/** Every quantity that a claim asks for. */
export function quantitiesOf(claim: Claim): Quantity[] {
  return claim.kind === 'number' ? [claim] : Object.values(claim.quantities);
}

function checkClaims(path: string, claims: readonly Claim[]): void {
  const seen = new Set<string>();
  // Verdicts go by name, of claims and figures alike.
  const figures = groupBy(claims, (claim) => (claim.kind === 'number' ? claim.figure : undefined));
  for (const [figure, { length }] of figures) {
    if (figure === undefined || length <= mostOfFigure) continue;
    throw badClaims(`${path}, figure ${figure}`, `at most ${mostOfFigure} numbers of one figure`, length);
  }
  for (const claim of claims) {
    if (figures.has(claim.id)) throw badClaims(path, 'ids that are no names of figures', claim.id);
    if (seen.has(claim.id)) throw badClaims(path, 'an id of its own for every claim', claim.id);
    seen.add(claim.id);
    const quantities = quantitiesOf(claim);
    if (quantities.length === 0) throw badClaims(`${path}, claim ${claim.id}`, 'at least one quantity', '{}');
    for (const quantity of quantities) {
      checkSettings(path, claim.id, 'with', quantity.with);
      checkSettings(path, claim.id, 'select', quantity.select);
    }
    if (claim.kind !== 'number') {
      checkSettings(path, claim.id, 'for', claim.for);
      checkCombinations(path, claim);
      continue;
    }
    if ((claim.significantDigits === undefined) === (claim.readingError === undefined)) {
      throw badClaims(`${path}, claim ${claim.id}`, 'either significantDigits or readingError', undefined);
    }
    const { low, high } = printedInterval(claim);
    if (!Number.isFinite(high - low)) {
      const expected = `a value and its error that are less than the largest number, ${Number.MAX_VALUE}, together`;
      throw badClaims(`${path}, claim ${claim.id}`, expected, claim.readingError ?? claim.value);
    }
  }
}

/** A value in a claim is what the command line would take for the same option, of the same type. */
function checkSettings(path: string, id: string, key: string, settings: Quantity['select'] = {}): void {
  for (const [name, values] of Object.entries(settings)) {
    const { parse } = options[name as OptionName];
    for (const value of [values].flat()) {
      const parsed = parse(String(value), `${path}, claim ${id}: ${key}.${name}: ${flagOf(name)}`);
      if (parsed !== value) {
        throw badClaims(`${path}, claim ${id}: ${key}.${name}`, JSON.stringify(parsed), value);
      }
    }
  }
}

function checkCombinations(path: string, { id, for: lists = {} }: ConclusionClaim): void {
  const count = Object.values(lists).reduce((product, values) => product * values.length, 1);
  if (count <= mostCombinations) return;
  throw badClaims(`${path}, claim ${id}: for`, `at most ${mostCombinations} combinations of values`, count);
}

function badClaims(what: string, expected: string, received: unknown): UserError {
  return new UserError({
    what: `the claims cannot be used: ${what}`,
    expected,
    ...(received === undefined ? {} : { received }),
    remedy: 'see data/README.md for what a claim holds, and data/claims.schema.json for its form',
  });
}

function at(json: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)?.[key], json);
}
