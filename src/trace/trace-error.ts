import type { z } from 'zod';
import { UserError } from '../errors.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import { format } from './trace-schema-3.ts';

/** Refuses an entry of a trace. */
export function entryError(
  file: string,
  entry: string,
  problem: string,
  expected: string,
  remedy: string,
): UserError {
  return new UserError({
    what: `${file}: ${entry === '' ? 'the file' : entry} ${problem}`,
    expected,
    remedy,
  });
}

/** What files of this format are, by their kind. */
const kinds = {
  exercise: 'an exercise',
  recording: 'a recording of a program',
  answers: 'the answers to an exercise',
} as const;
type Kind = keyof typeof kinds;

/** Whether the content of a file says that it is of this format. */
export function isVersion3(content: unknown): boolean {
  return typeof content === 'object' && content !== null && 'format' in content && content.format === format;
}

/** Refuses files of other formats, and other kinds of this one. Errors: UserError. */
export function requireKind(
  file: string,
  content: unknown,
  at: string,
  wanted: readonly Kind[],
): asserts content is object {
  const subject = at === '' ? file : `${at} in ${file}`;
  const expected = `${wanted.map((kind) => kinds[kind]).join(' or ')} in the format ${format} (data/README.md)`;
  const refuse = (what: string, received: unknown, remedy: string): never => {
    throw new UserError({ what: `${subject} ${what}`, expected, received, remedy });
  };
  const isObject = typeof content === 'object' && content !== null && !Array.isArray(content);
  const fields: Record<string, unknown> = isObject ? (content as Record<string, unknown>) : {};
  const found = Object.hasOwn(fields, 'format') ? fields.format : undefined;
  const wantsExercise = wanted.includes('exercise');
  if (found !== format) {
    if (found === 'fys-nn-trace/1' || found === 'fys-nn-trace/2')
      return refuse('is a recorded run', found, `replay it: fys-nn trace ${at === '' ? file : 'FILE'}`);
    if (typeof found === 'string' && /^fys-nn-trace\/\d+$/.test(found))
      return refuse(
        'has a version of the format that this fys-nn does not know',
        found,
        'install a newer fys-nn',
      );
    return refuse(
      isObject ? 'has another format' : 'is no JSON object',
      isObject ? found : content,
      wantsExercise
        ? 'make one: fys-nn trace new --out exercise.json'
        : 'write it with examples/python/fys_trace.py, or as data/README.md says',
    );
  }
  const kind = Object.hasOwn(fields, 'kind') ? fields.kind : undefined;
  if (wanted.includes(kind as Kind)) return;
  const isKnown = typeof kind === 'string' && Object.hasOwn(kinds, kind);
  return refuse(
    isKnown
      ? `is ${kind === 'exercise' ? 'the exercise' : kinds[kind as Kind]}, not ${kinds[wanted[0]]}`
      : 'has another kind',
    kind,
    wantsExercise
      ? 'give the file that fys-nn trace new wrote'
      : 'give the file that your own program wrote from the exercise',
  );
}

/** The content as a schema has it. Errors: UserError that names the first entry that is wrong. */
export function parsedBy<Schema extends z.ZodType>(
  schema: Schema,
  file: string,
  content: unknown,
  at: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  const entry = [...(at === '' ? [] : [at]), ...path].join('.');
  throw new UserError({
    what: `${file}: ${entry === '' ? 'the file' : entry} is not as the format ${format} has it`,
    expected: plainIssue(message),
    remedy: 'see data/README.md for the format',
  });
}
