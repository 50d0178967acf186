import { toCsv } from './csv.ts';
import { tableToRecords, toJson } from './json.ts';
import { toLatex } from './latex.ts';
import { toMarkdown } from './markdown.ts';
import type { Table } from './table.ts';

export interface Format {
  /** Of the file's name, without the dot. */
  extension: string;
  /** One line for --help. */
  description: string;
  /** The text of the whole file. */
  render(table: Table): Promise<string>;
}

/** The formats a table can be written in; a new one is its own file, its test, and one line here. */
export const formats = {
  csv: {
    extension: 'csv',
    description: 'comma-separated values with a header (RFC 4180)',
    render: toCsv,
  },
  json: {
    extension: 'json',
    description: 'a list of objects, one a row',
    render: async (table) => toJson(tableToRecords(table)),
  },
  markdown: {
    extension: 'md',
    description: "a table in GitHub's Markdown",
    render: async (table) => toMarkdown(table),
  },
  latex: {
    extension: 'tex',
    description: 'a tabular with booktabs',
    render: async (table) => toLatex(table),
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];
