import { expect, test } from '@jest/globals';
import { type Column, dataTable } from './data-table.ts';

const name: Column = { title: 'number', kind: 'text', heads: 'name' };
const value: Column = { title: 'ours', kind: 'number' };

function placeOf(columns: readonly Column[], cells: readonly string[]): string {
  return /cards-(\w+)/.exec(dataTable('t', columns, [{ cells }]).markup)![1];
}

test('the wider the table, the wider the place in which its rows become cards', () => {
  const widths = [1, 3, 5, 7].map((count) =>
    Number(placeOf(Array(count).fill(value), Array(count).fill('−0.1234 ± 0.0056'))),
  );
  expect(widths.slice(0, 3)).toEqual(widths.slice(0, 3).sort((a, b) => a - b));
  expect(new Set(widths.slice(0, 3)).size).toBe(3);
  expect(placeOf(Array(9).fill(value), Array(9).fill('−0.1234 ± 0.0056'))).toBe('always');
});

test('a long text wraps, so it makes a table no wider than some words do', () => {
  expect(placeOf([name, value], ['word '.repeat(100), '1'])).toBe(
    placeOf([name, value], ['word '.repeat(6), '1']),
  );
});

test('every cell but the name of its row carries the heading of its column, for cards', () => {
  const { markup } = dataTable('t', [name, value], [{ cells: ['a "<b>"', '1'], id: 'x', value: 'holds' }]);
  expect(markup).toContain(
    '<tr data-value="holds"><th scope="row" id="x" data-name>a &quot;&lt;b&gt;&quot;</th>',
  );
  expect(markup).toContain('<td class="number" data-label="ours">1</td>');
});

test('the best number says so to readers who do not see its frame', async () => {
  const { bestMark } = await import('./parts.ts');
  expect(bestMark('0.05').markup).toContain('(best)');
});
