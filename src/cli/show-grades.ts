import { counted } from '../errors.ts';
import { type Criterion, maximumOf } from '../grading/rubric.ts';
import type { GradeRow } from '../output/grade-table.ts';
import { fold, shorten } from './fold.ts';
import { screenOf } from './screen.ts';
import { renderTable } from './text-table.ts';

/** The least room for the first difference: with less, criteria are letters, which are explained below the table. */
const roomForRemark = 40;

/** Points, first differences and notes, as text for a terminal. */
export function gradesText(criteria: readonly Criterion[], rows: readonly GradeRow[]): string {
  const { color, width } = screenOf(process.stdout);
  const names = criteria.map(({ name }) => name);
  const longest = Math.max(...rows.map(({ student }) => student.length));
  const taken = names.reduce((sum, { length }) => sum + length + 2, longest + 'points'.length + 4);
  const { texts, key } = shorten(names, width - taken < roomForRemark ? 0 : Number.POSITIVE_INFINITY);
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
  return `${[table, fold(key.join(', '), width), notes, [summaryText(rows, maximum)]]
    .map((part) => [part].flat().join('\n'))
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** "3 submissions: on average 7.33 of 10 points; 1 not graded". */
function summaryText(rows: readonly GradeRow[], maximum: number): string {
  const mean = rows.reduce((sum, { points }) => sum + points, 0) / rows.length;
  const refused = rows.filter(({ refusal }) => refusal !== null).length;
  const end = refused === 0 ? '' : `; ${refused} not graded`;
  return `${counted(rows.length, 'submission')}: on average ${Math.round(mean * 100) / 100} of ${maximum} points${end}`;
}
