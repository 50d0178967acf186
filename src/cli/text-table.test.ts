import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { renderTable } from './text-table.ts';

const header = ['model', 'MSE'];
const rows = [
  ['OLS', '0.053'],
  ['ridge, lambda 0.0001', '0.1'],
];

describe('renderTable', () => {
  test('aligns, rules the header with ASCII and leaves no spaces at the ends of lines', () => {
    expect(renderTable(header, rows, { align: ['left', 'right'], color: false })).toBe(
      [
        'model                   MSE',
        '--------------------  -----',
        'OLS                   0.053',
        'ridge, lambda 0.0001    0.1',
      ].join('\n'),
    );
    expect(renderTable(header, rows, { color: false })).not.toMatch(/ $/m);
  });

  test('with colour the text is in the same places', () => {
    const colored = renderTable(header, rows, { align: ['left', 'right'], color: true });
    expect(colored).toContain('\u001b[1mmodel\u001b[22m');
    expect(stripVTControlCharacters(colored).replaceAll('─', '-')).toBe(
      renderTable(header, rows, { align: ['left', 'right'], color: false }),
    );
  });

  test('a table without rows is its header', () => {
    expect(renderTable(header, [], { color: false })).toBe('model  MSE');
  });

  test('a table too wide folds its widest column between words and loses none of them', () => {
    const claim =
      'the lowest test error of all the networks is that of the rectifier with uniform Glorot weights, by far';
    const text = renderTable(['claim', 'verdict'], [[claim, 'holds']], { color: false });
    const lines = text.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines).toHaveLength(4);
    expect(text.replace(/\s+/g, ' ')).toContain('holds');
    for (const word of claim.split(' ')) expect(text).toContain(word);
  });

  test.each([80, 60, 40])('several wide columns are folded until the table fits into %i', (width) => {
    const cells = [
      [
        'grid-search ols, solver sgd, schedule constant, batch size all',
        'test MSE, bootstrap mean, best of all cells',
        '0.126',
      ],
      ['ffnn, activation sigmoid', 'test R2', '0.9 (off a curve)'],
    ];
    const text = renderTable(['where', 'number', 'published'], cells, { color: false, width });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    for (const word of cells.flat().flatMap((cell) => cell.split(' '))) expect(text).toContain(word);
  });

  test('a word longer than the line is not cut', () => {
    const word = 'a'.repeat(100);
    expect(renderTable(['id', 'x'], [[word, '1']], { color: false })).toContain(word);
  });

  test('control characters of the cells do not reach the terminal; what paints them does where colour is on', () => {
    const cells = [['a\nb\u001b[2J\r', '\u001b[8mhidden\u001b[39m']];
    const paint = (cell: string, row: number, column: number) => `\u001b[3${row + column}m${cell}\u001b[39m`;
    for (const options of [{ color: false }, { color: false, paint }]) {
      expect(renderTable(['x', 'y\u001b[8m'], cells, options).split('\n')).toEqual([
        'x     y',
        '----  ------',
        'a?b?  hidden',
      ]);
    }
    const colored = renderTable(['x', 'y'], cells, { color: true, paint });
    expect(colored.split('\n')[2]).toBe('\u001b[30ma?b?\u001b[39m  \u001b[31mhidden\u001b[39m');
  });

  test('a long table is drawn in pieces that line up, as a short one is', () => {
    const cells = Array.from({ length: 1203 }, (_, i) => [
      i === 1100 ? 'the  widest 日本 of all ' : `row ${i}`,
      `${i * i}`,
      i % 7 === 0 ? '' : 'x',
    ]);
    const options = { align: ['left', 'right', 'left'] as ('left' | 'right')[], color: false };
    const lines = renderTable(['name', 'square', ''], cells, options).split('\n');
    expect(lines).toHaveLength(1205);
    for (const i of [0, 499, 500, 999, 1000, 1100, 1202]) {
      const pair = i === 1100 ? [cells[1100], cells[1202]] : [cells[1100], cells[i]];
      const short = renderTable(['name', 'square', ''], [...pair, cells[1202]], options).split('\n');
      expect(lines[i + 2]).toBe(short[i === 1100 ? 2 : 3]);
      expect(lines.slice(0, 2)).toEqual(short.slice(0, 2));
    }
  });
});
