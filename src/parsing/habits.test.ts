import { describe, expect, test } from '@jest/globals';
import { otherNotation } from './habits.ts';
import { parseList } from './value-list.ts';

describe('another notation is refused, and the same here is one that this program reads', () => {
  test.each([
    ['logspace(-3,0,4)', 'geomspace(1e-3,1,4)', ['0.001', '0.01', '0.1', '1']],
    ['np.logspace( -3, 0, num=4 )', 'geomspace(1e-3,1,4)', ['0.001', '0.01', '0.1', '1']],
    ['logspace(0, 3, 4, base=2)', 'geomspace(1,8,4)', ['1', '2', '4', '8']],
    ['numpy.linspace(0,1,3)', 'linspace(0,1,3)', ['0', '0.5', '1']],
    ['range(4)', '0..3', ['0', '1', '2', '3']],
    ['range(1, 4)', '1..3', ['1', '2', '3']],
    ['range(1,10,3)', '1,4,7', ['1', '4', '7']],
    ['np.arange(0,0.3,0.1)', '0,0.1,0.2', ['0', '0.1', '0.2']],
    ['arange(0, 1, 0.05)', 'linspace(0,0.95,20)', null],
    ['1:4', '1..4', ['1', '2', '3', '4']],
    ['0:0.5:1', '0,0.5,1', ['0', '0.5', '1']],
    ['1..9..4', '1,5,9', ['1', '5', '9']],
    ['1...3', '1..3', ['1', '2', '3']],
    ['1…3', '1..3', ['1', '2', '3']],
    ['[0.1, 0.2]', '0.1, 0.2', ['0.1', '0.2']],
    ['[1 2 3]', '1,2,3', ['1', '2', '3']],
    ['{1;2}', '1,2', ['1', '2']],
    ['(1, 2)', '1, 2', ['1', '2']],
    ['0.1;0.2', '0.1,0.2', ['0.1', '0.2']],
    ['0,1;0,01', '0.1,0.01', ['0.1', '0.01']],
    ['0,1 0,01', '0.1,0.01', ['0.1', '0.01']],
    ['0;01', '0.01', ['0.01']],
    ['[-0,05]', '-0.05', ['-0.05']],
    ['[01, 02, 03]', '1, 2, 3', ['1', '2', '3']],
    ['1;02;3', '1,2,3', ['1', '2', '3']],
    ['0.1\t0.2\n', '0.1,0.2', ['0.1', '0.2']],
    ['1 000', '1000', ['1000']],
    ['10 000 000', '10000000', ['10000000']],
    ['100 200', '100,200', ['100', '200']],
    ['relu; sigmoid', 'relu,sigmoid', ['relu', 'sigmoid']],
    ['relu|sigmoid', 'relu,sigmoid', ['relu', 'sigmoid']],
    ['0.1 0.2', '0.1,0.2', ['0.1', '0.2']],
    ['\u22120.1', '-0.1', ['-0.1']],
    ['‘relu’', 'relu', ['relu']],
    ['０．１，１', '0.1,1', ['0.1', '1']],
    ['[logspace(-1,0,2), 5]', 'geomspace(1e-1,1,2),5', ['0.1', '1', '5']],
  ])('%j is %j', (text, same, values) => {
    expect(otherNotation(text)).toMatchObject({ same });
    expect(() => parseList(text, '--x')).toThrow(same);
    if (values !== null) expect(parseList(same, '--x')).toEqual(values);
  });

  test.each([
    'logspace(a,b,3)',
    'range(5,1)',
    'range(1,5,0)',
    'logspace(0,1,endpoint=False)',
    'arange(1,2,3,4)',
  ])('%j has nothing that is the same here, and an example is given', (text) => {
    expect(otherNotation(text)).toMatchObject({ same: null });
    expect(() => parseList(text, '--x')).toThrow('for example 1,2,3');
  });

  test.each([
    'relu',
    '64-32',
    '1..5',
    '0.1, 0.2',
    'geomspace(1e-4,0.1,4),7',
    'x > 0 ? 1 : 5',
    '(x+y)*2',
    'max(x, y)',
    '(x, y)',
    'x\t+ y',
    '1e-05',
    '-3 .. 2',
  ])('%j is not another notation', (text) => {
    expect(otherNotation(text)).toBeUndefined();
  });
});
