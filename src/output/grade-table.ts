import { printable } from '../errors.ts';
import type { Graded } from '../grading/grade.ts';
import { type Criterion, maximumOf } from '../grading/rubric.ts';
import { missedText } from './grade-words.ts';
import type { JunitCase } from './junit.ts';
import type { Column, Table, Value } from './table.ts';

/** A graded submission as views show it. */
export interface GradeRow extends Omit<Graded, 'given'> {
  /** null: it was refused. */
  readonly exercise: { readonly id: string; readonly file: string } | null;
  /** The first difference and its cause, or why there are no points; '' if nothing differs. */
  readonly remark: string;
}

/** Grades, one row for each submission, for a spreadsheet or a learning platform. */
export function gradesTable(criteria: readonly Criterion[], rows: readonly GradeRow[]): Table {
  const text = (name: string, description: string): Column => ({ name, type: 'string', description });
  const number = (name: string, description: string): Column => ({ name, type: 'number', description });
  const columns = [
    text('student', "the file's name, with its folders where others have the same"),
    number('points', 'of all criteria'),
    number('maximum', 'of all criteria that are not optional'),
    ...criteria.map(({ name, points }) => number(name, `of ${points} points`)),
    text('status', 'graded, or refused'),
    text('remark', 'the first difference and its cause, or why there are no points'),
    text('notes', 'what may need a look'),
    text('exercise', 'the file of the exercise'),
    text('program', 'how the student describes the program'),
    text('file', 'the submission'),
  ];
  const maximum = maximumOf(criteria);
  return {
    ...{ name: 'grades', description: 'Points of each submission', columns, primaryKey: ['student'] },
    rows: rows.map((row): Value[] => [
      ...[printable(row.student), row.points, maximum],
      ...row.criteria.map(({ points }) => points),
      ...[
        row.refusal === null ? 'graded' : 'refused',
        printable(row.remark),
        printable(row.notes.join('; ')),
      ],
      ...[printable(row.exercise?.file ?? ''), row.program, printable(row.path)],
    ]),
  };
}

/** Grades as test cases: a suite for each student, a case for each criterion, which passes with all of its points. */
export function gradeCases(rows: readonly GradeRow[]): JunitCase[] {
  return rows.flatMap((row) =>
    row.criteria.map((graded) => {
      const { criterion, points } = graded;
      const reason = row.refusal?.teacher ?? missedText(graded);
      return {
        ...{ name: criterion.name, group: row.student },
        outcome:
          points >= criterion.points
            ? ('passed' as const)
            : criterion.optional
              ? ('skipped' as const)
              : ('failed' as const),
        message: `${points} of ${criterion.points} points${reason === '' ? '' : `: ${reason}`}`,
      };
    }),
  );
}

/** Grades as JSON. */
export function gradesJson(criteria: readonly Criterion[], rows: readonly GradeRow[]): unknown {
  return {
    maximum: maximumOf(criteria),
    submissions: rows.map((row) => ({
      ...{ student: row.student, file: row.path, points: row.points },
      exercise: row.exercise,
      ...{
        program: row.program,
        refused: row.refusal?.teacher ?? null,
        remark: row.remark,
        notes: row.notes,
      },
      criteria: row.criteria.map(({ criterion, points, quantities }) => ({
        ...{ name: criterion.name, points, of: criterion.points, optional: criterion.optional },
        quantities: quantities.map(({ quantity, outcome }) => ({
          ...{ quantity, outcome: outcome.kind },
          ...('cell' in outcome ? { step: outcome.cell.batch.step, layer: outcome.cell.place.layer } : {}),
        })),
      })),
    })),
  };
}
