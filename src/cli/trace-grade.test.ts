import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { Exercise, Recording } from '../trace/exercise.ts';
import { exerciseContent } from '../trace/exercise-content.ts';
import { idOfExercise } from '../trace/exercise-id.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { scale } from '../trace/number-array.ts';
import { readableJson } from '../trace/readable-json.ts';
import { answersTo, recordingContent } from '../trace/recording-content.ts';
import { rightRules } from '../trace/right-rules.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
const call = (...args: string[]) => callProgram(['trace', 'grade', ...args], directory);
const text = (name: string) => readFile(join(directory, name), 'utf8');
const write = (name: string, content: string) => writeFile(join(directory, name), content);

function exerciseOf(
  seed: number,
  layout: Exercise['layout'] = { kernel: 'in-out', batch: 'first' },
): Exercise {
  const made = { ...madeExercise(['tanh', 'linear'], { name: `exercise ${seed}` }, seed), layout };
  return { ...made, id: idOfExercise(made) };
}

/** What a right program records, or one that forgets the factor 2 of the squared error. */
function handedIn(exercise: Exercise, how: 'right' | 'wrong' = 'right'): Recording {
  const right = rightRules(exercise);
  const half = {
    outputDelta: (step: Parameters<typeof right.outputDelta>[0]) => scale(right.outputDelta(step), 0.5),
  };
  return recordingOf(exercise, how === 'right' ? right : { ...right, ...half });
}

const json = (recording: Recording) => readableJson(recordingContent(recording));
const criteria = `criteria:
  - { name: Forward, points: 2, quantities: [z, a] }
  - { name: Backward, points: 3, quantities: [delta, kernel_gradient, bias_gradient] }
  - { name: Update, points: 1, quantities: [kernel, bias] }
`;

const [shared, anna, bob] = [1, 2, 3].map((seed) => exerciseOf(seed));
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-grade-'));
  for (const folder of ['one', 'each', 'exercises', 'classroom/anna', 'classroom/bo ek'])
    await mkdir(join(directory, folder), { recursive: true });
  await write('shared.json', readableJson(exerciseContent(shared)));
  await write('exercises/anna.json', readableJson(exerciseContent(anna)));
  await write('exercises/bob.json', readableJson(exerciseContent(bob)));
  await write('exercises/anna.answers.json', json(answersTo(anna)));
  await write('shared.yaml', `exercises: shared.json\n${criteria}`);
  await write('each.yaml', `exercises: exercises\n${criteria}`);
  await write(
    'mapped.yaml',
    `exercises: { Anna: exercises/anna.json, carl: exercises/bob.json }\n${criteria}`,
  );
  await write('one/right.json', json(handedIn(shared)));
  await write('one/wrong.json', json(handedIn(shared, 'wrong')));
  await write('each/anna.json', json(handedIn(anna)));
  await write('each/bob.json', json(handedIn(anna)));
  await write('classroom/anna/mine.json', json(handedIn(shared)));
  await write('classroom/bo ek/mine.json', json(handedIn(shared, 'wrong')));
});
afterAll(() => rm(directory, { recursive: true }));

const grades = async (...args: string[]) => {
  const { status, stdout, stderr } = await call(...args, '--json');
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout).submissions as {
    student: string;
    points: number;
    remark: string;
    notes: string[];
  }[];
};

test('a table with points, the first difference and its cause', async () => {
  const { status, stdout, stderr } = await call('one', '--rubric', 'shared.yaml');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^of +2 +3 +1 +6$/m);
  expect(stdout).toMatch(/^right +2 +3 +1 +6$/m);
  expect(stdout).toMatch(/^wrong +2 +2 +1 +5 +delta of layer 1/m);
  expect(stdout.replace(/\s+/g, ' ')).toContain('factor 2');
  expect(stdout).toContain('2 submissions: on average 5.5 of 6 points');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('students are called as their folders where all files have the same name', async () => {
  const found = await grades(
    'classroom/anna/mine.json',
    'classroom/bo ek/mine.json',
    '--rubric',
    'shared.yaml',
  );
  expect(found.map(({ student, points }) => [student, points])).toEqual([
    ['anna', 6],
    ['bo ek', 5],
  ]);
});

test("another student's exercise gets no points", async () => {
  const [one, other] = await grades('each', '--rubric', 'each.yaml');
  expect([one.points, one.notes[0]]).toEqual([6, 'the same file as bob']);
  expect([other.points, other.remark]).toEqual([0, 'its exercise is that of anna']);
  const mapped = await grades('each', '--rubric', 'mapped.yaml');
  expect(mapped.map(({ points }) => points)).toEqual([6, 0]);
});

test('the layout of a submission may be another than that of the exercise', async () => {
  const turned = exerciseOf(1, { kernel: 'out-in', batch: 'last' });
  expect(turned.id).toBe(shared.id);
  await write('turned.json', json(handedIn(turned)));
  const [{ points }] = await grades('turned.json', '--rubric', 'shared.yaml');
  expect(points).toBe(6);
});

test('--criterion grades some criteria', async () => {
  const { stdout } = await call('one/wrong.json', '--rubric', 'shared.yaml', '--criterion', 'Backward');
  expect(stdout).toMatch(/^wrong +2 +2 /m);
  expect(stdout).toContain('of 3 points');
});

test.each([
  [['--fail-under', '5'], 0],
  [['--fail-under', '5.01'], 3],
  [['--fail-under', '80%'], 0],
  [['--fail-under', '90%'], 3],
  [['--criterion', 'Forward', '--fail-under', '100%'], 0],
  [['--criterion', 'Backward', '--fail-under', '3'], 3],
])('%j exits with %d', async (args, expected) => {
  const { status } = await call('one/right.json', 'one/wrong.json', '--rubric', 'shared.yaml', ...args);
  expect(status).toBe(expected);
});

describe('files', () => {
  const all = [
    'one',
    '--rubric',
    'shared.yaml',
    '--csv',
    'out/g.csv',
    '--junit',
    'out/g.xml',
    '--feedback',
    'out/fb',
  ];
  test('are written, and replaced by a later run, byte for byte the same', async () => {
    const { status, stderr } = await call(...all);
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('wrote out/g.csv\nwrote out/g.xml\nwrote out/fb/: 2 files'),
    ]);
    const rows = parse(await text('out/g.csv'), { columns: true }) as Record<string, string>[];
    expect(
      rows.map(({ student, points, Backward, status: how }) => [student, points, Backward, how]),
    ).toEqual([
      ['right', '6', '3', 'graded'],
      ['wrong', '5', '2', 'graded'],
    ]);
    expect(await text('out/g.xml')).toContain('tests="6" failures="1"');
    expect(await text('out/fb/wrong.md')).toContain('# wrong: 5 of 6 points');
    const read = () =>
      Promise.all(['out/g.csv', 'out/g.xml', 'out/fb/right.md', 'out/fb/wrong.md'].map(text));
    const before = await read();
    expect((await call('one/wrong.json', 'one/right.json', ...all.slice(1))).status).toBe(0);
    expect(await read()).toEqual(before);
  });

  test.each([
    ['--csv', 'one/right.json', 'fys-nn trace grade did not write'],
    ['--junit', 'shared.yaml', 'fys-nn trace grade did not write'],
    ['--csv', 'one', 'names a folder'],
    ['--feedback', 'mine', 'fys-nn trace grade did not write'],
    ['--feedback', 'shared.yaml', 'a folder that can be written'],
  ])('%s never replaces %s', async (option, path, message) => {
    await mkdir(join(directory, 'mine'), { recursive: true });
    await write('mine/wrong.md', '# my notes');
    const before = await text('one/right.json');
    const { status, stdout, stderr } = await call('one', '--rubric', 'shared.yaml', option, path);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect([await text('one/right.json'), await text('mine/wrong.md')]).toEqual([before, '# my notes']);
  });
});

test('--html writes a page for each recording that can be checked, and removes one of an earlier file', async () => {
  await mkdir(join(directory, 'pages'));
  for (const name of ['a', 'b']) await write(`pages/${name}.json`, await text('one/wrong.json'));
  const args = ['pages', '--rubric', 'shared.yaml', '--html', 'html'];
  expect((await call(...args)).stderr).toBe('wrote html/: 2 pages\n');
  expect(await text('html/a.html')).toContain('factor 2');
  await write('pages/b.json', '{}');
  expect((await call(...args)).stderr).toBe('wrote html/: 1 page\n');
  expect(await readdir(join(directory, 'html'))).toEqual(['a.html']);
});

test('broken files get the reason, and stop nobody else', async () => {
  const good = json(handedIn(shared));
  await mkdir(join(directory, 'broken/folder.json'), { recursive: true });
  await mkdir(join(directory, 'broken/2'), { recursive: true });
  const files: Record<string, string> = {
    'good.json': good,
    '2/good.json': good,
    'empty.json': '',
    'cut.json': good.slice(0, 5000),
    'nan.json': good.replace(/("loss": )[\d.e-]+/, '$1NaN'),
    'infinite.json': good.replace(/("loss": )[\d.e-]+/, '$11e999'),
    'text.json': good.replace(/("loss": )[\d.e-]+/, '$1"small"'),
    'version.json': good.replace('fys-nn-trace/3', 'fys-nn-trace/9'),
    'exercise.json': await text('shared.json'),
    'edited.json': good.replace(/("x": \[\s*\[)-?[\d.]+/, '$10.5'),
    '=1+1, "ü".json': good,
  };
  for (const [name, content] of Object.entries(files)) await write(join('broken', name), content);
  await write('broken/huge.json', '');
  await truncate(join(directory, 'broken/huge.json'), 2 ** 27);
  await symlink('nowhere', join(directory, 'broken/link.json'));
  const found = await grades('broken', 'broken/2/good.json', 'broken/gone.json', '--rubric', 'shared.yaml');
  const remarks = Object.fromEntries(
    found.map(({ student, points, remark }) => [student, `${points} ${remark}`]),
  );
  expect(remarks).toEqual({
    '2/good': '6 ',
    'broken/good': '6 ',
    '=1+1, "ü"': '6 ',
    empty: expect.stringMatching(/^0 the file cannot be read: /),
    cut: expect.stringMatching(/^0 the file cannot be read: it ends too early/),
    nan: expect.stringMatching(/^0 .*NaN/),
    infinite: expect.stringMatching(/^0 steps\.0\.loss /),
    text: expect.stringMatching(/^0 steps\.0\.loss /),
    version: expect.stringMatching(/^0 the file has a version of the format/),
    exercise: expect.stringMatching(/^0 the file is the exercise/),
    edited: expect.stringMatching(/^0 the file was changed since the exercise was made/),
    folder: expect.stringMatching(/^0 the file cannot be read: it is a folder/),
    huge: expect.stringMatching(/^0 the file cannot be read: it is larger/),
    link: expect.stringMatching(/^0 the file cannot be read: there is no such file/),
    gone: expect.stringMatching(/^0 the file cannot be read: there is no such file/),
  });
  const { status } = await call(
    'broken',
    '--rubric',
    'shared.yaml',
    '--csv',
    'broken.csv',
    '--feedback',
    'broken-fb',
  );
  expect(status).toBe(0);
  expect(await text('broken.csv')).toContain(`"'=1+1, ""ü"""`);
  expect(await readdir(join(directory, 'broken-fb'))).toContain('1+1- -ü-.md');
});

test('a class of 1000 is graded, and its answers are noted', async () => {
  await mkdir(join(directory, 'many'));
  const answers = json(answersTo(exerciseOf(1)));
  for (let n = 0; n < 1000; n++) await write(`many/${n}.json`, n === 500 ? answers : '{}');
  const found = await grades('many', '--rubric', 'shared.yaml');
  expect(found).toHaveLength(1000);
  const { points, notes } = found.find(({ student }) => student === '500')!;
  expect([points, notes]).toEqual([6, ['a file of answers, not one that a student writes']]);
});

describe('--init', () => {
  test('writes a rubric that grades as soon as it names exercises', async () => {
    const { status, stderr } = await call('--init', 'my rubric.yaml');
    expect([status, stderr]).toEqual([0, expect.stringContaining("--rubric 'my rubric.yaml'")]);
    expect(await text('my rubric.yaml')).toMatch(
      /^# yaml-language-server: \$schema=fys-nn\.rubric\.schema\.json\n/,
    );
    const schema = JSON.parse(await text('fys-nn.rubric.schema.json'));
    expect(schema).toEqual(JSON.parse(await readFile('data/rubric.schema.json', 'utf8')));
    await write(
      'filled.yaml',
      (await text('my rubric.yaml')).replace('\nexercises: exercise.json', '\nexercises: shared.json'),
    );
    const [right, wrong] = await grades('one', '--rubric', 'filled.yaml');
    expect([right.points, wrong.points]).toEqual([10, 7.67]);
  });

  test.each([
    [['--init', 'shared.yaml'], 'shared.yaml already exists'],
    [['--init', 'rubric.json'], '--init rubric.yaml'],
    [['--init', 'new.yaml', '--csv', 'x.csv'], 'leave out --csv'],
    [['one', '--init'], 'leave out one'],
  ])('%j is refused', async (args, message) => {
    const { status, stderr } = await call(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('wrong usage exits with 2 and a sentence', () => {
  test.each([
    [[], '--rubric is missing'],
    [['one'], '--rubric is missing'],
    [['--rubric', 'shared.yaml'], 'trace grade needs <files...>'],
    [['one', '--rubric', 'gone.yaml'], 'gone.yaml: there is no such file'],
    [['one', '--rubric', 'shared.json'], 'one of $schema, exercises, tolerance'],
    [['exercises/none', '--rubric', 'shared.yaml', '--hints', 'all'], 'one of none, place, cause'],
    [['one', '--rubric', 'shared.yaml', '--criterion', 'forward'], 'did you mean Forward?'],
    [['one', '--rubric', 'shared.yaml', '--fail-under', '7'], 'points from 0 to 6'],
    [['one', '--rubric', 'shared.yaml', '--fail-under', '101%'], 'from 0% to 100%'],
    [['one', '--rubric', 'shared.yaml', '--fail-under', 'x'], '--fail-under is not a number'],
  ])('%j', async (args, message) => {
    const { status, stdout, stderr } = await call(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  test.each([
    ['exercises: gone.json', 'gone.json'],
    ['exercises: one/right.json', 'right.json'],
    [
      'exercises: shared.json\ncriteria: [{ name: a, points: 1, quantities: [kernel_m] }]',
      'its optimiser is sgd',
    ],
    [
      'exercises: shared.json\ncriteria: [{ name: a, points: 1, quantities: [loss, kernel_v] }]',
      'criteria.0.quantities.1',
    ],
  ])('a rubric with %j', async (written, message) => {
    await write('bad.yaml', written.includes('criteria') ? written : `${written}\n${criteria}`);
    const { status, stdout, stderr } = await call('one', '--rubric', 'bad.yaml');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

test('an exercise that is not there is a mistake in the rubric', async () => {
  await write('lost.yaml', `exercises: lost.json\n${criteria}`);
  const { status, stderr } = await call('one', '--rubric', 'lost.yaml');
  expect(status).toBe(2);
  expect(stderr).toMatch(/the rubric cannot be used: lost\.yaml:1:12: exercises\n[\s\S]*correct the path/);
});
