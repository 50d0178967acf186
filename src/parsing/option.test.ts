import { describe, expect, test } from '@jest/globals';
import { options, parseOption } from '../experiment/options.ts';

describe('layers', () => {
  test.each([
    ['[64,32]', '64-32'],
    ['[64, 32, 16]', '64-32-16'],
    ['(64, 32)', '64-32'],
    ['64 32', '64-32'],
    ['64x32', '64-32'],
    ['64 × 32', '64-32'],
    ['64/32', '64-32'],
    ['64;32', '64-32'],
  ])('%s is refused, and the remedy is %s', (text, same) => {
    expect(() => parseOption('hidden', text)).toThrow(`remedy:   write --hidden ${same}`);
    expect(parseOption('hidden', same)).toEqual([same]);
  });

  test.each([
    ['64,32', '--hidden 64,32 is 2 networks of one hidden layer; for one network write 64-32'],
    ['64,64', '--hidden 64,64 is 2 networks of one hidden layer; for one network write 64-64'],
    ['128,64,32', '--hidden 128,64,32 is 3 networks of one hidden layer; for one network write 128-64-32'],
    ['16,64', undefined],
    ['128,64-32', undefined],
    ['64-32', undefined],
    ['64', undefined],
    ['none', undefined],
  ])('%s: a note where it may be one network: %s', (text, note) => {
    expect(options.hidden.doubt!(text, '--hidden')).toBe(note);
  });
});

test.each([
  ['momentum', '0,9', 'for one number write 0.9'],
  ['testSize', '0,3', 'for one number write 0.3'],
] as const)('--%s %s: what is out of range alone may be decimals', (name, text, remedy) => {
  expect(() => parseOption(name, text)).toThrow(remedy);
});

test.each([
  ['testSize', '25%', 'write --test-size 0.25'],
  ['testSize', '100%', 'write a number without %'],
  ['formula', 'x**2+y', 'write ^ for a power: x^2+y'],
] as const)('--%s %s: the remedy is what to write', (name, text, remedy) => {
  expect(() => parseOption(name, text)).toThrow(remedy);
});

test('what another experiment may choose is left to the plan, anything else is refused with the choices of this one', () => {
  expect(parseOption('solver', 'lbfgs', '--solver', ['sgd'])).toEqual(['lbfgs']);
  expect(() => parseOption('solver', 'newton', '--solver', ['sgd', 'lbfgs'])).toThrow('one of sgd, lbfgs\n');
});
