import { describe, expect, test } from '@jest/globals';
import { toLatex } from './latex.ts';
import type { ReaderColumn, ReaderNumber, ReaderTable } from './reader-table.ts';
import type { Table } from './table.ts';

const table: Table = {
  name: 't',
  description: 'lambda x\nlearning rate',
  columns: [
    { name: 'batch_size', type: 'string', description: '' },
    { name: 'test MSE', type: 'number', description: '' },
  ],
  primaryKey: ['batch_size'],
  rows: [
    ['all', -0.5],
    ['50 % & #1 $x^2$ {\\a}~', 'diverged'],
    [null, null],
  ],
};

const number = (value: number, rest: Partial<ReaderNumber> = {}): ReaderNumber => ({
  value,
  spread: null,
  best: false,
  ...rest,
});
const column = (heading: string, rest: Partial<ReaderColumn> = {}): ReaderColumn => ({
  heading,
  group: null,
  kind: 'number',
  names: false,
  ...rest,
});

function linesOf(readers: Partial<ReaderTable>): string[] {
  const whole = { caption: null, label: null, columns: [], rows: [], ...readers };
  return toLatex({ ...table, readers: whole })
    .trimEnd()
    .split('\n');
}

test('any table is a tabular with booktabs, its text escaped', () => {
  expect(toLatex(table).split('\n')).toEqual([
    '% lambda x learning rate',
    '% needs \\usepackage{booktabs}',
    '\\begin{tabular}{lr}',
    '\\toprule',
    'batch\\_size & test MSE \\\\',
    '\\midrule',
    'all & $-0.5$ \\\\',
    '50 \\% \\& \\#1 \\$x\\textasciicircum{}2\\$ \\{\\textbackslash{}a\\}\\textasciitilde{} & diverged \\\\',
    ' &  \\\\',
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ]);
});

describe('a layout for people', () => {
  test('has headings over several columns, blocks, the best in bold, and R2 as a formula', () => {
    const lines = linesOf({
      caption: 'test R2, 100 % of a_b, lambda x degree ± sd of x < y',
      label: 'tab:ols',
      columns: [
        column('batch size', { kind: 'word', names: true }),
        column('0.001', { group: 'learning rate' }),
        column('0.1', { group: 'learning rate' }),
        column('closed form'),
      ],
      rows: [
        { block: 'test MSE', cells: ['10', number(0.0581, { best: true }), number(7e267), 'diverged'] },
        { block: 'test R2', cells: ['10', number(-0.5, { spread: 0.0234, best: true }), 'not run', '–'] },
      ],
    });
    expect(lines.slice(1)).toEqual([
      '% needs \\usepackage{booktabs}',
      '\\begin{table}[htbp]',
      '\\centering',
      '\\small',
      '\\caption{test $R^2$, 100 \\% of a\\_b, lambda $\\times$ degree $\\pm$ sd of x \\textless{} y}\\label{tab:ols}',
      '\\par\\medskip',
      '\\begin{tabular}{lrrr}',
      '\\toprule',
      ' & \\multicolumn{2}{c}{learning rate} &  \\\\',
      '\\cmidrule(lr){2-3}',
      'batch size & $10^{-3}$ & 0.1 & closed form \\\\',
      '\\midrule',
      '\\multicolumn{4}{l}{\\emph{test MSE}} \\\\',
      '10 & $\\mathbf{0.0581}$ & $7.00 \\times 10^{267}$ & diverged \\\\',
      '\\midrule',
      '\\multicolumn{4}{l}{\\emph{test $R^2$}} \\\\',
      '10 & $\\mathbf{-0.500 \\pm 0.023}$ & not run & -- \\\\',
      '\\bottomrule',
      '\\end{tabular}',
      '\\end{table}',
    ]);
  });

  test('twenty columns are split, each part with the names of its rows', () => {
    const ticks = Array.from({ length: 20 }, (_, i) => column(String(i + 1), { group: 'learning rate' }));
    const lines = linesOf({
      columns: [column('lambda', { kind: 'word', names: true }), ...ticks],
      rows: [{ block: null, cells: ['7', ...ticks.map((_, i) => number(0.123 + i))] }],
    });
    expect(lines.filter((line) => line.startsWith('\\begin{tabular}')).length).toBeGreaterThan(1);
    const rows = lines.filter((line) => line.startsWith('7 & '));
    expect(rows.flatMap((row) => row.slice(4, -3).split(' & '))).toHaveLength(20);
  });

  test('many rows continue over pages, with the heading on each', () => {
    const lines = linesOf({
      columns: [column('net', { kind: 'word', names: true }), column('layers', { kind: 'text' })],
      rows: Array.from({ length: 100 }, (_, i) => ({ block: null, cells: [String(i), '3 relu'] })),
    });
    expect(lines[1]).toBe('% needs \\usepackage{booktabs,longtable,array}');
    expect(lines.filter((line) => line === 'net & layers \\\\')).toHaveLength(2);
    expect(lines).toContain('\\endhead');
  });
});

test('letters that the fonts of LaTeX lack do not stop it', () => {
  expect(toLatex({ ...table, rows: [['Bokmål ø 日本 ±', 1]] })).toContain('Bokmål ø ?? $\\pm$ & 1');
});
