import { expect, test } from '@jest/globals';
import { toLatex } from './latex.ts';
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

test('a tabular with booktabs, its text escaped', () => {
  expect(toLatex(table).split('\n')).toEqual([
    '% lambda x learning rate; needs \\usepackage{booktabs}',
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
