import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printable, printableText, quote, UserError } from './errors.ts';
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

/** First and last code point of each range. */
const turning = [[0x061c], [0x200e, 0x200f], [0x202a, 0x202e], [0x2066, 0x2069]];
const unseen = [
  ...[[0x00ad], [0x034f], [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180b, 0x180f], [0x200b], [0x2060, 0x2065]],
  ...[[0x206a, 0x206f], [0x3164], [0xfe00, 0xfe0d], [0xfeff], [0xffa0], [0xfff9, 0xfffb], [0xe0000, 0xe0fff]],
];
const control = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x2028, 0x2029],
];

test.each(
  [...turning, ...unseen, ...control].flatMap(([first, last = first]) => [...new Set([first, last])]),
)('the code point %d is not printable: it turns the writing, is never seen or moves the cursor', (code) => {
  const text = `a${String.fromCodePoint(code)}b`;
  expect(text).not.toMatch(printableText);
  expect(printable(text)).toBe('a?b');
});

test.each(['é', 'שלום', 'سلام', 'می‌خواهم', '😀', '👩‍🔬', '❤️', '한국어', '\ud800', ' ', ''])(
  '%s is printable as it is: letters of every script, and the joiners of emoji',
  (text) => {
    expect(text).toMatch(printableText);
    expect(printable(text)).toBe(text);
  },
);
