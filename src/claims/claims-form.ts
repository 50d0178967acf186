import type { z } from 'zod';
import type { UserError } from '../errors.ts';
import { didYouMean } from '../math/nearest.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import { type ClaimsPlace, partAt } from './claims-place.ts';
import { claimKinds } from './kinds/index.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with the form of a claims file, in words. */
export function formError(issue: Issue, value: unknown, place: ClaimsPlace): UserError {
  const keys = issue.path;
  const received = partAt(value, keys);
  if (issue.code === 'unrecognized_keys') return unknownKey(issue, value, place);
  const kinds = Object.keys(claimKinds);
  if (issue.code === 'invalid_union' && keys.length === 3 && keys[2] === 'kind') {
    const remedy = typeof received === 'string' ? didYouMean(received, kinds) : undefined;
    return place.error(keys, `one of ${kinds.join(', ')}`, received, remedy);
  }
  if (received === undefined) {
    const parent = keys.slice(0, -1);
    return place.error(
      keys,
      `${String(keys.at(-1) ?? 'claims')}, which is missing here: ${plainIssue(issue.message)}`,
      partAt(value, parent) === undefined ? 'nothing' : undefined,
    );
  }
  const isQuoted =
    typeof received === 'string' && received.trim() !== '' && Number.isFinite(Number(received));
  const wantsNumber = issue.code === 'invalid_type' && ['number', 'int'].includes(issue.expected);
  return place.error(
    keys,
    plainIssue(issue.message),
    received,
    wantsNumber && isQuoted ? 'write the number without quotes' : undefined,
  );
}

/** The key itself is what is wrong, not the object that has it. */
function unknownKey(
  { path, keys: [key] }: z.core.$ZodIssueUnrecognizedKeys,
  value: unknown,
  place: ClaimsPlace,
): UserError {
  const known = path.length === 2 && path[0] === 'claims' ? fieldsOf(partAt(value, path)) : [];
  return place.error(
    [...path, key],
    known.length > 0 ? `one of ${known.join(', ')}` : 'only fields of the format',
    key,
    didYouMean(key, known.length > 0 ? known : allFields()),
  );
}

/** The fields of a claim of this kind. */
function fieldsOf(claim: unknown): string[] {
  const kind = (claim as { kind?: unknown } | null)?.kind;
  const found = Object.entries(claimKinds).find(([name]) => name === kind)?.[1];
  return found === undefined ? [] : Object.keys(found.schema.shape);
}

function allFields(): string[] {
  const fields = Object.values(claimKinds).flatMap(({ schema }) => Object.keys(schema.shape));
  return [...new Set([...fields, 'report', 'title', 'author', 'date', 'note', 'metrics', 'claims'])];
}
