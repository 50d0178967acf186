import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { flagOf, type OptionName, optionNames, options } from '../experiment/options.ts';
import { reasonOf } from '../files/errno.ts';
import { readJsonFile } from '../files/regular-file.ts';
import { groupBy } from '../output/group-by.ts';
import { packageFolder } from '../output/version.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { readCauses, withCauses } from './causes.ts';
import type { Claim, ClaimsFile, ConclusionClaim, NumberClaim, Quantity } from './claims-schema.ts';

export type {
  Cause,
  Claim,
  ClaimsFile,
  ConclusionClaim,
  Metrics,
  NumberClaim,
  Quantity,
} from './claims-schema.ts';

/** The bundled file of claims: every number and conclusion of the report. */
export const ownClaims = join(packageFolder, 'data/claims.json');

/** The largest file of claims accepted, in bytes. */
const maxBytes = 16 * 2 ** 20;
/** Combinations of values in the `for` of one conclusion, at most. */
const maxCombinations = 1000;
/** Numbers of one figure, at most: judging N of them together takes time proportional to N³. */
const maxNumbersPerFigure = 500;

/** Who makes the runs that claims are judged by: this program, or any other whose runs are given. */
export type Runs = 'own' | 'given';

/** Reads a file of claims and checks its form. Errors: UserError naming the file and the place in it. */
export async function readClaims(path: string, runs: Runs = 'own'): Promise<ClaimsFile> {
  let json: unknown;
  try {
    json = await readJsonFile(path, maxBytes);
  } catch (error) {
    throw claimsError(`${path}: ${reasonOf(error)}`, `a JSON file of at most ${maxBytes} bytes`, undefined);
  }
  const { claimsFile } = await import('./claims-schema.ts');
  const parsed = claimsFile.safeParse(json);
  if (!parsed.success) {
    const [{ path: keys, message }] = parsed.error.issues;
    throw claimsError(
      `${path} at ${keys.length === 0 ? 'the top level' : keys.join('.')}`,
      plainIssue(message),
      valueAt(json, keys),
    );
  }
  checkClaims(path, parsed.data.claims, runs);
  if (path !== ownClaims) return parsed.data;
  return { ...parsed.data, claims: withCauses(parsed.data.claims, await readCauses()) };
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

function checkClaims(path: string, claims: readonly Claim[], runs: Runs): void {
  const seen = new Set<string>();
  // Claims and figures share one namespace: verdicts.json lists both by name.
  const figures = groupBy(claims, (claim) => (claim.kind === 'number' ? claim.figure : undefined));
  for (const [figure, { length }] of figures) {
    if (figure === undefined || length <= maxNumbersPerFigure) continue;
    throw claimsError(
      `${path}, figure ${figure}`,
      `at most ${maxNumbersPerFigure} numbers in one figure`,
      length,
    );
  }
  for (const claim of claims) {
    if (figures.has(claim.id)) throw claimsError(path, 'ids that differ from the names of figures', claim.id);
    if (seen.has(claim.id)) throw claimsError(path, 'a unique id for every claim', claim.id);
    seen.add(claim.id);
    const quantities = quantitiesOf(claim);
    if (quantities.length === 0)
      throw claimsError(`${path}, claim ${claim.id}`, 'at least one quantity', '{}');
    for (const quantity of quantities) checkRuns(path, claim.id, quantity, runs);
    if (claim.kind !== 'number') {
      if (runs === 'own') checkSettings(path, claim.id, 'for', claim.for);
      checkCombinations(path, claim);
      continue;
    }
    if ((claim.significantDigits === undefined) === (claim.readingError === undefined)) {
      throw claimsError(`${path}, claim ${claim.id}`, 'either significantDigits or readingError', undefined);
    }
    const { low, high } = printedInterval(claim);
    if (!Number.isFinite(high - low)) {
      const expected = `a value plus its error below the largest number, ${Number.MAX_VALUE}`;
      throw claimsError(`${path}, claim ${claim.id}`, expected, claim.readingError ?? claim.value);
    }
  }
}

/** Checks what depends on who makes the runs: the options of this program; nothing of a program that is not known. */
function checkRuns(path: string, id: string, quantity: Quantity, runs: Runs): void {
  if (runs === 'own') {
    if (quantity.experiment === '') {
      throw claimsError(`${path}, claim ${id}`, 'an experiment, such as "ffnn"', undefined);
    }
    checkSettings(path, id, 'with', quantity.with);
    checkSettings(path, id, 'select', quantity.select);
    return;
  }
  for (const key of ['with', 'curve'] as const) {
    if (quantity[key] === undefined) continue;
    throw claimsError(`${path}, claim ${id}`, `no ${key}: the runs are given`, JSON.stringify(quantity[key]));
  }
}

/** Checks settings as the command line checks the same options; their types must match too. */
function checkSettings(path: string, id: string, key: string, settings: Quantity['select'] = {}): void {
  for (const [name, values] of Object.entries(settings)) {
    parseChoice(name, optionNames, `${path}, claim ${id}: ${key}`);
    const { parse } = options[name as OptionName];
    for (const value of [values].flat()) {
      const parsed = parse(String(value), `${path}, claim ${id}: ${key}.${name}: ${flagOf(name)}`);
      if (parsed !== value) {
        throw claimsError(`${path}, claim ${id}: ${key}.${name}`, JSON.stringify(parsed), value);
      }
    }
  }
}

function checkCombinations(path: string, { id, for: lists = {} }: ConclusionClaim): void {
  const count = Object.values(lists).reduce((product, values) => product * values.length, 1);
  if (count <= maxCombinations) return;
  throw claimsError(`${path}, claim ${id}: for`, `at most ${maxCombinations} combinations of values`, count);
}

function claimsError(what: string, expected: string, received: unknown): UserError {
  return new UserError({
    what: `the claims cannot be used: ${what}`,
    expected,
    ...(received === undefined ? {} : { received }),
    remedy: 'data/README.md describes claims; data/claims.schema.json is their schema',
  });
}

function valueAt(json: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)?.[key], json);
}
