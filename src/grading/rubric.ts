import { UserError } from '../errors.ts';
import { type Positioned, readPositioned } from '../files/positioned.ts';
import { didYouMean } from '../math/nearest.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import type { WrittenRubric } from './rubric-schema.ts';

/** Rubrics are short; a larger file is another kind of file. */
const largest = 2 ** 20;

/** What is right if it differs only because of an earlier mistake is worth this share of its points. */
export const consequenceShares: Readonly<Record<'full' | 'half' | 'none', number>> = {
  full: 1,
  half: 0.5,
  none: 0,
};

/** One line of a rubric. */
export interface Criterion {
  readonly name: string;
  /** Shared equally by the quantities. */
  readonly points: number;
  readonly quantities: readonly string[];
  readonly layers: 'all' | 'hidden' | 'output';
  readonly steps: 'all' | 'first';
  /** Extra points, beyond the maximum. */
  readonly optional: boolean;
}

/** What is graded, and for how many points. */
export interface Rubric {
  readonly path: string;
  readonly exercises: WrittenRubric['exercises'];
  /** The largest relative difference that counts as the same; null: the usual one. */
  readonly tolerance: number | null;
  readonly consequences: keyof typeof consequenceShares;
  readonly criteria: readonly Criterion[];
  /** An error at a place in the file. */
  error(keys: readonly PropertyKey[], expected: string, received?: unknown, remedy?: string): UserError;
}

/** The points of all criteria that are not optional. */
export function maximumOf(criteria: readonly Criterion[]): number {
  return rounded(criteria.reduce((sum, { points, optional }) => sum + (optional ? 0 : points), 0));
}

/** Points to two decimals, as they are shown and added. */
export function rounded(points: number): number {
  return Math.round(points * 100) / 100;
}

/** Reads a rubric, YAML or JSON. Errors: UserError naming the file, the line and the column. */
export async function readRubric(path: string): Promise<Rubric> {
  const file = await readPositioned(path, { largest, largestPlaced: largest });
  const { rubricFields, rubricFile } = await import('./rubric-schema.ts');
  const parsed = rubricFile.safeParse(file.value);
  if (!parsed.success) {
    const { issues } = parsed.error;
    // A misspelt key is also one that is missing: what was meant is the better message.
    const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
    throw formError(issue, file, rubricFields);
  }
  const { exercises, tolerance = null, consequences = 'full', criteria } = parsed.data;
  const error: Rubric['error'] = (keys, ...rest) => errorAt(file, keys, ...rest);
  for (const [index, { name, quantities }] of criteria.entries()) {
    const earlier = criteria.findIndex((other) => other.name === name);
    if (earlier < index)
      throw error(
        ['criteria', index, 'name'],
        'a name that no other criterion has',
        name,
        'rename one of the two',
      );
    const twice = quantities.findIndex((quantity, place) => quantities.indexOf(quantity) < place);
    if (twice >= 0)
      throw error(
        ['criteria', index, 'quantities', twice],
        'each quantity once',
        quantities[twice],
        'remove one of the two',
      );
  }
  return {
    ...{ path, exercises, tolerance, consequences, error },
    criteria: criteria.map(({ layers = 'all', steps = 'all', optional = false, ...rest }) => ({
      ...{ ...rest, layers, steps, optional },
    })),
  };
}

type Keys = readonly PropertyKey[];
interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
}

const usualRemedy = 'fys-nn trace grade --init writes a rubric with every field and what it means';

function errorAt(
  file: Positioned,
  keys: Keys,
  expected: string,
  received?: unknown,
  remedy = usualRemedy,
): UserError {
  // A key is what is wrong if it is what was received.
  const place = received !== undefined && received === keys.at(-1) ? file.placeOfKey(keys) : file.place(keys);
  return new UserError({
    what: `the rubric cannot be used: ${place}${keys.length === 0 ? '' : `: ${keys.join('.')}`}`,
    expected,
    ...(received === undefined ? {} : { received }),
    remedy,
  });
}

function formError(
  issue: Issue,
  file: Positioned,
  fields: { readonly top: readonly string[]; readonly criterion: readonly string[] },
): UserError {
  const keys = issue.path;
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys!;
    const known = keys.length === 0 ? fields.top : fields.criterion;
    const asWritten = key.replaceAll('-', '_').toLowerCase();
    return errorAt(file, [...keys, key], `one of ${known.join(', ')}`, key, didYouMean(asWritten, known));
  }
  const received = keys.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    file.value,
  );
  if (received === undefined)
    return errorAt(file, keys, `${String(keys.at(-1) ?? 'a rubric')}, which is missing here`, undefined);
  const choices = issue.values?.map(String) ?? [];
  const meant = typeof received === 'string' ? didYouMean(received.replaceAll('-', '_'), choices) : undefined;
  return errorAt(file, keys, plainIssue(issue.message), received, meant);
}
