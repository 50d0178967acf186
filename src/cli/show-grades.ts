import { counted } from '../errors.ts';
import type { GradeRow } from '../output/grade-table.ts';
import { type Criterion, maximumOf } from '../trace/rubric.ts';
import { shorten } from './fold.ts';
import { screenOf } from './screen.ts';
import { renderTable } from './text-table.ts';

/** The longest heading of a criterion; if one is longer, all are letters, which are explained below the table. */
const longestHeading = 12;

/** Points, first differences and notes, as text for a terminal. */
export function gradesText(criteria: readonly Criterion[], rows: readonly GradeRow[]): string {
  const { color, width } = screenOf(process.stdout);
  const { texts, key } = shorten(
    criteria.map(({ name }) => name),
    longestHeading,
  );
  const maximum = maximumOf(criteria);
  const header = ['student', ...texts, 'points', 'first difference'];
  const body = [
    [
      'of',
      ...criteria.map(({ points, optional }) => (optional ? `+${points}` : String(points))),
      String(maximum),
      '',
    ],
    ...rows.map(({ student, criteria: own, points, remark }) => [
      student,
      ...own.map((one) => String(one.points)),
      String(points),
      remark,
    ]),
  ];
  const table = renderTable(header, body, {
    align: ['left', ...criteria.map(() => 'right' as const), 'right', 'left'],
    ...{ color, width },
  });
  const notes = rows.flatMap(({ student, notes: own }) => own.map((note) => `${student}: ${note}`));
  return `${[table, key, notes, [summaryText(rows, maximum)]]
    .map((part) => [part].flat().join('\n'))
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** "3 submissions, 7.33 of 10 points in the mean; 1 was refused" */
function summaryText(rows: readonly GradeRow[], maximum: number): string {
  const mean = rows.reduce((sum, { points }) => sum + points, 0) / rows.length;
  const refused = rows.filter(({ refusal }) => refusal !== null).length;
  const end = refused === 0 ? '' : `; ${refused} not graded`;
  return `${counted(rows.length, 'submission')}: on average ${Math.round(mean * 100) / 100} of ${maximum} points${end}`;
}
