import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileText } from '../hostile.testing.ts';
import { toLatex } from './latex.ts';
import { toMarkdown } from './markdown.ts';
import type { Table } from './table.ts';

const runs = { seed: fixedSeed, numRuns: 500 };
const text = fc.oneof(
  hostileText,
  fc.constantFrom(
    '| a |',
    '\\|',
    '[a](http://b)',
    '![](x)',
    '<script>',
    '&lt;',
    'https://a.b',
    'WWW.a.b',
    'a@b.c',
  ),
  fc.constantFrom(
    '\\input{/etc/passwd}',
    '\\write18{x}',
    '$x$',
    '%',
    '}{',
    '\\\\',
    '^^5c',
    '~',
    '\r\n',
    '`',
    '~~a~~',
  ),
);
const tableOf = (cell: string): Table => ({
  ...{ name: 't', description: 'd', primaryKey: [] },
  columns: [{ name: 'a', type: 'string', description: '' }],
  rows: [[cell]],
});

test('Markdown: any text is one cell with every mark escaped', () => {
  fc.assert(
    fc.property(text, (cell) => {
      const lines = toMarkdown(tableOf(cell)).split('\n');
      expect(lines).toHaveLength(4);
      const bare = lines[2].slice(2, -2).replace(/\\[\\|`*_~<>&[\]@:.]/g, '');
      expect(bare).not.toMatch(/[\\|`*_~<>&[\]@\p{Cc}]|:\/\/|www\./iu);
    }),
    runs,
  );
});

test('LaTeX: any text is one cell without a command of its own', () => {
  fc.assert(
    fc.property(text, (cell) => {
      const lines = toLatex(tableOf(cell)).split('\n');
      expect(lines).toHaveLength(10);
      const own =
        /\$(\\pm|\\times|-|-\d[\d.e+-]*)\$|\\text(backslash|asciitilde|asciicircum|less|greater|bar)\{\}|\\[#$%&_{}]/g;
      expect(lines[6].slice(0, -3).replace(own, '')).not.toMatch(/[\\~^<>|#$%&_{}\p{Cc}]/u);
    }),
    runs,
  );
});
