import type { VerdictReport, VerdictRow } from '../claims/verdict-formats.ts';
import { counted } from '../errors.ts';
import { groupBy } from '../output/group-by.ts';
import type { Table } from '../output/table.ts';
import { significant } from '../stats/significant.ts';
import type { Check, Difference, FileCheck } from './check.ts';

/** A check as a report for the formats: one row per baseline row that does not hold, and one count per file of those that do. */
export function checkReport(check: Check): VerdictReport {
  const byFile = groupBy(check.differences, ({ file }) => file);
  return {
    name: 'fys-nn check',
    summary: checkSummary(check),
    rows: check.files.flatMap((file) => rowsOf(file, byFile.get(file.file) ?? [])),
    table: differenceTable(check.differences),
  };
}

/** "2 files, 40 rows of the baseline: 38 hold, 1 contradicted, 1 not run." */
export function checkSummary({ files }: Check): string {
  const sum = (key: 'rows' | 'holds' | 'contradicted' | 'notRun') =>
    files.reduce((total, file) => total + file[key], 0);
  return `${counted(files.length, 'file')}, ${counted(sum('rows'), 'row')} of the baseline: ${sum('holds')} hold, ${sum('contradicted')} contradicted, ${sum('notRun')} not run.`;
}

/** The rows of one file; `own` are its differences. */
function rowsOf({ file, rows, holds }: FileCheck, own: readonly Difference[]): VerdictRow[] {
  const judged = [...groupBy(own, ({ row }) => row)].map(([place, here]): VerdictRow => {
    const contradicted = here.some(({ verdict }) => verdict === 'contradicted');
    return {
      id: place ?? file,
      group: file,
      verdict: contradicted ? 'contradicted' : 'not run',
      message: here.map(differenceText).join('; '),
    };
  });
  if (holds === 0 && judged.length > 0) return judged;
  return [...judged, { id: 'rows that hold', group: file, verdict: 'holds', message: `${holds} of ${rows}` }];
}

function differenceText(one: Difference): string {
  const { column, baseline, now, difference } = one;
  const place = column === null ? '' : `${column} `;
  if (baseline === null) return `${place}${now}`;
  const change = difference === null ? '' : ` (${changeText(one)})`;
  return `${place}${valueText(baseline)} in the baseline, now ${valueText(now)}${change}`;
}

/** "+1.2e-7, relative +2.4e-6": a change, absolute and relative. */
export function changeText(one: Difference): string {
  const relative = relativeOf(one);
  return `${signed(one.difference!)}${relative === null ? '' : `, relative ${signed(relative)}`}`;
}

/** "+1.2e-7": a difference to three digits. */
export function signed(difference: number): string {
  return `${difference > 0 ? '+' : ''}${significant(difference, 3)}`;
}

/** The change relative to the baseline; null where there is none. */
function relativeOf({ baseline, difference }: Difference): number | null {
  if (typeof baseline !== 'number' || difference === null) return null;
  const relative = difference / Math.abs(baseline);
  return Number.isFinite(relative) ? relative : null;
}

export function valueText(value: string | number | null): string {
  return value === '' ? 'empty' : Object.is(value, -0) ? '-0' : String(value);
}

function differenceTable(differences: readonly Difference[]): Table {
  return {
    name: 'differences',
    description: 'what differs from the baseline',
    columns: [
      { name: 'file', type: 'string', description: 'path of the CSV in both folders' },
      { name: 'row', type: 'string', description: 'its primary key; empty: the file or the column' },
      { name: 'column', type: 'string', description: 'empty: the whole row' },
      { name: 'baseline', type: 'number', description: 'number of the baseline; empty: text' },
      { name: 'now', type: 'number', description: 'number now; empty: text' },
      { name: 'difference', type: 'number', description: 'now - baseline' },
      { name: 'relative', type: 'number', description: 'difference / |baseline|; empty where that is 0' },
      { name: 'change', type: 'string', description: 'both in words, or what is missing' },
      { name: 'verdict', type: 'string', description: 'contradicted or not run' },
    ],
    primaryKey: ['file', 'row', 'column'],
    rows: differences.map((one) => [
      one.file,
      one.row,
      one.column,
      typeof one.baseline === 'number' ? one.baseline : null,
      typeof one.now === 'number' ? one.now : null,
      // The difference of two finite numbers may overflow, and a CSV cannot hold an infinity.
      one.difference !== null && Number.isFinite(one.difference) ? one.difference : null,
      relativeOf(one),
      one.baseline === null
        ? (one.now?.toString() ?? null)
        : `${valueText(one.baseline)} -> ${valueText(one.now)}`,
      one.verdict,
    ]),
  };
}
