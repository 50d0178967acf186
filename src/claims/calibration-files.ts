import type { FileContent } from '../files/write-files.ts';
import { markdownTable } from '../output/markdown.ts';
import { tableFiles } from '../output/result-files.ts';
import type { Table } from '../output/table.ts';
import { type CalibrationRow, shareOf } from './calibrate.ts';
import { percent } from './verdict-text.ts';

/** What a calibration is of. */
export interface Calibration {
  readonly reading: string;
  readonly seeds: number;
  readonly level: number;
  /** Rows by the group of numbers that they are of. */
  readonly groups: ReadonlyMap<
    string,
    { readonly numbers: number; readonly rows: readonly CalibrationRow[] }
  >;
}

/** calibration.csv and calibration.md. */
export function calibrationFiles(calibration: Calibration): Map<string, FileContent> {
  const files = tableFiles('verify', 'how often verify contradicts honest and altered reports', [
    calibrationTable(calibration),
  ]);
  files.set('calibration.md', calibrationMarkdown(calibration));
  return files;
}

function calibrationTable({ reading, seeds, level, groups }: Calibration): Table {
  return {
    name: 'calibration',
    description: 'how often reports played by single seeds are contradicted, honest and with planted errors',
    columns: [
      { name: 'reading', type: 'string', description: "code: the report's program; text: its wording" },
      { name: 'numbers', type: 'string', description: 'which numbers of the report are judged' },
      { name: 'reports', type: 'string', description: 'what was changed in the run that plays the report' },
      { name: 'seeds', type: 'integer', description: 'seeds, each of which plays the report once' },
      { name: 'count', type: 'integer', description: 'reports of this kind' },
      { name: 'contradicted', type: 'integer', description: 'of these, how many were contradicted' },
      { name: 'share', type: 'number', description: 'the share that was contradicted' },
      { name: 'low', type: 'number', description: `lower end of its ${percent(level)} interval (Wilson)` },
      { name: 'high', type: 'number', description: `upper end of its ${percent(level)} interval (Wilson)` },
    ],
    primaryKey: ['reading', 'numbers', 'reports'],
    rows: [...groups].flatMap(([name, { rows }]) =>
      rows.map((row) => {
        const { share, low, high } = shareOf(row, level);
        return [reading, name, row.reports, seeds, row.count, row.contradicted, share, low, high];
      }),
    ),
  };
}

/** The table for readers. */
export function calibrationMarkdown({ reading, seeds, level, groups }: Calibration): string {
  const tables = [...groups].map(([name, { numbers, rows }]) => {
    const lines = rows.map((row) => {
      const { share, low, high } = shareOf(row, level);
      return [
        row.reports,
        String(row.count),
        String(row.contradicted),
        `${percent(share, 3)} (${percent(low, 2)} to ${percent(high, 2)})`,
      ];
    });
    const table = markdownTable(['reports', 'judged', 'contradicted', 'share'], lines);
    return `${name} (${numbers} numbers):\n\n${table}`;
  });
  const heading = `Reading ${reading}, ${seeds} seeds, each of which plays the report once and is judged by the seeds after it; intervals are Wilson's at ${percent(level)}.`;
  return `${[heading, ...tables].join('\n\n')}\n`;
}
