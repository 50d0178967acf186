import type { TrialRecord } from '../trial/trial.ts';

/** Two results of a trial that differ although they should be equal, by the first column in which they do. */
export interface Conflict {
  readonly id: string;
  /** As in the tables: test_mse; of a curve with its value, counted from 0; or a kind of attachment. */
  readonly column: string;
  /** Where the two are, and what they have there; null for nothing. */
  readonly values: readonly [ConflictValue, ConflictValue];
  /** Whether the first is the one that the store keeps; otherwise the store gets neither. */
  readonly keepsFirst: boolean;
}

interface ConflictValue {
  readonly store: string;
  readonly value: unknown;
}

/** The first difference of two records of a trial, without when and how fast they were computed; null if they agree. */
export function firstDifference(
  first: TrialRecord,
  second: TrialRecord,
): { readonly column: string; readonly values: readonly [unknown, unknown] } | null {
  const found = difference(resultOf(first), resultOf(second), []);
  if (found === null) return null;
  const [field, ...rest] = found.path;
  const path = field === 'metrics' && rest.length > 0 ? rest : found.path;
  return { column: path.join('.'), values: found.values };
}

/** The parts of a record that are its result, in the order in which they are compared. */
function resultOf({ id: _, config: __, seconds: ___, at: ____, divergedAt, ...rest }: TrialRecord): object {
  const { status, metrics, curves, ...others } = rest;
  return { status, diverged_at: divergedAt, metrics, curves, ...others };
}

interface Difference {
  readonly path: readonly string[];
  readonly values: readonly [unknown, unknown];
}

function difference(first: unknown, second: unknown, path: readonly string[]): Difference | null {
  if (Object.is(first, second)) return null;
  if (!isParent(first) || !isParent(second) || Array.isArray(first) !== Array.isArray(second))
    return { path, values: [first ?? null, second ?? null] };
  for (const key of new Set([...Object.keys(first), ...Object.keys(second)])) {
    const found = difference(entryOf(first, key), entryOf(second, key), [...path, key]);
    if (found !== null) return found;
  }
  return null;
}

const isParent = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const entryOf = (parent: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(parent, key) ? parent[key] : undefined;
