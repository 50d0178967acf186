import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote, UserError } from '../errors.ts';
import { packageFolder } from '../output/version.ts';
import type { Claim, ClaimsFile, NumberClaim, Quantity } from './claims-schema.ts';

export type { Claim, ClaimsFile, ConclusionClaim, NumberClaim, Quantity } from './claims-schema.ts';

/** The claims that come with the program: every number and conclusion of the report. */
export const ownClaims = join(packageFolder, 'data/claims.json');

const largest = 16 * 2 ** 20;

/** Reads a file of claims and checks its form. Errors: UserError naming the file and the place in it. */
export async function readClaims(path: string): Promise<ClaimsFile> {
  const text = await readText(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw badClaims(path, 'JSON', (error as Error).message);
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
  for (const claim of claims) {
    if (seen.has(claim.id)) throw badClaims(path, 'an id of its own for every claim', claim.id);
    seen.add(claim.id);
    if (claim.kind !== 'number') continue;
    if ((claim.significantDigits === undefined) === (claim.readingError === undefined)) {
      throw badClaims(`${path}, claim ${claim.id}`, 'either significantDigits or readingError', undefined);
    }
  }
}

async function readText(path: string): Promise<string> {
  let text: Buffer;
  try {
    text = await readFile(path);
  } catch (error) {
    throw badClaims(path, 'a file that can be read', (error as Error).message);
  }
  if (text.length > largest) throw badClaims(path, `at most ${largest} bytes`, text.length);
  return text.toString('utf8');
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
  const value = keys.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)?.[key], json);
  return typeof value === 'object' ? quote(JSON.stringify(value)) : value;
}
