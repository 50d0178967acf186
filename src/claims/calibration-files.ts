import type { FileContent } from '../files/write-files.ts';
import { markdownTable } from '../output/markdown.ts';
import { tableFiles } from '../output/result-files.ts';
import type { Table } from '../output/table.ts';
import { type CalibrationNumber, type CalibrationRow, summaryOf, wholeReport } from './calibrate.ts';
import { percent } from './verdict-text.ts';

/** The calibration of one reading. */
export interface Calibration {
  readonly reading: string;
  readonly numbers: readonly CalibrationNumber[];
  readonly rows: readonly CalibrationRow[];
}

/** calibration.csv and calibration.md. */
export function calibrationFiles(
  calibrations: readonly Calibration[],
  level: number,
): Map<string, FileContent> {
  const files = tableFiles('verify', 'how often verify contradicts honest and altered reports', [
    calibrationTable(calibrations, level),
  ]);
  files.set('calibration.md', calibrationMarkdown(calibrations, level));
  return files;
}

function calibrationTable(calibrations: readonly Calibration[], level: number): Table {
  return {
    name: 'calibration',
    description: 'how often reports played by single seeds are contradicted, honest and with planted errors',
    columns: [
      { name: 'reading', type: 'string', description: "code: the report's program; text: its wording" },
      { name: 'numbers', type: 'string', description: 'which numbers of the report are counted' },
      { name: 'reports', type: 'string', description: 'what was changed in the run that plays the report' },
      { name: 'seeds', type: 'integer', description: 'seeds that play such reports' },
      { name: 'count', type: 'integer', description: 'reports of this kind' },
      { name: 'contradicted', type: 'integer', description: 'of these, how many were contradicted' },
      { name: 'share', type: 'number', description: 'the share that was contradicted' },
      { name: 'low', type: 'number', description: `lower end of its ${percent(level)} interval (Wilson)` },
      { name: 'high', type: 'number', description: `upper end of its ${percent(level)} interval (Wilson)` },
    ],
    primaryKey: ['reading', 'numbers', 'reports'],
    rows: calibrations.flatMap(({ reading, rows }) =>
      rows.map((row) => {
        const { count, contradicted, share, low, high } = summaryOf(row, level);
        return [reading, row.group, row.reports, row.seeds.length, count, contradicted, share, low, high];
      }),
    ),
  };
}

/** For readers: one table for each reading, with a column for each group of numbers. */
export function calibrationMarkdown(calibrations: readonly Calibration[], level: number): string {
  const tables = calibrations.map(({ reading, numbers, rows }) => {
    const groups = [...new Set(rows.map(({ group }) => group))];
    const header = groups.map((group) => groupHeading(numbers, group));
    const lines = [...new Set(rows.map(({ reports }) => reports))].map((reports) => [
      reports,
      ...groups.map((group) => {
        const row = rows.find((one) => one.group === group && one.reports === reports);
        if (row === undefined) return '';
        const { share, low, high } = summaryOf(row, level);
        return `${percent(share, 3)} (${percent(low, 2)} to ${percent(high, 2)})`;
      }),
    ]);
    return `Contradicted under the reading ${reading}:\n\n${markdownTable(['reports', ...header], lines)}`;
  });
  return `${tables.join('\n\n')}\n`;
}

/** "MNIST (14 numbers, 24 seeds, 11 judge)" */
function groupHeading(numbers: readonly CalibrationNumber[], group: string): string {
  const own = numbers.filter((number) => group === wholeReport || number.group === group);
  const most = (counts: readonly number[]) => counts.reduce((a, b) => Math.max(a, b), 0);
  const seeds = most(own.map(({ values }) => values.length));
  const looks = most(own.flatMap((number) => number.looks));
  return `${group} (${own.length}; ${seeds} seeds, up to ${looks} judge each)`;
}
