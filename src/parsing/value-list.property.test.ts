import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { flagOf, type OptionName, optionNames, parseOption } from '../experiment/options.ts';
import { edgeNumber, fixedSeed, hostileText, valueOrRefusal } from '../hostile.testing.ts';
import { nearest } from '../math/nearest.ts';
import { hiddenUnits } from './option.ts';
import { parseInteger, parseList, parseNumber } from './value-list.ts';

const runs = { seed: fixedSeed, numRuns: 500 };

test('a list of values is at most 100000 texts, none of them empty, or is refused', async () => {
  await fc.assert(
    fc.asyncProperty(hostileText, async (text) => {
      const outcome = await valueOrRefusal(() => parseList(text, '--x'));
      if (!('value' in outcome)) return;
      expect(outcome.value.length).toBeLessThanOrEqual(100_000);
      expect(outcome.value).not.toContain('');
    }),
    runs,
  );
});

test('ranges that are long together are refused as one long range is', async () => {
  const text = Array.from({ length: 50 }, (_, i) => `${i * 90_000}..${i * 90_000 + 89_999}`).join(',');
  expect(await valueOrRefusal(() => parseList(text, '--seed'))).toMatchObject({
    refusal: { message: expect.stringContaining('--seed has too many values') },
  });
  expect(await valueOrRefusal(() => parseList('1..1e9', '--seed'))).toHaveProperty('refusal');
});

test('every finite number is read back to the same bits; -0 is 0 as a whole number only', () => {
  fc.assert(
    fc.property(edgeNumber.filter(Number.isFinite), (x) => {
      const text = Object.is(x, -0) ? '-0' : String(x);
      expect(Object.is(parseNumber(text, '--x'), x)).toBe(true);
      if (Number.isSafeInteger(x)) expect(Object.is(parseInteger(text, '--x'), x + 0)).toBe(true);
      else expect(() => parseInteger(text, '--x')).toThrow('--x');
    }),
    runs,
  );
});

test('spaces between any two numbers stay between them and rise or fall', async () => {
  const between = fc.constantFrom('linspace', 'geomspace');
  await fc.assert(
    fc.asyncProperty(
      between,
      edgeNumber,
      edgeNumber,
      fc.integer({ min: 1, max: 9 }),
      async (kind, a, b, n) => {
        const outcome = await valueOrRefusal(() => parseList(`${kind}(${a},${b},${n})`, '--x'));
        if (!('value' in outcome)) return;
        const values = outcome.value.map(Number);
        const slack = 1e-11 * Math.max(Math.abs(a), Math.abs(b)) + 1e-323;
        expect(values.every((x) => x >= Math.min(a, b) - slack && x <= Math.max(a, b) + slack)).toBe(true);
      },
    ),
    runs,
  );
});

test('every option reads its own values, or refuses with its flag in the message', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...optionNames), hostileText, async (name: OptionName, text) => {
      const outcome = await valueOrRefusal(() => parseOption(name, text));
      if ('refusal' in outcome) expect(outcome.refusal.message).toContain(flagOf(name));
      else for (const value of outcome.value) expect(['string', 'number']).toContain(typeof value);
    }),
    { ...runs, numRuns: 2000 },
  );
});

test('layer widths that were accepted are whole numbers', async () => {
  const text = fc.array(fc.oneof(edgeNumber.map(String), hostileText), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(text, async (parts) => {
      const outcome = await valueOrRefusal(() => parseOption('hidden', parts.join('-')));
      if (!('value' in outcome)) return;
      for (const hidden of outcome.value) {
        for (const units of hiddenUnits(hidden as string)) {
          expect(Number.isInteger(units) && units >= 1 && units <= 99_999).toBe(true);
        }
      }
    }),
    runs,
  );
});

test('a guess of what was meant is one of the choices, whatever was written', () => {
  fc.assert(
    fc.property(hostileText, (word) => {
      expect([undefined, 'relu', 'sigmoid', 'linear']).toContain(
        nearest(word, ['relu', 'sigmoid', 'linear']),
      );
    }),
    runs,
  );
});
