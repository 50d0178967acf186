import { UserError } from '../errors.ts';
import type { Positioned } from '../files/positioned.ts';
import { didYouMean } from '../math/nearest.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import type { experimentFile } from './file-schema.ts';
import { optionNames } from './options.ts';

type Keys = readonly PropertyKey[];
type Issue = NonNullable<ReturnType<typeof experimentFile.safeParse>['error']>['issues'][number];

const usualRemedy = 'fys-nn init writes a file with every field and what it means';

/** An error at a place in an experiment file. */
export function errorAt(
  { place, placeOfKey }: Positioned,
  keys: Keys,
  expected: string,
  received?: unknown,
  remedy: string = usualRemedy,
): UserError {
  // A key is what is wrong if it is what was received.
  const at = typeof received === 'string' && received === keys.at(-1) ? placeOfKey(keys) : place(keys);
  return new UserError({
    what: `${at}${keys.length === 0 ? '' : `: ${wordOf(keys)}`} cannot be used`,
    expected,
    ...(received === undefined ? {} : { received }),
    remedy,
  });
}

/** Runs a check of the command line on what is at a place. Errors: that of the check, with the place. */
export function checkedAt<Result>({ place }: Positioned, keys: Keys, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    throw placed(error, place(keys));
  }
}

/** The error with a place before it, if it is one that the user can fix. */
export function placed(error: unknown, place: string): unknown {
  if (!(error instanceof UserError)) return error;
  return new UserError({ ...error.parts, what: `${place}: ${error.parts.what}` }, error.exitCode);
}

/** What is wrong with the form of an experiment file, in words. `fields` are the names that each level has. */
export function formError(issue: Issue, file: Positioned, fields: Fields): UserError {
  const { path: keys } = issue;
  const received = partAt(file.value, keys);
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    return errorAt(file, [...keys, key], expectedFields(keys, fields), key, meantField(keys, key, fields));
  }
  return errorAt(file, keys, plainIssue(issue.message), received, remedyOf(issue, received));
}

/** The names of fields of the file, of its layout and of its settings. */
export interface Fields {
  readonly top: readonly string[];
  readonly layout: readonly string[];
}

function namesAt([level]: Keys, { top, layout }: Fields): readonly string[] {
  return level === undefined ? top : level === 'layout' ? layout : optionNames;
}

function expectedFields(keys: Keys, fields: Fields): string {
  const names = namesAt(keys, fields);
  if (names === optionNames) return `a setting: ${optionNames.slice(0, 6).join(', ')}, …`;
  return `one of ${names.join(', ')}`;
}

/** What was meant by a name that is not a field here. */
function meantField(keys: Keys, key: string, fields: Fields): string | undefined {
  const names = namesAt(keys, fields);
  const meant = asName(key);
  if (names.includes(meant)) return `did you mean ${meant}?`;
  const [level] = keys;
  if (level === undefined && (optionNames as string[]).includes(meant))
    return `write ${meant} under settings`;
  if (level !== undefined && fields.top.includes(meant))
    return `write ${meant} at the top, not under ${String(level)}`;
  return didYouMean(meant, names) ?? (level === undefined ? didYouMean(meant, optionNames) : undefined);
}

/** learning-rate, learning_rate and --learning-rate as learningRate. */
function asName(key: string): string {
  return key.replace(/^-+/, '').replace(/[-_ ]+([a-zA-Z])/g, (_all, letter: string) => letter.toUpperCase());
}

function remedyOf({ code, ...issue }: Issue, received: unknown): string | undefined {
  if (code === 'invalid_value' && typeof received === 'string') {
    return didYouMean(received, (issue as { values?: readonly unknown[] }).values?.map(String) ?? []);
  }
  const wantsBoolean = code === 'invalid_type' && (issue as { expected?: string }).expected === 'boolean';
  if (wantsBoolean && (received === 'yes' || received === 'no'))
    return `write ${received === 'yes' ? 'true' : 'false'}`;
  return undefined;
}

/** "settings.learningRate", "layout.metrics[0]" */
function wordOf(keys: Keys): string {
  return keys
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function partAt(value: unknown, keys: Keys): unknown {
  return keys.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
}
