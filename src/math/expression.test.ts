import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { exp, log } from './elementary.ts';
import { compileCondition, compileExpression } from './expression.ts';

const variables = ['x', 'y', 'epoch'] as const;
const values = { x: 2, y: -3, epoch: 7 };

async function evaluate(text: string, at: Record<string, number> = values): Promise<number> {
  return (await compileExpression(text, variables, '--formula'))(at);
}

async function refused(text: string, names: readonly string[] = variables): Promise<UserError> {
  const error = await compileExpression(text, names, '--schedule').then(
    () => new Error(`${text} was accepted`),
    (reason) => reason,
  );
  if (!(error instanceof UserError)) throw error;
  return error;
}

describe('values', () => {
  test.each([
    ['1', 1],
    ['.5', 0.5],
    ['1e-3', 0.001],
    ['2*pi', 2 * Math.PI],
    ['e', Math.E],
    ['x + y', -1],
    ['x - y - 1', 4],
    ['x * y / 4', -1.5],
    ['8/4/2', 1],
    ['-x^2', -4],
    ['(-x)^2', 4],
    ['2^3^2', 512],
    ['2^-1', 0.5],
    ['x^0.5', Math.SQRT2],
    ['+x - -x', 4],
    ['0.1/(1+0.01*epoch)', 0.1 / 1.07],
    ['epoch mod 4', 3],
    ['mod(y, 2)', 1],
    ['mod(y, -2)', -1],
    ['mod(4, 2)', 0],
    ['epoch < 10 ? 0.1 : 0.01', 0.1],
    ['epoch >= 8 ? 1 : epoch >= 7 ? 2 : 3', 2],
    ['x == 2 and y != 3 ? 1 : 0', 1],
    ['x > 2 or y <= -3 ? 1 : 0', 1],
    ['not (x > 2) ? 1 : 0', 1],
    ['0 < x < 3 ? 1 : 0', 1],
    ['0 < x < 2 ? 1 : 0', 0],
    ['3 > x >= 2 > y ? 1 : 0', 1],
    ['abs(y)', 3],
    ['ceil(1.2) + floor(1.8)', 3],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['sign(y)', -1],
    ['sqrt(16) + cbrt(27)', 7],
    ['exp(x)', exp(2)],
    ['log(x)', log(2)],
    ['log(8, 2)', log(8) / log(2)],
    ['log2(8)', 3],
    ['log10(1000)', Math.log10(1000)],
    ['log1p(x) + expm1(x)', Math.log1p(2) + Math.expm1(2)],
    ['pow(x, 3)', 8],
    ['min(3, y, 1) + max(3, y, 1, 2)', 0],
    ['min(x)', 2],
    ['hypot(3, 4)', 5],
    ['sin(x) + cos(x) * tan(x)', Math.sin(2) + Math.cos(2) * Math.tan(2)],
    ['asin(0.5) + acos(0.5) + atan(0.5)', Math.asin(0.5) + Math.acos(0.5) + Math.atan(0.5)],
    ['atan2(y, x)', Math.atan2(-3, 2)],
    ['sinh(1) + cosh(1) + tanh(1)', Math.sinh(1) + Math.cosh(1) + Math.tanh(1)],
    ['asinh(1) + acosh(2) + atanh(0.5)', Math.asinh(1) + Math.acosh(2) + Math.atanh(0.5)],
    [' x\t+ 1 ', 3],
  ])('%s', async (text, expected) => {
    expect(await evaluate(text)).toBe(expected);
  });

  test.each([
    ['1/0', Number.POSITIVE_INFINITY],
    ['log(0)', Number.NEGATIVE_INFINITY],
    ['sqrt(y)', Number.NaN],
    ['y^0.5', Number.NaN],
    ['mod(x, 0)', Number.NaN],
    ['10^400', Number.POSITIVE_INFINITY],
  ])('%s is left to the caller', async (text, expected) => {
    expect(await evaluate(text)).toBe(expected);
  });

  test('comparisons are exact', async () => {
    expect(await evaluate('x > 1 ? 1 : 0', { x: 1 + Number.EPSILON, y: 0, epoch: 0 })).toBe(1);
  });

  test('the same function is called with other values', async () => {
    const decay = await compileExpression('eta0/(1+0.01*epoch)', ['eta0', 'epoch'], '--schedule');
    expect([0, 100].map((epoch) => decay({ eta0: 0.5, epoch }))).toEqual([0.5, 0.25]);
  });

  test('a variable comes before a constant of its name', async () => {
    const evaluateE = await compileExpression('e + pi', ['e'], '--formula');
    expect(evaluateE({ e: 1 })).toBe(1 + Math.PI);
  });

  test('80 conditions deep is deep enough', async () => {
    expect(await evaluate(`${'x<2?1:'.repeat(80)}3`)).toBe(3);
  });

  test('a long flat sum is not nested', async () => {
    expect(await evaluate(Array(240).fill('1').join('+'))).toBe(240);
  });
});

describe('refused, with the option and the expression in the message', () => {
  test.each([
    ['', 'is empty'],
    ['  \t ', 'is empty'],
    ['x'.padEnd(501, '+1'), 'has 501 characters'],
    [`${'('.repeat(101)}x${')'.repeat(101)}`, 'nested deeper than 100'],
    [`${'-'.repeat(300)}x`, 'nested deeper than 100'],
    [`${'2^'.repeat(200)}2`, 'nested deeper than 100'],
    [`${'x>1?1:'.repeat(80)}`, 'cannot be read'],
    ['x +', 'cannot be read'],
    ['(x', 'cannot be read'],
    ['x)', 'cannot be read'],
    ['x ? 1', 'cannot be read'],
    ['x = 3', 'assigns with ='],
    ['f(x) = x', 'assigns with ='],
    ['x == (y = 1)', 'assigns with ='],
    ['2x', 'leaves out an operator'],
    ['sin x', 'leaves out an operator'],
    ['5 cm', 'leaves out an operator'],
    ['(1)(2)', 'leaves out an operator'],
    ['1e', 'leaves out an operator'],
    ['x!', 'the unknown operator !'],
    ['x to y', 'the unknown operator to'],
    ['x .* y', 'the unknown operator .*'],
    ['x xor y', 'the unknown operator xor'],
    ['x ?? 1', 'the unknown operator ??'],
    ['1:3', 'not a number: 1:3'],
    ['x.y', 'not a number'],
    ['x?.y', 'not a number'],
    ['x[1]', 'the character "["'],
    ['[1, 2]', 'the character "["'],
    ['{a: 1}', 'the character "{"'],
    ['"x"', 'the character "\\""'],
    ["'x'", 'the character "\'"'],
    ['x; y', 'the character ";"'],
    ['x\ny', 'the character "\\n"'],
    ['x # note', 'the character "#"'],
    ['10%', 'the character "%"'],
    ['x & 1', 'the character "&"'],
    ['x | 1', 'the character "|"'],
    ['~1', 'the character "~"'],
    ['`x`', 'the character "`"'],
    ['x²', 'the character "²"'],
    ['√x', 'the character "√"'],
    ['\u202ex', 'has the character'],
    ['true', 'has true where'],
    ['null', 'has null where'],
    ['undefined', 'has undefined where'],
    ['NaN', 'has NaN where'],
    ['Infinity', 'has Infinity where'],
    ['1e999', 'has Infinity where'],
    ['x > 1', 'must give a number'],
    ['not (x > 1)', 'must give a number'],
    ['0 < x < 1', 'must give a number'],
    ['(x > 1) * 2', 'must give a number'],
    ['max(x > 1, 2)', 'must give a number'],
    ['x > 1 ? y > 1 : 2', 'must give a number'],
    ['x ? 1 : 2', 'needs a condition'],
    ['x and y ? 1 : 2', 'needs a condition'],
    ['not x ? 1 : 2', 'needs a condition'],
    ['sin', 'the function sin without arguments'],
    ['sin()', 'gives sin 0 argument(s)'],
    ['sin(1, 2)', 'gives sin 2 argument(s)'],
    ['log(1, 2, 3)', 'gives log 3 argument(s)'],
    ['atan2(1)', 'gives atan2 1 argument(s)'],
    ['max()', 'gives max 0 argument(s)'],
    ['x(1 + y)', 'calls x, which is a number'],
    ['pi(2)', 'calls pi, which is a number'],
    ['and(1, 2)', 'unknown name and'],
    ['i', 'unknown name i'],
    ['z + 1', 'unknown name z'],
  ])('%j', async (text, problem) => {
    const error = await refused(text);
    expect(error.parts.what).toContain('--schedule');
    expect(error.parts.what).toContain(problem);
    expect(error.parts.received).toBe(text);
    expect(error.parts.remedy).toBeTruthy();
    expect(error.exitCode).toBe(2);
  });

  test.each([
    ['epcoh + 1', 'epoch'],
    ['tann(x)', 'tan'],
    ['sqtr(x)', 'sqrt'],
  ])('%s: the nearest known name is suggested', async (text, suggestion) => {
    const { parts } = await refused(text);
    expect(parts.remedy).toBe(`did you mean ${suggestion}?`);
    expect(parts.expected).toContain('x, y, epoch');
  });

  test.each(['learningrate', '1/z', 'xy', 'sim', 'a', 'max2 + 1', 'epcoh(1)', '1/decy'])(
    '%s: no name that fits is near, and the variables are listed',
    async (text) => {
      const error = await compileExpression(text, ['x', 'y', 'epoch'], '--schedule', {
        names: ['decay'],
      }).catch(String);
      expect(error).toContain('the variables are x, y, epoch');
    },
  );

  test('a name in place of a formula is suggested where it could be one', async () => {
    const compiled = compileExpression('decy', ['x'], '--schedule', { names: ['decay'] });
    await expect(compiled).rejects.toThrow('did you mean decay?');
  });

  test('a formula without variables lists none', async () => {
    expect((await refused('x', [])).parts.expected).toContain('no variable');
  });
});

describe('nothing but numbers can be reached', () => {
  const names = [
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '__defineGetter__',
    'this',
    'globalThis',
    'process',
    'require',
    'Function',
    'eval',
    'evaluate',
    'parse',
    'parser',
    'compile',
    'chain',
    'create',
    'config',
    'typed',
    'help',
    'format',
    'print',
    'random',
    'simplify',
    'derivative',
    'reviver',
    'end',
    'arguments',
    'values',
  ];

  test.each(names)('%s as a name and as a function', async (name) => {
    expect((await refused(name)).parts.what).toContain(`unknown name ${name}`);
    expect((await refused(`${name}(1)`)).parts.what).toContain(`unknown name ${name}`);
  });

  test.each([
    'import(1)',
    'import({a: 1})',
    'cos.constructor("return process")()',
    'x.constructor.constructor(1)',
    'x.toString()',
    '(x)(y)(1)',
    'f(a) = a.constructor; f(cos)',
    'sin.call(1)',
    'x["constructor"]',
    'evaluate("1")',
    'unit("5 cm")',
    'createUnit(1)',
    'max(...x)',
    'x => 1',
    'new Date()',
    '1; process.exit()',
    '$x',
    '\\u0063os(1)',
    '@x',
  ])('%s', async (text) => {
    await refused(text);
  });
});

describe('compileCondition', () => {
  test.each([
    ['a > b and not (a > 10*b)', true],
    ['a < b or b == 2', true],
    ['b < a < 3', false],
  ])('%s is %s of a = 5, b = 2', async (text, expected) => {
    const holds = await compileCondition(text, ['a', 'b'], 'holds');
    expect(holds({ a: 5, b: 2 })).toBe(expected);
  });

  test.each([
    ['0/0 < a', null],
    ['not (a > 0/0)', null],
    ['a != 0/0', null],
    ['1 < a < 0/0', null],
    ['9 < a < 0/0', false],
    ['a < 0 and 0/0 < 1', false],
    ['0/0 < 1 and a < 0', false],
    ['a > 0 or 0/0 < 1', true],
    ['0/0 < 1 or a > 0', true],
    ['(0/0 < 1 ? 1 : 2) < a', null],
  ])('%s with 0/0 is %s', async (text, expected) => {
    expect((await compileCondition(text, ['a', 'b'], 'holds'))({ a: 5, b: 2 })).toBe(expected);
  });

  test.each(['1 < 2', 'a + b', 'a > b ? 1 : 0', 'a > b) or (b > a', 'a >'])(
    '%s is refused by its own text',
    async (text) => {
      const refusal = await compileCondition(text, ['a', 'b'], 'holds').catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(UserError);
      expect((refusal as UserError).parts.received).toBe(text);
      expect((refusal as UserError).parts.remedy).not.toContain('? 1 : 0) ? 1 : 0');
    },
  );
});
