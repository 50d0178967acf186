import { UserError } from '../errors.ts';
import { flagOf, optionNames, options, presentName } from '../experiment/options.ts';
import { groupBy } from '../output/group-by.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { scaleDomains } from '../stats/scales.ts';
import type { Claim, NumberClaim, Quantity } from './claim-parts.ts';
import type { ClaimsPlace } from './claims-place.ts';
import type { Metrics } from './claims-schema.ts';

/** Who makes the runs that claims are judged by: this program, or any other whose runs are given. */
export type Runs = 'own' | 'given';

/** Combinations of values in the `for` of one conclusion, at most. */
const maxCombinations = 1000;
/** Numbers of one figure, at most: judging N of them together takes time proportional to N³. */
const maxNumbersPerFigure = 500;

/** Checks what the schema cannot: [written claims][what each stands for]. Errors: UserError with the place. */
export function checkClaims(expanded: readonly (readonly Claim[])[], place: ClaimsPlace, runs: Runs): void {
  // Claims and figures share one namespace: verdicts.json lists both by name.
  const figures = groupBy(expanded.flat(), (claim) => (claim.kind === 'number' ? claim.figure : undefined));
  for (const [figure, { length }] of figures) {
    if (figure === undefined || length <= maxNumbersPerFigure) continue;
    const index = expanded.findIndex((claims) =>
      claims.some((claim) => claim.kind === 'number' && claim.figure === figure),
    );
    throw place.error(
      ['claims', index],
      `at most ${maxNumbersPerFigure} numbers in the figure ${figure}`,
      length,
    );
  }
  const seen = new Map<string, number>();
  for (const [index, claims] of expanded.entries()) {
    const at = ['claims', index];
    if (claims.length === 0) throw place.error([...at, 'values'], 'at least one number');
    for (const claim of claims) {
      const { id } = claim;
      if (figures.has(id)) throw place.error([...at, 'id'], 'ids that differ from the names of figures', id);
      const first = seen.get(id);
      if (first !== undefined) {
        const where = place.of(['claims', first, 'id']);
        throw place.error(
          [...at, 'id'],
          'a unique id for every claim',
          id,
          `change one id: the first is at ${where}`,
        );
      }
      if (!/^[a-z0-9][a-z0-9._-]{0,99}$/.test(id)) {
        throw place.error([...at, 'id'], 'an id of at most 100 lower-case letters, digits, - . _', id);
      }
      seen.set(id, index);
      checkClaim(claim, at, place, runs);
    }
  }
}

/** Checks the bounds of metrics, which also have to be values that their scale can show. Errors: UserError with the place. */
export function checkMetrics(metrics: Metrics, place: ClaimsPlace): void {
  for (const [name, { scale = 'plain', low: least, high: most }] of Object.entries(metrics)) {
    const [low, high] = scaleDomains[scale];
    for (const [key, bound] of Object.entries({ low: least, high: most })) {
      if (bound === undefined || (bound >= low && bound <= high)) continue;
      throw place.error(
        ['metrics', name, key],
        `${rangeText(low, high)}, which the scale ${scale} can show`,
        bound,
        'change the bound, or write scale: plain',
      );
    }
    if ((least ?? low) < (most ?? high)) continue;
    const key = most === undefined ? 'low' : 'high';
    throw place.error(
      ['metrics', name, key],
      key === 'high' ? `a highest value above the lowest, ${least ?? low}` : `a lowest value below ${high}`,
      most ?? least,
      'low is the lowest value that the metric can have, high the highest',
    );
  }
}

function rangeText(low: number, high: number): string {
  if (low === Number.NEGATIVE_INFINITY) return `a value of at most ${high}`;
  return high === Number.POSITIVE_INFINITY ? `a value of at least ${low}` : `a value from ${low} to ${high}`;
}

function checkClaim(claim: Claim, at: readonly PropertyKey[], place: ClaimsPlace, runs: Runs): void {
  if (claim.kind === 'number') {
    checkSize(claim, at, place);
    checkQuantity(claim, at, place, runs);
    return;
  }
  const quantities = Object.entries(claim.quantities);
  if (quantities.length === 0) throw place.error([...at, 'quantities'], 'at least one quantity', '{}');
  for (const [name, quantity] of quantities)
    checkQuantity(quantity, [...at, 'quantities', name], place, runs);
  const combinations = Object.values(claim.for ?? {}).reduce((product, { length }) => product * length, 1);
  if (combinations > maxCombinations) {
    throw place.error([...at, 'for'], `at most ${maxCombinations} combinations of values`, combinations);
  }
  if (runs === 'own') checkSettings(claim.for, [...at, 'for'], place);
}

function checkSize(
  { value, significantDigits, readingError = 0 }: NumberClaim,
  at: readonly PropertyKey[],
  place: ClaimsPlace,
) {
  const error = significantDigits === undefined ? readingError : Math.abs(value);
  if (Number.isFinite(2 * (Math.abs(value) + error))) return;
  const expected = `a value plus its error below the largest number, ${Number.MAX_VALUE}`;
  throw place.error(at, expected, significantDigits === undefined ? readingError : value);
}

/** Checks what depends on who makes the runs: the options of this program; nothing of a program that is not known. */
function checkQuantity(quantity: Quantity, at: readonly PropertyKey[], place: ClaimsPlace, runs: Runs): void {
  if (runs === 'own') {
    if (quantity.experiment === '') {
      throw place.error(
        at,
        'an experiment, such as "ffnn"; claims without one are about runs of another program',
        undefined,
        'add an experiment or, for claims about runs of another program, give their file with --runs',
      );
    }
    for (const key of ['with', 'select', 'except'] as const)
      checkSettings(quantity[key], [...at, key], place);
    return;
  }
  for (const key of ['with', 'curve'] as const) {
    if (quantity[key] === undefined) continue;
    throw place.error([...at, key], `no ${key}: the runs are given`, quantity[key]);
  }
}

/** Checks settings as the command line checks the same options; their types must match too. */
function checkSettings(settings: Quantity['select'], at: readonly PropertyKey[], place: ClaimsPlace): void {
  for (const [name, values] of Object.entries(settings ?? {})) {
    const keys = [...at, name];
    const option = checked(keys, place, () => parseChoice(presentName(name), optionNames, 'the option'));
    const { parse } = options[option];
    for (const value of [values].flat()) {
      const parsed = checked(keys, place, () => parse(String(value), flagOf(option)));
      if (parsed !== value) throw place.error(keys, JSON.stringify(parsed), value);
    }
  }
}

/** Adds the place to what another check says. */
function checked<Result>(keys: readonly PropertyKey[], place: ClaimsPlace, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { what, expected = '', received, remedy } = error.parts;
    const { parts } = place.error(keys, expected, received, remedy);
    throw new UserError({ ...parts, what: `${parts.what}: ${what}` });
  }
}
