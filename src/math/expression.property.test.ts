import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { edgeNumber, fixedSeed, hostileText, valueOrRefusal } from '../hostile.testing.ts';
import { compileExpression } from './expression.ts';
import { functions } from './expression-names.ts';

const runs = { seed: fixedSeed, numRuns: 1500 };
const compiled = (text: string) => valueOrRefusal(() => compileExpression(text, ['x', 'y'], '--formula'));

test('any text is refused, or gives a number (of any kind) for numbers of any kind', async () => {
  await fc.assert(
    fc.asyncProperty(hostileText, edgeNumber, edgeNumber, async (text, x, y) => {
      const outcome = await compiled(text);
      if ('value' in outcome) expect(typeof outcome.value({ x, y })).toBe('number');
    }),
    runs,
  );
});

const formula = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom('x', 'y', 'pi', 'e', '0', '1', '9', '1e308', '5e-324', '0.1', 'true', 'null', 'i'),
    fc
      .tuple(
        tie('any'),
        fc.constantFrom('+', '-', '*', '/', '^', ' mod ', '<', '==', ' and ', '!', '%', ':', '=', ','),
        tie('any'),
      )
      .map((parts) => parts.join('')),
    fc
      .tuple(
        fc.constantFrom(...functions.keys(), 'eval', 'import', 'range'),
        fc.array(tie('any'), { maxLength: 3 }),
      )
      .map(([name, args]) => `${name}(${args.join()})`),
    tie('any').map((a) => `(${a})`),
    tie('any').map((a) => `-${a}`),
    fc.tuple(tie('any'), tie('any'), tie('any')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
})).any;

test('so is any formula of what is known and a little more', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(formula, edgeNumber, async (text, x) => {
      const outcome = await compiled(text);
      if (!('value' in outcome)) return;
      accepted++;
      expect(typeof outcome.value({ x, y: 0.5 })).toBe('number');
    }),
    runs,
  );
  expect(accepted).toBeGreaterThan(100);
});

test.each([
  ['a tower of powers', '9^9^9^9^9^9', Number.POSITIVE_INFINITY],
  ['a factorial', '170!!!!!!!', null],
  ['a range', '1:1000000000', null],
  ['a matrix', 'zeros(100000,100000)', null],
  ['a string', '"a"', null],
  ['a property', 'x.constructor', null],
  ['an index', 'x[1]', null],
  ['a function of its own', 'f(x)=f(x)', null],
  ['several', '1;2', null],
  ['400 signs', `${'-'.repeat(400)}x`, null],
  ['400 powers', `2${'^1'.repeat(200)}`, null],
  ['240 brackets', `${'('.repeat(240)}x${')'.repeat(240)}`, null],
  ['200 questions', `${'x<1?'.repeat(100)}1${':2'.repeat(40)}`, null],
  ['a sum of 200', `x${'+x'.repeat(200)}`, 201],
  ['more than 500 characters', '1+'.repeat(1e6), null],
])('%s is bounded in time and memory', async (_name, text, value) => {
  const outcome = await compiled(text);
  expect('value' in outcome ? outcome.value({ x: 1, y: 1 }) : null).toBe(value);
});
