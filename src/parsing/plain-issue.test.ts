import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { plainIssue } from './plain-issue.ts';

const message = (schema: z.ZodType, value: unknown): string =>
  schema.safeParse(value).error!.issues[0].message;

test.each([
  [z.string(), 1, 'text'],
  [z.number(), 'x', 'a number'],
  [z.int(), 1.5, 'a whole number'],
  [z.array(z.int()), {}, 'a list'],
  [z.object({ a: z.int() }), [], 'an object'],
  [z.strictObject({}), { b: 1 }, 'only fields of the format, without b'],
  [z.enum(['sgd', 'adam']), 'x', 'one of sgd, adam'],
  [z.int().min(1), 0, 'a number >=1'],
  [z.array(z.int()).min(1), [], 'a list with >=1 items'],
  [z.literal('a'), 'b', '"a"'],
  [z.number().refine((x) => x > 2, 'a number > 2'), 1, 'a number > 2'],
])('what zod says of a wrong value, in plain words (%#)', (schema, value, words) => {
  expect(plainIssue(message(schema, value))).toBe(words);
});
