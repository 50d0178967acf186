import { expect, test } from '@jest/globals';
import { toMarkdown } from './markdown.ts';
import type { Table } from './table.ts';

const table: Table = {
  name: 't',
  description: 'a table',
  columns: [
    { name: 'batch_size', type: 'string', description: '' },
    { name: 'test MSE', type: 'number', description: '' },
  ],
  primaryKey: ['batch_size'],
  rows: [
    ['all', -0.5],
    ['a|b\n*c* <i>', 'diverged'],
    [null, null],
  ],
};

test('numbers to the right, marks of Markdown as they are, a missing value empty', () => {
  expect(toMarkdown(table)).toBe(
    '| batch\\_size | test MSE |\n| --- | ---: |\n| all | -0.5 |\n| a\\|b \\*c\\* \\<i\\> | diverged |\n|  |  |\n',
  );
});
