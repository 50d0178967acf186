import { UserError } from '../errors.ts';
import type { Positioned } from '../files/positioned.ts';

/** Names places in a claims file, for messages. */
export interface ClaimsPlace {
  /** "file:line:column" */
  of(keys: readonly PropertyKey[]): string;
  /** An error at a place, with the claim that it is in. */
  error(keys: readonly PropertyKey[], expected: string, received?: unknown, remedy?: string): UserError;
}

const usualRemedy =
  'data/README.md describes claims; fys-nn verify --init writes a file with an example of each kind';

export function claimsPlace({ value, place }: Positioned): ClaimsPlace {
  return {
    of: place,
    error: (keys, expected, received, remedy = usualRemedy) =>
      new UserError({
        what: `the claims cannot be used: ${place(keys)}${named(value, keys)}`,
        expected,
        ...(received === undefined ? {} : { received }),
        remedy,
      }),
  };
}

/** ", claim a: select.batchSize": the claim that keys lead into, if it has an id, and what in it. */
function named(value: unknown, keys: readonly PropertyKey[]): string {
  const [first, index, ...rest] = keys;
  const claim = first === 'claims' && typeof index === 'number' ? partAt(value, [first, index]) : undefined;
  const id = (claim as { id?: unknown } | undefined)?.id;
  if (typeof id !== 'string' || rest[0] === 'id') return keys.length === 0 ? '' : `, ${keys.join('.')}`;
  return `, claim ${id}${rest.length === 0 ? '' : `: ${rest.join('.')}`}`;
}

/** The part of a value that keys lead to. */
export function partAt(value: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
}
