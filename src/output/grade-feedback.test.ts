import { describe, expect, test } from '@jest/globals';
import { type GivenExercise, givenExercises } from '../grading/given-exercises.ts';
import { type GradedFully, gradeRecording } from '../grading/grade.ts';
import { identityOf } from '../grading/identity.ts';
import type { Rubric } from '../grading/rubric.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { scale } from '../trace/number-array.ts';
import { rightRules } from '../trace/right-rules.ts';
import { toCsv } from './csv.ts';
import { feedbackNames, feedbackText } from './grade-feedback.ts';
import { type GradeRow, gradeCases, gradesTable } from './grade-table.ts';
import { remarkText } from './grade-words.ts';
import { junit } from './junit.ts';

const exercise = madeExercise();
const right = rightRules(exercise);
const wrong = recordingOf(exercise, {
  ...right,
  outputDelta: (step) => scale(right.outputDelta(step), 0.5),
  batches: right.batches,
});
const criteria = [
  ['Forward | pass', 2, ['z', 'a']],
  ['Backward', 3, ['delta', 'kernel_gradient']],
].map(([name, points, quantities]) => ({
  ...({ name, points, quantities } as { name: string; points: number; quantities: string[] }),
  ...({ layers: 'all', steps: 'all', optional: false } as const),
}));
const rubric: Rubric = {
  ...{ path: 'r.yaml', exercises: 'e.json', tolerance: null, consequences: 'full', criteria },
  error: () => new Error('not in this test') as never,
};
const hostile = '=cmd()|<img src=x> [a](javascript:b) @you\n# heading';

function graded(recording = wrong, student = 'anna', program = 'my network', owner: string | null = null) {
  const given: GivenExercise = { path: 'e.json', exercise, owner };
  const identity = identityOf(new Uint8Array(), recording);
  return gradeRecording(
    { ...recording, program },
    identity,
    { student, path: `${student}.json` },
    rubric,
    givenExercises([given]),
  );
}

const rowOf = ({ given: _, ...rest }: GradedFully): GradeRow => ({
  ...rest,
  exercise: { id: exercise.id, file: 'e.json' },
  remark: '',
});

test('feedback says what is right, where the first difference is, why, and how to fix it', () => {
  const text = feedbackText(graded(), 'cause');
  expect(text).toContain('# anna: 3.5 of 5 points');
  expect(text).toContain('Your program: my network');
  expect(text).toContain('| Forward \\| pass | 2 | 2 | right, given the earlier numbers |');
  expect(text).toContain(
    'delta: first wrong in step 0, layer 2; kernel\\_gradient: right, given the earlier numbers',
  );
  expect(text).toContain(
    '**delta of layer 2 (output), step 0 (epoch 0, batch 0), 4 rows, element \\[0, 0\\]**',
  );
  expect(text).toMatch(/\| -?[\d.]+ \| -?[\d.]+ \| 0\.5 \|/);
  expect(text).toContain('```text\ndelta');
  expect(text).toContain('How to fix it:');
});

describe('hints', () => {
  test('place: not the cause', () => {
    const text = feedbackText(graded(), 'place');
    expect(text).toContain('## The first difference');
    expect(text).not.toContain('How to fix it');
  });
  test('none: only points', () => {
    const text = feedbackText(graded(), 'none');
    expect(text).toContain('| Backward | 1.5 | 3 |');
    expect(text).not.toMatch(/difference|delta|step/);
  });
});

test('a program that is right is told so', () => {
  expect(feedbackText(graded(recordingOf(exercise)), 'cause')).toContain('Every recorded number is right.');
});

test("another student's exercise is not named to a student", () => {
  const text = feedbackText(graded(wrong, 'anna', '', 'bob'), 'cause');
  expect(text).toContain('**Not graded:** the exercise in the file is not the one that you were given.');
  expect(text).not.toContain('bob');
});

describe('names that are code elsewhere', () => {
  const one = graded(wrong, hostile, hostile);
  test('are text in Markdown', () => {
    const text = feedbackText(one, 'cause');
    expect(text).not.toMatch(/[^\\](<img|\]\(|@you)|\n# heading/);
    expect(text.match(/^# /gm)).toHaveLength(1);
  });
  test('are text in a spreadsheet', async () => {
    const names = ['=1+1', '+1', '-1', '@x', '\tx', '\rx', 'a"b,c'];
    const rows = names.map((name) => rowOf(graded(wrong, name, name)));
    const csv = await toCsv(gradesTable([{ ...criteria[0], name: '=evil' }, criteria[1]], rows));
    expect(csv).not.toMatch(/(^|[,"])[=+@\t\r]/m);
    expect(csv).toContain("'=evil");
    expect(csv).toContain("'-1,");
    expect(csv.split('\n')[0]).toMatch(/^student,points,maximum,/);
  });
  test('are text in JUnit XML', async () => {
    const xml = await junit('fys-nn trace grade', gradeCases([rowOf(one)]));
    expect(xml).not.toContain('<img');
    expect(xml).toContain('tests="2" failures="1"');
    expect(xml).toContain('1.5 of 3 points: delta: first wrong in step 0, layer 2');
  });
});

test('feedback has a file name of its own for each student that every disk takes', () => {
  const students = [
    'anna',
    'Anna',
    'anna/mine',
    'anna-mine',
    '..',
    '../../etc',
    'con',
    'é x',
    '=cmd',
    '🙂',
    '-',
    'x'.repeat(300),
  ];
  const names = feedbackNames(students);
  expect(names.slice(0, 10)).toEqual([
    'anna',
    'Anna-2',
    'anna-mine',
    'anna-mine-2',
    'submission',
    'etc',
    '_con',
    'é x',
    'cmd',
    'submission-2',
  ]);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(students.length);
  for (const name of names) expect(name).toMatch(/^[\p{L}\p{N}_][^/\\]{0,62}$/u);
});

test('feedback on a recording with nothing in it ends with the reason', () => {
  const all = recordingOf(exercise, right);
  const steps = all.steps.map((step) => step.map((one) => one && scale(one, 0)));
  const text = feedbackText(graded({ ...all, steps }), 'cause');
  expect(text).toContain('**Nothing to grade:** every recorded number is 0.');
  expect(text).not.toContain('## ');
});

test('a missing step is said in feedback and tables', () => {
  const all = recordingOf(exercise, right);
  const steps = all.steps.map((step, k) => step.map((one) => (k === 5 ? null : one)));
  const one = graded({ ...all, steps });
  expect(one.points).toBeCloseTo((5 / 6) * 5, 1);
  expect(remarkText(one)).toBe('step 5 not recorded');
  expect(feedbackText(one, 'cause')).toContain('right; 5 of 6 steps recorded');
  expect(feedbackText(one, 'cause')).toContain('Some steps are missing: step 5 not recorded.');
});
