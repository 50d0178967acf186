import { csvPieces } from './csv.ts';
import { jsonPieces } from './json.ts';
import { latexPieces } from './latex.ts';
import { markdownPieces } from './markdown.ts';
import type { Table } from './table.ts';

export interface Format {
  /** The ending of the file name, without the dot. */
  extension: string;
  /** One line for --help. */
  description: string;
  /** Whether programs read it: a run writes all its tables, in full. For people, it writes the report's table. */
  forPrograms: boolean;
  /** The text of the file, in pieces. */
  render(table: Table): AsyncIterable<string>;
}

/** The formats of tables. A new format is a file of its own, its test, and one entry here. */
export const formats = {
  csv: {
    extension: 'csv',
    description: 'comma-separated values with a header (RFC 4180)',
    forPrograms: true,
    render: csvPieces,
  },
  json: {
    extension: 'json',
    description: 'a list of objects, one per row',
    forPrograms: true,
    render: jsonPieces,
  },
  markdown: {
    extension: 'md',
    description: "a table in GitHub's Markdown",
    forPrograms: false,
    render: markdownPieces,
  },
  latex: {
    extension: 'tex',
    description: 'a table with booktabs',
    forPrograms: false,
    render: latexPieces,
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];
