import { toCsv } from '../output/csv.ts';
import { tableToRecords, toJson } from '../output/json.ts';
import { type JunitCase, junit } from '../output/junit.ts';
import { toMarkdown } from '../output/markdown.ts';
import type { Table } from '../output/table.ts';
import type { Verdict } from './verdicts.ts';

/** One judged thing. */
export interface VerdictRow {
  readonly id: string;
  /** What it belongs to: a file, a figure. */
  readonly group: string;
  readonly verdict: Verdict;
  readonly message: string;
}

/** Verdicts for other programs and for readers. */
export interface VerdictReport {
  /** The command that judged. */
  readonly name: string;
  /** One sentence: how many of what. */
  readonly summary: string;
  /** What a test runner shows: one case a row. */
  readonly rows: readonly VerdictRow[];
  /** What a reader or a spreadsheet is to see. */
  readonly table: Table;
}

interface VerdictFormat {
  /** Of the file's name, without the dot. */
  readonly extension: string;
  render(report: VerdictReport): Promise<string>;
}

/** The formats of `--format`; a new one is one entry. */
export const verdictFormats = {
  markdown: { extension: 'md', render: async (report) => markdown(report) },
  json: {
    extension: 'json',
    render: async ({ summary, rows, table }) =>
      toJson({ summary, verdicts: rows, rows: tableToRecords(table) }),
  },
  junit: { extension: 'xml', render: ({ name, rows }) => junit(name, rows.map(junitCase)) },
  csv: { extension: 'csv', render: ({ table }) => toCsv(table) },
} as const satisfies Record<string, VerdictFormat>;

export type VerdictFormatName = keyof typeof verdictFormats;
export const verdictFormatNames = Object.keys(verdictFormats) as VerdictFormatName[];

const outcomes: Record<Verdict, JunitCase['outcome']> = {
  holds: 'passed',
  underspecified: 'passed',
  'depends on the seed': 'passed',
  contradicted: 'failed',
  'not run': 'skipped',
};

function junitCase({ id, group, verdict, message }: VerdictRow): JunitCase {
  return { name: id, group, outcome: outcomes[verdict], message: `${verdict}: ${message}` };
}

function markdown({ name, summary, table }: VerdictReport): string {
  const body = [...table.rows].length === 0 ? '' : `\n${toMarkdown(table)}`;
  return `### ${name}\n\n${summary}\n${body}`;
}
