import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { decimalCommaNote, parseChoice, parseInteger, parseList, parseNumber } from './value-list.ts';

const list = (text: string) => parseList(text, '--x');

describe('parseList', () => {
  test.each([
    ['0.1', ['0.1']],
    ['1, 2 ,3', ['1', '2', '3']],
    ['0.1,\u00a00.2,\u202f0.3', ['0.1', '0.2', '0.3']],
    ['sin(x)\u00a0+ 1', ['sin(x) + 1']],
    ['relu,leaky-relu', ['relu', 'leaky-relu']],
    ['max(eta0/(epoch+1), 1e-5),0.1', ['max(eta0/(epoch+1), 1e-5)', '0.1']],
    ['1..5', ['1', '2', '3', '4', '5']],
    ['-2 .. 1', ['-2', '-1', '0', '1']],
    ['3..3', ['3']],
    ['10,1..2', ['10', '1', '2']],
    ['1..3,2,3,4', ['1', '2', '3', '4']],
    ['../data.csv', ['../data.csv']],
    ['..', ['..']],
    ['geomspace(1e-4,0.1,4)', ['0.0001', '0.001', '0.01', '0.1']],
    ['geomspace( 1, 256, 9 )', ['1', '2', '4', '8', '16', '32', '64', '128', '256']],
    ['geomspace(0.1,1e-4,4)', ['0.1', '0.01', '0.001', '0.0001']],
    ['geomspace(2,8,1)', ['2']],
    ['linspace(0,1,5)', ['0', '0.25', '0.5', '0.75', '1']],
    ['linspace(0,1,11)', ['0', '0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9', '1']],
    ['linspace(-0.3,0.3,7)', ['-0.3', '-0.2', '-0.1', '0', '0.1', '0.2', '0.3']],
    ['linspace(5,7,1)', ['5']],
    ['linspace(2,2,3)', ['2']],
    ['linspace(-1e308,1e308,3)', ['-1e+308', '0', '1e+308']],
    ['linspace(1,2,2)*2', ['linspace(1,2,2)*2']],
  ])('%s', (text, values) => {
    expect(list(text)).toEqual(values);
  });

  test('the ends of a space are exact, whatever their number of digits', () => {
    expect(list('linspace(0.1234567890123456,2,3)')[0]).toBe('0.1234567890123456');
    expect(list('geomspace(1e-300,1.2345678901234567e300,3)').at(-1)).toBe('1.2345678901234567e+300');
  });

  test('100000 values are the most', () => {
    expect(list('1..100000')).toHaveLength(100_000);
    expect(list('linspace(0,1,100000)')).toHaveLength(100_000);
    expect(() => list('0..100000')).toThrow('too many');
    expect(() => list('linspace(0,1,100001)')).toThrow('whole count from 1 to 100000');
  });

  test('values that come again count: a thousand times the same range is refused at once', () => {
    expect(() => list(Array(1000).fill('1..100000').join(','))).toThrow('too many values');
    expect(list(Array(1000).fill('1..100').join(','))).toHaveLength(100);
    expect(() => list(`${Array(1000).fill('1..100').join(',')},1`)).toThrow('too many values');
  });

  test.each([
    ['', 'no value'],
    ['  ', 'no value'],
    ['1,,2', 'empty value'],
    ['1,', 'empty value'],
    [',', 'empty value'],
    ['max(1,2', 'never closed'],
    ['1),(2', 'never opened'],
    ['5..1', 'backwards'],
    ['1.5..3', 'not whole numbers'],
    ['1..', 'not whole numbers'],
    ['1..9007199254740993', 'not whole numbers'],
    ['geomspace(0,1,3)', 'numbers > 0'],
    ['geomspace(-1,1,3)', 'numbers > 0'],
    ['linspace(0,1)', 'wrong arguments'],
    ['linspace(0,1,2,3)', 'wrong arguments'],
    ['linspace(0,1,0)', 'wrong arguments'],
    ['linspace(0,1,2.5)', 'wrong arguments'],
    ['linspace(a,1,2)', 'wrong arguments'],
  ])('%j is refused', (text, message) => {
    expect(() => list(text)).toThrow(UserError);
    expect(() => list(text)).toThrow(message);
    expect(() => list(text)).toThrow('--x');
  });
});

describe('parseNumber', () => {
  test.each([
    ['1', 1],
    ['-1.5', -1.5],
    ['+.5', 0.5],
    ['5.', 5],
    ['1e-4', 1e-4],
    ['2E+3', 2000],
  ])('%s', (text, value) => {
    expect(parseNumber(text, '--x')).toBe(value);
  });

  test.each([
    '',
    ' ',
    ' 1',
    'NaN',
    'Infinity',
    '-Infinity',
    '0x10',
    '0b1',
    '1_000',
    '1,5',
    '1.2.3',
    '1e',
    'e5',
    '.',
    '5px',
    '1n',
    '١',
  ])('%j is refused', (text) => {
    expect(() => parseNumber(text, '--learning-rate')).toThrow(/--learning-rate is not a number/);
  });
});

test.each(['1e400', '-1e400'])('%s is a number, but none that a number here can hold', (text) => {
  expect(() => parseNumber(text, '--lambda')).toThrow(
    /--lambda is out of range.*absolute value is at most 1.797\S+e\+308/s,
  );
});

describe('parseInteger', () => {
  test.each([
    ['7', 7],
    ['-3', -3],
    ['1e3', 1000],
    ['-0', 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%s', (text, value) => {
    expect(parseInteger(text, '--x')).toBe(value);
  });

  test.each(['2.5', '-0.5', 'two', '', ' 1'])('%j is refused: no decimal part', (text) => {
    expect(() => parseInteger(text, '--seed', 0)).toThrow(
      /--seed is not a whole number.*from 0 to 9007199254740991.*without a decimal part/s,
    );
  });

  test.each(['9007199254740992', '9007199254740993', '1e20', '1e400', '-1', '-1e400'])(
    '%j is refused with the range, which is the remedy',
    (text) => {
      expect(() => parseInteger(text, '--seed', 0)).toThrow(
        /--seed is out of range.*from 0 to 9007199254740991.*remedy: +give a number in this range$/s,
      );
    },
  );

  test('every bound of an option appears in its refusal', () => {
    expect(() => parseInteger('1e15', '--epochs', 1, 5e6)).toThrow('from 1 to 5000000');
  });
});

describe('names', () => {
  const choices = ['sigmoid', 'relu', 'leaky-relu', 'linear'] as const;

  test('a choice is returned as it is, another is refused with the nearest', () => {
    expect(parseChoice('relu', choices, '--activation')).toBe('relu');
    expect(() => parseChoice('sigmod', choices, '--activation')).toThrow(
      /--activation.*leaky-relu.*did you mean sigmoid/s,
    );
    expect(() => parseChoice('tanh', choices, '--activation')).toThrow(
      /one of sigmoid, relu.*choose one of them, such as --activation sigmoid/s,
    );
    expect(() => parseChoice('constructor', choices, '--activation')).toThrow(UserError);
  });
});

describe('a decimal comma', () => {
  test.each([
    ['0,01', '0.01'],
    ['0,05', '0.05'],
    ['-0,05', '-0.05'],
    ['1,00', '1.00'],
    ['1,000', '1000'],
    ['1,000,000', '1000000'],
    ['00,1', '00.1'],
    ['0,1,0,05', 'a point'],
    ['007', 'write 7'],
    ['01..05', 'a leading zero'],
    ['linspace(0,01,5)', 'a leading zero'],
    ['x+01', 'a leading zero'],
  ])('%s is refused: %s', (text, remedy) => {
    expect(() => list(text)).toThrow(UserError);
    expect(() => list(text)).toThrow('has a leading zero');
    expect(() => list(text)).toThrow(remedy);
  });

  test.each(['0', '0,0.1', '10,100', '1e-05', '1E+05', '1.05', '.05', '0..5', 'x0+1', '100'])(
    '%s has no leading zero',
    (text) => {
      expect(list(text).length).toBeGreaterThan(0);
    },
  );

  test.each([
    ['0,1', '--x 0,1 is two values, 0 and 1; for one number write 0.1'],
    ['1,5', '--x 1,5 is two values, 1 and 5; for one number write 1.5'],
    ['-0,5', '--x -0,5 is two values, -0 and 5; for one number write -0.5'],
    ['-1,5', '--x -1,5 is two values, -1 and 5; for one number write -1.5'],
    ['12,25', '--x 12,25 is two values, 12 and 25; for one number write 12.25'],
  ])('%s may be one: a note', (text, note) => {
    expect(decimalCommaNote(text, '--x')).toBe(note);
  });

  test.each(['0, 1', '0,0.9', '1,10', '5,5', '0,1,2', '0.5', '1..5', 'relu,linear', '-1,-5'])(
    '%s is none',
    (text) => {
      expect(decimalCommaNote(text, '--x')).toBeUndefined();
    },
  );
});

test.each([
  ['5%', '0.05'],
  ['1/4', '0.25'],
  ['10^-3', '0.001'],
  ['10**-3', '0.001'],
  ['1_000.5', '1000.5'],
  ["10'000", '10000'],
  ['\u22120.5', '-0.5'],
])('parseNumber: %s is refused, and the remedy is %s', (text, same) => {
  expect(() => parseNumber(text, '--x')).toThrow(`remedy:   write --x ${same}`);
});

test('parseInteger says how a range is written', () => {
  expect(() => parseInteger('1-5', '--seed')).toThrow('write --seed 1..5');
});

describe('what is said about a name that is none', () => {
  test('several with spaces between them get commas', () => {
    expect(() => parseChoice('relu linear', ['relu', 'linear'], '--x')).toThrow('write --x relu,linear');
  });

  test('a list that is long is cut off, with the nearest name in it', () => {
    const names = Array.from(
      { length: 45 },
      (_, i) => `column_${String.fromCharCode(97 + (i % 26)).repeat(3)}${i}`,
    );
    expect(() => parseChoice('column_rrr4', names, '--x')).toThrow(
      /one of 45: column_aaa0, .*column_rrr43?.*, …/,
    );
    const refusal = (() => {
      try {
        return parseChoice('none', names, '--x');
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(refusal.length).toBeLessThan(300);
  });

  test('a single choice is no choice', () => {
    expect(() => parseChoice('Adam', ['sgd'], '--optimizer')).toThrow(
      /expected: sgd\n.*leave out --optimizer/s,
    );
  });
});

test.each(['0.001:0.3', '0.001..0.3', '0.001...0.3'])('%j may be meant as a range to search', (text) => {
  expect(() => parseList(text, '--x')).toThrow(
    'write --x "geomspace(0.001,0.3,5)"; to search the whole range, --x "loguniform(0.001,0.3)" or "uniform(0.001,0.3)"',
  );
  expect(() => parseList('0:0.5', '--x')).toThrow('to search the whole range, --x "uniform(0,0.5)"');
});
