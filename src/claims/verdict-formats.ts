import { toCsv } from '../output/csv.ts';
import { tableToRecords, toJson } from '../output/json.ts';
import { type JunitCase, junit } from '../output/junit.ts';
import { toMarkdown } from '../output/markdown.ts';
import type { Table } from '../output/table.ts';
import type { Verdict } from './verdicts.ts';

/** One verdict. */
export interface VerdictRow {
  readonly id: string;
  /** The file or figure that it belongs to. */
  readonly group: string;
  readonly verdict: Verdict;
  readonly message: string;
}

/** Verdicts, for other programs and for readers. */
export interface VerdictReport {
  /** The command that gave the verdicts. */
  readonly name: string;
  /** One sentence with the counts. */
  readonly summary: string;
  /** The cases that a test runner shows, one per row. */
  readonly rows: readonly VerdictRow[];
  /** The table for readers and spreadsheets. */
  readonly table: Table;
}

interface VerdictFormat {
  /** File extension, without the dot. */
  readonly extension: string;
  render(report: VerdictReport): Promise<string>;
}

/** The available formats. To add a format, add an entry. */
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

const outcomes: Partial<Record<Verdict, JunitCase['outcome']>> = {
  contradicted: 'failed',
  'not run': 'skipped',
};

function junitCase({ id, group, verdict, message }: VerdictRow): JunitCase {
  return { name: id, group, outcome: outcomes[verdict] ?? 'passed', message: `${verdict}: ${message}` };
}

function markdown({ name, summary, table }: VerdictReport): string {
  const body = [...table.rows].length === 0 ? '' : `\n${toMarkdown(table)}`;
  return `### ${name}\n\n${summary}\n${body}`;
}
