import { counted } from '../errors.ts';
import { groupBy } from '../output/group-by.ts';
import type { Check, Difference, FileCheck } from './check.ts';
import { changeText, valueText } from './check-report.ts';

/** What has moved in one column of a file, in all its rows together. */
export interface MovedColumn {
  readonly column: string;
  readonly rows: number;
  /** The largest change, absolute and relative, or the first in words. */
  readonly change: string;
  /** The row of that change by its settings: "learning rate 0.1". */
  readonly where: string;
}

/** What has moved, or is missing, in one file. */
export interface MovedFile {
  /** "ffnn/trials.csv: 3 of 10 rows contradicted, 1 not run". */
  readonly heading: string;
  /** "all with learning rate 0.1": the settings that all these rows, but not all rows of the file, have in common. */
  readonly common: string;
  readonly columns: readonly MovedColumn[];
}

/** The differences of a check, those of a file together and then those of a column. */
export function movedFiles({ files, differences }: Check): MovedFile[] {
  const byFile = groupBy(differences, ({ file }) => file);
  return files.flatMap((one) => {
    const own = byFile.get(one.file) ?? [];
    return own.length === 0 ? [] : [movedFile(one, own)];
  });
}

function movedFile(
  { file, rows, contradicted, notRun, varied }: FileCheck,
  own: readonly Difference[],
): MovedFile {
  const counts = [
    ...(contradicted > 0 ? [`${contradicted} of ${counted(rows, 'row')} contradicted`] : []),
    ...(notRun > 0 ? [`${notRun}${contradicted > 0 ? '' : ` of ${counted(rows, 'row')}`} not run`] : []),
  ];
  return {
    heading: `${file}: ${counts.join(', ')}`,
    common: commonText(own, varied),
    columns: [...groupBy(own, columnOf)].map(([column, here]) => movedColumn(column, here)),
  };
}

/** The column, or what is missing as a whole. */
const columnOf = ({ column, row, now }: Difference): string =>
  column === null ? String(now) : row === null ? `${column}: ${now}` : column;

function movedColumn(column: string, differences: readonly Difference[]): MovedColumn {
  const largest = differences.reduce((most, one) => (size(one) > size(most) ? one : most));
  const { baseline, now, difference } = largest;
  const words = baseline === null ? '' : `${valueText(baseline)} -> ${valueText(now)}`;
  return {
    column,
    rows: differences.filter(({ row }) => row !== null).length,
    change: difference === null ? words : changeText(largest),
    where: placeText(largest),
  };
}

/** Numbers by their change; a word that replaces a number counts more than any number. */
function size({ difference, baseline }: Difference): number {
  if (difference !== null) return Math.abs(difference);
  return baseline === null ? -1 : Number.POSITIVE_INFINITY;
}

const title = (column: string): string => column.replaceAll('_', ' ');

function placeText({ parts }: Difference): string {
  return parts.map(([column, value]) => `${title(column)} ${value}`).join(', ');
}

function commonText(differences: readonly Difference[], varied: FileCheck['varied']): string {
  const rows = differences.filter(({ parts }) => parts.length > 0);
  if (new Set(rows.map(({ row }) => row)).size < 2) return '';
  const common = [...varied].flatMap(([column, count]) => {
    const values = new Set(rows.map(({ parts }) => parts.find(([name]) => name === column)?.[1]));
    if (values.size >= count || values.size > 3) return [];
    return [`${title(column)} ${[...values].map((value) => value ?? 'none').join(' or ')}`];
  });
  return common.length === 0 ? '' : `all with ${common.join(', ')}`;
}
