import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printableText, quote, UserError } from './errors.ts';
import { fixedSeed, hostileText } from './hostile.testing.ts';

const runs = { seed: fixedSeed, numRuns: 1000 };

test('anything can be quoted: one printable line of at most 200 characters', () => {
  const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withObjectString: true });
  fc.assert(
    fc.property(fc.oneof(anything, hostileText), (value) => {
      const quoted = quote(value);
      expect(quoted).toMatch(printableText);
      expect(quoted.length).toBeLessThanOrEqual(200);
    }),
    runs,
  );
});

test('so can what is nested without end, and what holds itself', () => {
  const deep = JSON.parse(`${'['.repeat(1e5)}${']'.repeat(1e5)}`);
  const itself: Record<string, unknown> = {};
  itself.itself = itself;
  for (const value of [deep, itself, [1n]]) expect(quote(value)).toBe('a value that cannot be shown');
  expect(quote({ a: [1, 'b'] })).toBe('{"a":[1,"b"]}');
});

test('no part of a message moves the cursor or turns the writing round', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const { message } = new UserError({ what: text, expected: text, received: text, remedy: text });
      for (const line of message.split('\n')) expect(line).toMatch(printableText);
      expect(message.split('\n')).toHaveLength(4);
    }),
    runs,
  );
});
